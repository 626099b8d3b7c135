"""Values and shares of a data set as people read them on screen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kspec.console.track import BLOCKS


def short(value: float) -> str:
    """Return a value in four significant digits, such as `39.1`, `0.0123`, `12,345` or `1.2e+08`."""
    size = abs(value)
    if not math.isfinite(value):
        return f"{value:.0f}"
    if value == int(value) and size < 1e6:
        return f"{value:,.0f}"
    if size >= 1e6 or size < 1e-3:
        return f"{value:.2e}"
    if size >= 1e3:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def count(number: int) -> str:
    """Return a number of rows or values."""
    return f"{number:,}"


def share(part: float) -> str:
    """Return a share in percent, with a tenth where it is small; what is above 0 never reads as 0."""
    if 0 < part < 0.001:
        return "<0.1%"
    return f"{part:.1%}" if part < 0.0995 else f"{part:.0%}"


def trend(bins: Sequence[int]) -> str:
    """Return counts as blocks of a height that grows with them; an empty one is a blank, and none looks empty else."""
    most = max(bins, default=0)
    if not most:
        return ""
    return "".join(BLOCKS[min(len(BLOCKS) - 1, math.ceil(8 * number / most) - 1)] if number else " " for number in bins)

"""Numbers as people read them on screen."""

from __future__ import annotations

import math


def metric_value(value: float) -> str:
    """Return a metric in at most ten characters, with four decimals where they say something."""
    size = abs(value)
    if not math.isfinite(value):
        return f"{value:.0f}"
    if size >= 1e6 or 0 < size < 1e-3:
        return f"{value:.2e}"
    return f"{value:.2f}" if size >= 1e3 else f"{value:.4f}"


def clock_time(seconds: float | None) -> str:
    """Return a duration as `1:12` or `1:02:03`, and `-:--` for one that is not known yet."""
    if seconds is None or not math.isfinite(seconds):
        return "-:--"
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def duration(seconds: float) -> str:
    """Return a duration with tenths below a minute, such as `2.1s`, and as a clock shows it above."""
    return f"{seconds:.1f}s" if seconds < 59.95 else clock_time(seconds)


def rate(rows_per_second: float) -> str:
    """Return a speed such as `48,211 rows/s`, with decimals only where there are few rows a second."""
    digits = 0 if rows_per_second >= 100 else 1
    return f"{rows_per_second:,.{digits}f} rows/s"


def progress_share(done: int, total: int) -> str:
    """Return how much of something is done: `3/12`, or of large numbers, such as of bytes, the per cent.

    Of something whose end is not known, where `total` is 0, it is `3`.
    """
    if not total:
        return f"{done:,}"
    return f"{done}/{total}" if total < 10_000 else f"{100 * done // total} %"

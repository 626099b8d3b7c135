"""Axes of a metric: log or linear, how far they reach, and how their numbers are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

Scale = Literal["linear", "log"]
_DECADES = 1.5


def finite(values: Sequence[float]) -> list[float]:
    """Return the values that are neither NaN nor infinite."""
    return [value for value in values if math.isfinite(value)]


def choose_scale(values: Sequence[float], *, shrinks: bool) -> Scale:
    """Choose a log axis for a metric that shrinks over more than 1.5 decades.

    Args:
        values: All values to be shown.
        shrinks: Whether less is better. A share that grows towards 1, such as accuracy, stays linear: a log axis
            would press together the part that matters.
    """
    known = finite(values)
    if not known or min(known) <= 0:
        return "linear"
    wide = math.log10(max(known)) - math.log10(min(known)) > _DECADES
    return "log" if wide and (shrinks or max(known) > 1) else "linear"


def limits(values: Sequence[float], scale: Scale) -> tuple[float, float]:
    """Return the ends of an axis that shows all finite values with some air."""
    known = finite(values)
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    if scale == "log":
        air = (high / low) ** 0.06
        return low / air, high * air
    spread = high - low
    air = spread * 0.06 if spread > 1e-9 * max(abs(low), abs(high)) else max(abs(high) * 0.1, 1e-3)
    return low - air, high + air


def write_number(value: float) -> str:
    """Write a result in four significant digits: `0.0708`, `12,345`, `3.1e-7`."""
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    if value == int(value) and value != 1 and size < 1e7:
        return f"{value:,.0f}"
    if size < 1e-4 or size >= 1e7:
        return _exponent(f"{value:.2e}")
    if size >= 1000:
        return f"{value:,.0f}" if size >= 1e4 or value == int(value) else f"{value:,.1f}"
    return f"{value:.4f}" if size < 10 else f"{value:.{5 - len(str(int(size)))}f}"


def write_short(value: float) -> str:
    """Write a number for a tick in as few digits as it has: `0.003`, `7.5e-4`, `100`."""
    if value == 0:
        return "0"
    return (
        f"{value:,.10g}"
        if 1e-3 <= abs(value) < 1e5
        else _exponent(f"{value:.2g}" if "e" in f"{value:.2g}" else f"{value:.1e}")
    )


def set_value_axis(axes: Axes, values: Sequence[float], scale: Scale) -> None:
    """Scale, limit and label the y axis for these values."""
    axes.set_yscale(scale)
    low, high = limits(values, scale)
    axes.set_ylim(low, high)
    axes.yaxis.set_minor_locator(NullLocator())
    if scale == "linear":
        set_linear_ticks(axes.yaxis, low, high)
    else:
        decades = math.log10(high / low)
        subs = (1.0, 2.0, 5.0) if decades < 2.6 else (1.0,)
        axes.yaxis.set_major_locator(LogLocator(base=10, subs=subs, numticks=7))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write_short(value)))


def set_linear_ticks(axis: Axis, low: float, high: float, *, ticks: int = 5) -> None:
    """Put about so many ticks on a linear axis, and write them."""
    locator = MaxNLocator(nbins=ticks, steps=[1, 2, 2.5, 5, 10])
    values = [float(tick) for tick in locator.tick_values(low, high)]
    axis.set_major_locator(locator)
    axis.set_major_formatter(FuncFormatter(_LinearText(values)))


def set_epoch_axis(axes: Axes, epochs: Sequence[int], *, ticks: int) -> None:
    """Limit the x axis to the epochs, with whole numbers only."""
    first, last = epochs[0], epochs[-1]
    axes.set_xlim(first if last > first else first - 1, last)
    locator = MaxNLocator(nbins=ticks, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10])
    axes.set_xticks([tick for tick in locator.tick_values(first, last) if first <= tick <= last and tick == int(tick)])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


class _LinearText:
    """Writes the ticks of a linear axis with one number of decimals, the fewest that tell them apart."""

    def __init__(self, ticks: Sequence[float]) -> None:
        step = min((b - a for a, b in pairwise(ticks)), default=1.0)
        largest = max((abs(tick) for tick in ticks), default=1.0)
        self._decimals = next((n for n in range(13) if abs(round(step, n) - step) < step * 1e-3), 13)
        self._exponent = largest >= 1e6 or largest < 1e-4
        self._digits = max(0, math.floor(math.log10(largest or 1)) - math.floor(math.log10(step)) + 1)

    def __call__(self, value: float, position: int | None = None) -> str:
        if value == 0:
            return "0"
        if self._exponent:
            return _exponent(f"{value:.{self._digits}e}")
        return f"{value:,.{self._decimals}f}"


def _exponent(text: str) -> str:
    mantissa, _, power = text.partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(power)}" if power else mantissa

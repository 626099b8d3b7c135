"""Axes of two quantities: their ticks, what they are called, and titles of small panels."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from kspec.plots.canvas import POINT
from kspec.plots.panel import bare
from kspec.plots.scales import set_linear_ticks
from kspec.plots.style import GRID, INK, MUTED, shorten

TICKS, LABEL, TITLE = 56, 46, 34
"""Pixels left of a plot area, below it, and above it for a title."""


def set_quantities(
    axes: Axes, x: tuple[float, float], y: tuple[float, float], *, across: str, up: str, ticks: int = 5,
    grid: bool = True,
) -> None:  # fmt: skip
    """Prepare an empty plot area.

    Args:
        axes: The plot area.
        x: Limits of the horizontal axis.
        y: Limits of the vertical axis.
        across: What the horizontal axis is called; empty for nothing.
        up: What the vertical axis is called; empty for nothing.
        ticks: About how many ticks each axis has.
        grid: Whether there are lines at the ticks of both axes; otherwise at those of the vertical one.
    """
    bare(axes)
    axes.set(xlim=x, ylim=y)
    set_linear_ticks(axes.xaxis, *x, ticks=ticks)
    set_linear_ticks(axes.yaxis, *y, ticks=ticks)
    axes.grid(axis="both" if grid else "y", color=GRID, linewidth=0.9 * POINT)
    axes.set_xlabel(across, fontsize=12 * POINT, color=MUTED, labelpad=6 * POINT)
    axes.set_ylabel(up, fontsize=12 * POINT, color=MUTED, labelpad=8 * POINT)


def set_title(axes: Axes, text: str, aside: str = "") -> None:
    """Write the title of a small panel above it, and something muted at its right end."""
    width = axes.get_window_extent().width
    at: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "annotation_clip": False}
    axes.annotate(
        shorten(text, width * (0.55 if aside else 1), 13, bold=True), (0, 1), (0, 10 * POINT),
        fontsize=13 * POINT, weight="bold", color=INK, **at,
    )  # fmt: skip
    axes.annotate(aside, (1, 1), (0, 10 * POINT), fontsize=11.5 * POINT, color=MUTED, ha="right", **at)

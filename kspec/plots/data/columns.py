"""How numbers are spread: a small panel for each column, a colour for each class where there are few."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kspec.plots.canvas import MARGIN, POINT, Canvas
from kspec.plots.data.sample import PALETTE, Array, DrawnRows
from kspec.plots.data.section import TITLE, draw_title
from kspec.plots.panel import bare
from kspec.plots.scales import write_short
from kspec.plots.style import BLUE, INK, shorten

MOST = 12
_BINS, _MOST_BARS = 24, 20
_HALF = 0.5
"""What is left of the edge of a bin of whole numbers."""

_PLOT, _NAME, _TICKS, _BETWEEN = 104.0, 24.0, 28.0, 28.0


@dataclass(frozen=True, slots=True)
class Spreads:
    """A panel for each column.

    Args:
        title: The title of the section.
        columns: Values of the rows by name.
        rows: The rows, for their classes.
        room: Pixels from left to right.
    """

    title: str
    columns: Mapping[str, Array]
    rows: DrawnRows
    room: float

    @property
    def height(self) -> float:
        """Pixels that the section takes."""
        lines = math.ceil(min(len(self.columns), MOST) / self._beside)
        return TITLE + lines * (_NAME + _PLOT + _TICKS) + 8 * (lines - 1)

    @property
    def _beside(self) -> int:
        """How many panels stand side by side."""
        return min(4, max(2, len(self.columns)))

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw the panels."""
        key = list(zip(self.rows.names, PALETTE, strict=False)) if self.rows.colored else []
        more = f" (the first {MOST} of {len(self.columns):,})" if len(self.columns) > MOST else ""
        each = ", each class by its shares" if key else ""
        draw_title(canvas, top, f"{self.title}{each}{more}", key)
        width = (self.room - _BETWEEN * (self._beside - 1)) / self._beside
        for number, (name, values) in enumerate(list(self.columns.items())[:MOST]):
            row, column = divmod(number, self._beside)
            left = MARGIN + column * (width + _BETWEEN)
            down = top + TITLE + row * (_NAME + _PLOT + _TICKS + 8)
            canvas.text(left, down + 13, shorten(name, width, 12.5, bold=True), 12.5, INK, weight="bold")
            self._draw(canvas.axes(left, down + _NAME, width, _PLOT), values)

    def _draw(self, axes: Axes, values: Array) -> None:
        bare(axes)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        numbers = values.astype(np.float64)
        there = np.isfinite(numbers)
        edges = bin_edges(numbers[there])
        if edges is None:
            axes.set_xticks([])
            axes.text(0.5, 0.4, "no value", transform=axes.transAxes, ha="center", fontsize=12 * POINT, color="#64748b")
            return
        groups = [(numbers[there], BLUE)]
        if self.rows.colored and self.rows.classes is not None:
            classes = self.rows.classes
            groups = [(numbers[there & (classes == at)], PALETTE[at]) for at in range(len(self.rows.names))]
        for found, color in groups:
            # A rare class is as high as a frequent one: how they lie to each other is what tells them apart.
            counts = np.histogram(found, edges)[0] / max(1, len(found))
            axes.stairs(counts, edges, fill=True, color=color, alpha=0.2 if len(groups) > 1 else 0.28, linewidth=0)
            axes.stairs(counts, edges, color=color, linewidth=1.6 * POINT)
        axes.set_xlim(edges[0], edges[-1])
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(
            MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10], integer=edges[0] % 1 == _HALF, min_n_ticks=1)
        )
        axes.xaxis.set_major_formatter(lambda value, _: write_short(float(f"{value:.10g}")))
        axes.tick_params(labelsize=11 * POINT, pad=5 * POINT)


def bin_edges(values: Array) -> Array | None:
    """Return the edges of bins: of whole numbers, whole widths. None if there is no value.

    A tail beyond the 99.5th hundredth that would press the rest into a corner is cut.
    """
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    whole = bool((values == np.floor(values)).all())
    if whole and high - low < _MOST_BARS:
        return np.arange(low - 0.5, high + 1.0)
    first, last = (float(value) for value in np.quantile(values, (0.005, 0.995)))
    wide = last - first
    if wide > 0 and high - low > 3 * wide:
        low, high = max(low, first - 0.1 * wide), min(high, last + 0.1 * wide)
    if whole:
        width = math.ceil((high - low + 1) / _BINS)
        return np.arange(math.floor(low) - 0.5, high + width, width)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, _BINS + 1)

"""The history of a run: a panel for every metric, and the learning rate below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from kspec.plots.canvas import MARGIN, POINT, Canvas, Heading
from kspec.plots.panel import END_LABELS, bare, draw_panel
from kspec.plots.scales import finite, set_epoch_axis, write_number, write_short
from kspec.plots.style import MUTED, ORANGE, house_style
from kspec.runs.history import LEARNING_RATE, VALIDATION, History

_WIDTHS = {1: 620, 2: 370, 3: 300}  # of a plot area, by the number of columns
_HEIGHT, _TITLE, _TICKS, _AXIS, _EPOCH = 236, 34, 56, 26, 24
_STRIP_GAP, _STRIP = 30, 46


def draw_history(
    history: History,
    *,
    title: str,
    paths: Sequence[Path],
    notice: str | None = None,
    subtitle: str | None = None,
) -> list[Path]:
    """Draw every metric of a history over the epochs.

    Args:
        history: The epochs, at least one.
        title: Name of the run.
        paths: Files to write, by suffix `.png` (twice the pixels), `.svg` or `.pdf`.
        notice: What the reader must not miss, such as that another data set took the place of the one asked for.
        subtitle: One line below the title; the finding where it is None.

    Returns:
        The paths.

    Raises:
        ValueError: If there is no epoch or no metric.
    """
    if not history.rows or not history.metrics:
        raise ValueError("a history without epochs cannot be drawn")
    with house_style():
        metrics = order_metrics(history.metrics)
        rates = finite(history.series(LEARNING_RATE))
        grid = _Grid(len(metrics), strip=len(set(rates)) > 1)
        heading = Heading(grid.width, title, finding(history) if subtitle is None else subtitle, notice)
        canvas = Canvas(grid.width, heading.height + grid.height)
        heading.draw(canvas)
        for index, metric in enumerate(metrics):
            _draw_cell(canvas, grid, index, heading.height, history, metric)
        return canvas.save(paths)


def finding(history: History) -> str:
    """Return what the history shows, in one line: `40 epochs · best validation loss 0.0708 at epoch 32`."""
    count = len(history.rows)
    epochs = f"{count:,} epoch{'' if count == 1 else 's'}"
    metric = history.metrics[0]
    validated = history.has(VALIDATION + metric)
    best = history.best(VALIDATION + metric if validated else metric)
    if best is None:
        return f"{epochs} · {metric} was never finite"
    part = "validation" if validated else "training"
    if count == 1:
        return f"{epochs} · {part} {metric} {write_number(best.value)}"
    return f"{epochs} · best {part} {metric} {write_number(best.value)} at epoch {best.epoch:,}"


def order_metrics(metrics: Sequence[str]) -> list[str]:
    """Order metrics for the page: the loss, the losses of the outputs, then the rest as they came."""
    return sorted(metrics, key=lambda name: (name != "loss", not name.endswith("_loss")))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Places of the panels in pixels, from the top of the first row."""

    panels: int
    strip: bool

    @property
    def columns(self) -> int:
        return 2 if self.panels == 4 else min(self.panels, 3)

    @property
    def rows(self) -> int:
        return math.ceil(self.panels / self.columns)

    @property
    def plot_width(self) -> int:
        return _WIDTHS[self.columns]

    @property
    def width(self) -> float:
        return 2 * MARGIN - 6 + self.columns * (self.plot_width + _TICKS + END_LABELS)

    @property
    def height(self) -> float:
        return self.rows * self._row - 22 + _EPOCH + self._strip + MARGIN - 8

    @property
    def _row(self) -> float:
        return _TITLE + _HEIGHT + _AXIS + 22

    @property
    def _strip(self) -> float:
        return _STRIP_GAP + _STRIP if self.strip else 0

    def place(self, index: int) -> tuple[float, float]:
        """Return the left and top of a plot area."""
        row, column = divmod(index, self.columns)
        return MARGIN + _TICKS + column * (self.plot_width + _TICKS + END_LABELS), row * self._row + _TITLE

    def lowest(self, index: int) -> bool:
        """Say whether no panel is below."""
        return index + self.columns >= self.panels


def _draw_cell(canvas: Canvas, grid: _Grid, index: int, top: float, history: History, metric: str) -> None:
    left, down = grid.place(index)
    ticks = max(2, grid.plot_width // 45)
    panel = canvas.axes(left, top + down, grid.plot_width, _HEIGHT)
    set_epoch_axis(panel, history.epochs, ticks=ticks)
    draw_panel(panel, history, metric)
    if not grid.lowest(index):
        return
    lowest = panel
    if grid.strip:
        lowest = canvas.axes(left, top + down + _HEIGHT + _STRIP_GAP, grid.plot_width, _STRIP)
        panel.tick_params(labelbottom=False)
        _draw_rates(lowest, history)
        set_epoch_axis(lowest, history.epochs, ticks=ticks)
    lowest.set_xlabel("epoch", fontsize=12 * POINT, color=MUTED, labelpad=5 * POINT)


def _draw_rates(axes: Axes, history: History) -> None:
    points = [
        (row["epoch"], row[LEARNING_RATE]) for row in history.rows if math.isfinite(row.get(LEARNING_RATE, math.nan))
    ]
    epochs, rates = zip(*points, strict=True)
    low, high = min(rates), max(rates)
    bare(axes)
    axes.grid(visible=False)
    if low > 0 and high / low > 30:
        axes.set_yscale("log")
        bottom = low / (high / low) ** 0.3
        axes.set_ylim(bottom, high * (high / low) ** 0.12)
    else:
        bottom = min(0.0, low)
        axes.set_ylim(bottom, high + 0.12 * (high - bottom))
    axes.plot(epochs, rates, drawstyle="steps-mid", color=ORANGE, linewidth=2 * POINT, clip_on=False, zorder=3)
    axes.fill_between(epochs, rates, bottom, step="mid", color=ORANGE, alpha=0.13, linewidth=0)
    ends = axes.transData.transform([(0, low), (0, high)])[:, 1]
    shown = [low, high] if ends[1] - ends[0] >= 14 else [high]
    axes.set_yticks(shown, [write_short(rate) for rate in shown])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.tick_params(axis="y", labelsize=10.5 * POINT)
    axes.annotate(
        "learning rate",
        (0, 1),
        xytext=(0, 5 * POINT),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=11.5 * POINT,
        color=MUTED,
    )

"""Values predicted: beside the true ones, and what is left between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from kspec.judging.reports import TargetScore, ValueReport
from kspec.plots.canvas import POINT
from kspec.plots.panes import MOST, draw_panes
from kspec.plots.plain_axes import set_quantities, set_title
from kspec.plots.scales import limits, write_number
from kspec.plots.style import BLUE, GREY, INK, house_style

_SQUARE, _WIDE = (440, 440), (560, 320)


def draw_predicted(report: ValueReport, *, title: str, paths: Sequence[Path], notice: str | None = None) -> list[Path]:
    """Draw the values predicted over the true ones, a panel for every target; of more than nine for the worst.

    Args:
        report: Its targets are drawn.
        title: The first line.
        paths: Files to write, by suffix `.png` (twice the pixels), `.svg` or `.pdf`.
        notice: What the reader must not miss.

    Returns:
        The paths.
    """
    with house_style():
        targets = _shown(report)
        return draw_panes(
            targets, lambda axes, target: _draw_points(axes, target, alone=len(targets) == 1), size=_SQUARE,
            title=title, finding=_finding(report, targets), paths=paths, notice=notice,
        )  # fmt: skip


def draw_residuals(report: ValueReport, *, title: str, paths: Sequence[Path], notice: str | None = None) -> list[Path]:
    """Draw how often which residual occurs; the arguments are those of `draw_predicted`."""
    with house_style():
        targets = _shown(report)
        unit = "samples" if report.steps > 1 else "rows"
        return draw_panes(
            targets, lambda axes, target: _draw_bars(axes, target, unit, alone=len(targets) == 1), size=_WIDE,
            title=title, finding=_left(report, targets), paths=paths, notice=notice,
        )  # fmt: skip


def _shown(report: ValueReport) -> list[TargetScore]:
    if len(report.targets) <= MOST:
        return list(report.targets)
    return sorted(report.targets, key=lambda target: target.numbers.get("r2", -np.inf))[:MOST]


def _finding(report: ValueReport, targets: Sequence[TargetScore]) -> str:
    numbers = report.numbers
    words = [f"R² {write_number(numbers['r2'])}"] if "r2" in numbers else []
    words.append(f"root mean squared error {write_number(numbers['root_mean_squared_error'])}")
    return " · ".join([*words, *_rest(report, targets)])


def _left(report: ValueReport, targets: Sequence[TargetScore]) -> str:
    numbers = report.numbers
    half = f"half of the errors are at most {write_number(numbers['median_absolute_error'])}"
    if len(report.targets) > 1:
        half = f"median absolute error {write_number(numbers['median_absolute_error'])}"
    return " · ".join([half, f"largest {write_number(numbers['max_error'])}", *_rest(report, targets)])


def _rest(report: ValueReport, targets: Sequence[TargetScore]) -> list[str]:
    more = len(report.targets) > len(targets)
    return [f"the {len(targets)} worst of {len(report.targets):,} targets"] if more else []


def _draw_points(axes: Axes, target: TargetScore, *, alone: bool) -> None:
    ends = limits([float(value) for value in (*target.actual, *target.predicted)], "linear")
    set_quantities(axes, ends, ends, across="true", up="predicted", ticks=5 if alone else 4)
    if not alone:
        set_title(axes, target.name, f"R² {target.numbers['r2']:.3f}" if "r2" in target.numbers else "")
    axes.plot(ends, ends, color=GREY, linewidth=1.2 * POINT, linestyle=(0, (4, 4)), zorder=2)
    many = len(target.actual) > 400
    axes.plot(
        target.actual, target.predicted, color=BLUE, linewidth=0, marker="o", markeredgewidth=0, zorder=3,
        markersize=(5 if many else 7) * POINT, alpha=0.35 if many else 0.6,
    )  # fmt: skip


def _draw_bars(axes: Axes, target: TargetScore, unit: str, *, alone: bool) -> None:
    edges, counts = target.edges, target.counts
    high = float(counts.max()) * 1.06
    outside = alone and target.numbers["max_error"] > edges[-1]
    set_quantities(
        axes, (float(edges[0]), float(edges[-1])), (0, high),
        across=f"true − predicted{' (what is farther off, in the outermost bars)' if outside else ''}",
        up=unit, ticks=5 if alone else 4, grid=False,
    )  # fmt: skip
    if not alone:
        set_title(axes, target.name, f"median {write_number(target.numbers['median_absolute_error'])}")
    axes.bar(edges[:-1], counts, width=np.diff(edges) * 0.9, align="edge", color=BLUE, alpha=0.75, linewidth=0)
    axes.axvline(0, color=GREY, linewidth=1.2 * POINT, linestyle=(0, (4, 4)), zorder=4)
    mean = target.numbers["mean_residual"]
    if alone and edges[0] < mean < edges[-1]:
        right = mean <= 0
        axes.axvline(mean, color=INK, linewidth=1.4 * POINT, zorder=4)
        axes.annotate(
            f"mean {write_number(mean)}", (mean, 1), ((-8 if right else 8) * POINT, -12 * POINT),
            xycoords=axes.get_xaxis_transform(), textcoords="offset points", ha="right" if right else "left",
            fontsize=11.5 * POINT, color=INK, zorder=5,
        )  # fmt: skip

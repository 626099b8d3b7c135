"""A reliability diagram: what was predicted with a probability beside how often it came true."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from kspec.judging.calibration import BINS, Bin
from kspec.judging.reports import ClassReport
from kspec.plots.canvas import HALO, MARGIN, POINT, Canvas, Heading
from kspec.plots.panel import bare
from kspec.plots.plain_axes import LABEL, TICKS, set_quantities
from kspec.plots.scales import write_number, write_short
from kspec.plots.style import BLUE, GREY, MUTED, RED, house_style, shorten

_SIZE = 440
_STRIP, _GAP = 64, 30


def draw_calibration(
    report: ClassReport, *, title: str, paths: Sequence[Path], notice: str | None = None
) -> list[Path]:
    """Draw whether probabilities can be taken at their word.

    Args:
        report: Its calibration is drawn, at least one bin.
        title: The first line.
        paths: Files to write, by suffix `.png` (twice the pixels), `.svg` or `.pdf`.
        notice: What the reader must not miss.

    Returns:
        The paths.
    """
    with house_style():
        width = MARGIN + TICKS + _SIZE + 24 + MARGIN
        heading = Heading(width, title, _finding(report), notice)
        canvas = Canvas(width, heading.height + _SIZE + _GAP + _STRIP + LABEL + MARGIN)
        heading.draw(canvas)
        axes = canvas.axes(MARGIN + TICKS, heading.height, _SIZE, _SIZE)
        set_quantities(axes, (0, 1), (0, 1), across="", up="share that came true")
        axes.tick_params(labelbottom=False)
        _draw_bins(axes, report.calibration)
        strip = canvas.axes(MARGIN + TICKS, heading.height + _SIZE + _GAP, _SIZE, _STRIP)
        _draw_counts(strip, report.calibration, "samples" if report.steps > 1 else "rows")
        strip.set_xlabel(_across(report), fontsize=12 * POINT, color=MUTED, labelpad=6 * POINT)
        return canvas.save(paths)


def _across(report: ClassReport) -> str:
    if report.kind == "labels":
        return "predicted probability of a label"
    if len(report.names) == 2:
        return f"predicted probability of {shorten(report.names[1], 200, 12)}"
    return "predicted probability of the likeliest class"


def _finding(report: ClassReport) -> str:
    numbers, bins = report.numbers, report.calibration
    total = sum(found.weight for found in bins)
    error = numbers["calibration_error"]
    words = [f"expected calibration error {error:.1%}"]
    if report.kind == "classes" and len(report.names) > 2 and error >= 0.01:
        gap = sum(found.weight * (found.probability - found.share) for found in bins) / total
        if abs(gap) > error / 2:
            words.append(f"{'over' if gap > 0 else 'under'}confident by {abs(gap):.1%}")
    return " · ".join([*words, f"Brier score {write_number(numbers['brier_score'])}"])


def _draw_bins(axes: Axes, bins: Sequence[Bin]) -> None:
    x = [found.probability for found in bins]
    y = [found.share for found in bins]
    axes.plot((0, 1), (0, 1), color=GREY, linewidth=1.2 * POINT, linestyle=(0, (4, 4)), zorder=2)
    axes.vlines(x, y, x, color=RED, alpha=0.35, linewidth=2.4 * POINT, zorder=3)
    axes.plot(x, y, color=BLUE, linewidth=2.4 * POINT, solid_joinstyle="round", zorder=4, clip_on=False)
    axes.plot(
        x, y, color=BLUE, linewidth=0, marker="o", markersize=9 * POINT, markerfacecolor="white",
        markeredgewidth=2.4 * POINT, zorder=5, clip_on=False,
    )  # fmt: skip
    # In the corner that the points leave free: below the diagonal, unless they go there.
    low = not any(found.probability > 0.45 and found.share < 0.08 for found in bins)
    axes.annotate(
        "dashed: as often as predicted", (1, 0) if low else (0, 1), (-8 * POINT, 8 * POINT) if low else
        (8 * POINT, -8 * POINT), textcoords="offset points", ha="right" if low else "left",
        va="baseline" if low else "top", fontsize=11.5 * POINT, color=MUTED, zorder=6, bbox=HALO,
    )  # fmt: skip


def _draw_counts(axes: Axes, bins: Sequence[Bin], unit: str) -> None:
    most = max(found.count for found in bins)
    bare(axes)
    axes.set(xlim=(0, 1), ylim=(0, most * 1.05), yticks=[most], yticklabels=[write_short(most)])
    axes.set_xticks(np.linspace(0, 1, 6), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    middles = [(found.low + found.high) / 2 for found in bins]
    axes.bar(middles, [found.count for found in bins], width=1 / BINS - 0.012, color=BLUE, alpha=0.75, linewidth=0)
    axes.annotate(
        unit, (0, 1), (0, 6 * POINT), xycoords="axes fraction", textcoords="offset points", fontsize=11.5 * POINT,
        color=MUTED,
    )  # fmt: skip

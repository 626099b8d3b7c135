"""Curves over all thresholds: true against false positives, and precision against recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from kspec.judging.curves import Curve, foremost
from kspec.judging.reports import ClassReport
from kspec.plots.canvas import HALO, MARGIN, POINT, Canvas, Heading
from kspec.plots.plain_axes import LABEL, TICKS, set_quantities
from kspec.plots.scales import write_number
from kspec.plots.style import AXIS, BLUE, GREY, INK, MUTED, SERIES, house_style, shorten, text_width
from kspec.runs.alike_names import told_apart

_SIZE = 440  # of the plot area in pixels
_LONGEST = 170  # width of a name in pixels
_LINE = 24  # from one name to the next


@dataclass(frozen=True, slots=True)
class _Words:
    across: str
    up: str
    area: str
    mean: str  # in the numbers of a report


_ROC = _Words("false positive rate", "true positive rate", "area", "roc_auc")
_PRECISION_RECALL = _Words("recall", "precision", "average precision", "average_precision")


def draw_roc(report: ClassReport, *, title: str, paths: Sequence[Path], notice: str | None = None) -> list[Path]:
    """Draw receiver operating characteristics.

    Args:
        report: Its curves are drawn, at least one.
        title: The first line.
        paths: Files to write, by suffix `.png` (twice the pixels), `.svg` or `.pdf`.
        notice: What the reader must not miss.

    Returns:
        The paths.
    """
    return _draw(report, report.roc, _ROC, title=title, paths=paths, notice=notice)


def draw_precision_recall(
    report: ClassReport, *, title: str, paths: Sequence[Path], notice: str | None = None
) -> list[Path]:
    """Draw curves of precision and recall; the arguments are those of `draw_roc`."""
    return _draw(report, report.precision_recall, _PRECISION_RECALL, title=title, paths=paths, notice=notice)


def _draw(
    report: ClassReport, curves: Sequence[Curve], words: _Words, *, title: str, paths: Sequence[Path],
    notice: str | None,
) -> list[Path]:  # fmt: skip
    with house_style():
        several = len(curves) > 1
        shown = foremost(curves)
        apart = dict(zip(report.names, told_apart(report.names), strict=True))
        names = [shorten(apart[curve.name], _LONGEST, 12.5) for curve in shown] if several else []
        others = len(report.names) - len(shown) if len(shown) < len(curves) else 0
        if others:
            names.append(f"{others:,} others")
        beside = max((text_width(name, 12.5, bold=True) for name in names), default=0)
        width = MARGIN + TICKS + _SIZE + 24 + (beside + 76 + MARGIN if several else MARGIN)
        heading = Heading(width, title, _finding(report, curves, words), notice)
        canvas = Canvas(width, heading.height + _SIZE + LABEL + MARGIN)
        heading.draw(canvas)
        axes = canvas.axes(MARGIN + TICKS, heading.height, _SIZE, _SIZE)
        set_quantities(axes, (0, 1), (0, 1), across=words.across, up=words.up)
        if words is _ROC:
            axes.plot((0, 1), (0, 1), color=GREY, linewidth=1.2 * POINT, linestyle=(0, (4, 4)), zorder=2)
        elif not several:
            _draw_share(axes, curves[0])
        for curve in curves:
            if curve not in shown:
                _line(axes, curve, AXIS, 0.8, 2)
        for number, curve in reversed(list(enumerate(shown))):
            _line(axes, curve, SERIES[number] if several else BLUE, 2.0 if several else 2.8, 4)
        if several:
            _draw_names(canvas, names, shown, heading.height, others=bool(others), head=words.area.split()[0])
        else:
            axes.fill_between(curves[0].x, curves[0].y, color=BLUE, alpha=0.07, linewidth=0)
        return canvas.save(paths)


def _finding(report: ClassReport, curves: Sequence[Curve], words: _Words) -> str:
    if len(curves) == 1:
        rest = " against the rest" if len(report.names) > 2 else ""
        return f"{words.area} {write_number(curves[0].area)} · {shorten(curves[0].name, _LONGEST, 13)}{rest}"
    worst = min(curves, key=lambda curve: curve.area)
    mean = f"mean {words.area} {write_number(report.numbers[words.mean])}"
    name = dict(zip(report.names, told_apart(report.names), strict=True))[worst.name]
    return f"{mean} · least: {shorten(name, _LONGEST, 13)} ({write_number(worst.area)})"


def _line(axes: Axes, curve: Curve, color: str, width: float, order: int) -> None:
    axes.plot(
        curve.x, curve.y, color=color, linewidth=width * POINT, solid_joinstyle="round", clip_on=False, zorder=order
    )


def _draw_share(axes: Axes, curve: Curve) -> None:
    """Mark the precision of taking everything for the class: the share of its rows."""
    share = float(curve.y[-1])
    axes.axhline(share, color=GREY, linewidth=1.2 * POINT, linestyle=(0, (4, 4)), zorder=2)
    axes.annotate(
        f"share of the class {write_number(share)}", (0, share), (8 * POINT, 6 * POINT), textcoords="offset points",
        fontsize=11.5 * POINT, color=MUTED, zorder=6, bbox=HALO,
    )  # fmt: skip


def _draw_names(
    canvas: Canvas, names: Sequence[str], shown: Sequence[Curve], top: float, *, others: bool, head: str
) -> None:
    left = MARGIN + TICKS + _SIZE + 24
    right = canvas.width - MARGIN
    style: dict[str, Any] = {"ha": "right"}
    canvas.text(right, top + 12, head, 11.5, MUTED, **style)
    for number, name in enumerate(names):
        y = top + 12 + _LINE * (number + 1)
        rest = others and number == len(names) - 1
        canvas.text(left, y, name, 12.5, MUTED if rest else SERIES[number], weight="normal" if rest else "bold")
        if not rest:
            canvas.text(right, y, f"{shown[number].area:.3f}", 12.5, INK, **style)

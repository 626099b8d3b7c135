"""Every figure that judging can leave, by the name of its report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kspec.judging.mistakes import Mistakes
from kspec.judging.reports import ClassReport, Report
from kspec.plots.calibration import draw_calibration
from kspec.plots.confusion import draw_confusion
from kspec.plots.curves import draw_precision_recall, draw_roc
from kspec.plots.mistakes import WrongPicture, draw_mistakes
from kspec.plots.scales import write_number
from kspec.plots.values import draw_predicted, draw_residuals


class Draw(Protocol):
    """Draws a figure of a report into files and returns them."""

    def __call__(
        self, report: Any, /, *, title: str, paths: Sequence[Path], notice: str | None = None
    ) -> list[Path]: ...


def _confusion(report: ClassReport, /, *, title: str, paths: Sequence[Path], notice: str | None = None) -> list[Path]:
    counts = np.zeros((0, 0)) if report.confusion is None else report.confusion
    return draw_confusion(counts, report.names, title=title, paths=paths, notice=notice)


def _has(part: str) -> Callable[[Report], bool]:
    return lambda report: bool(getattr(report, part, ()))


def _has_confusion(report: Report) -> bool:
    return isinstance(report, ClassReport) and report.confusion is not None


def _has_values(report: Report) -> bool:
    return report.kind == "values"


FIGURES: Mapping[str, tuple[Callable[[Report], bool], Draw]] = {
    "confusion": (_has_confusion, _confusion),
    "roc": (_has("roc"), draw_roc),
    "precision_recall": (_has("precision_recall"), draw_precision_recall),
    "calibration": (_has("calibration"), draw_calibration),
    "predicted": (_has_values, draw_predicted),
    "residuals": (_has_values, draw_residuals),
}
"""For every report that is a figure: whether it goes with what was found, and how it is drawn."""


def draw_wrong_pictures(
    report: Report, mistakes: Mistakes, *, title: str, paths: Sequence[Path], notice: str | None = None
) -> list[Path]:
    """Draw the worst mistakes where the rows are pictures, and return the files; none where they are not.

    Args:
        report: What was found of the output.
        mistakes: Its worst mistakes.
        title: The first line.
        paths: Files to write, by suffix `.png` (twice the pixels), `.svg` or `.pdf`.
        notice: What the reader must not miss.
    """
    if mistakes.pictures is None or not mistakes.rows:
        return []
    told = [dict(zip(mistakes.columns, row, strict=True)) for row in mistakes.rows]
    pictures = [_picture(row, pixels) for row, pixels in zip(told, mistakes.pictures, strict=False)]
    order = "the farthest off first" if report.kind == "values" else "the least likely truth first"
    count = f"{len(pictures)} of {mistakes.total:,} mistakes"
    if mistakes.total == len(pictures):
        count = f"all {mistakes.total:,} mistakes" if mistakes.total > 1 else "the one mistake"
    key = " · true → predicted" if "row error" not in mistakes.columns else ""
    return draw_mistakes(pictures, f"{count}, {order}{key}", title=title, paths=paths, notice=notice)


def _picture(told: Mapping[str, Any], pixels: Any) -> WrongPicture:
    true, predicted = (
        write_number(value) if isinstance(value, float) else str(value)
        for value in (told["true"], told["predicted"])
    )  # fmt: skip
    aside = [f"row {told['row']:,}"]
    if told.get("row error") is not None:
        true, predicted = f"off by {write_number(told['row error'])}", ""
    if told.get("probability") is not None:
        aside.insert(0, f"{told['probability']:.1%}")
    if told.get("target") is not None:
        aside.append(str(told["target"]))
    return WrongPicture(pixels, true, predicted, " · ".join(aside))

"""What judging found, on screen: a table of classes or targets, further numbers, and the worst mistakes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rich.console import Console
from rich.text import Text

from kspec.console.columns import Column, lay_out
from kspec.console.figures import metric_value
from kspec.console.notices import notice_block
from kspec.console.printable import visible
from kspec.console.wrapping import show
from kspec.judging.mistakes import Mistakes
from kspec.judging.reports import ClassReport, ClassScore, Report, ValueReport
from kspec.runs.alike_names import told_apart
from kspec.runs.events import Notice

MISTAKES = 5
"""Mistakes of an output that are shown."""

_MANY = 20
_WORST = 10
"""Classes or targets that are shown of more than `_MANY`."""

_BETWEEN = " · "
_SCORES = ("precision", "recall", "f1", "support", "roc_auc", "average_precision")
_ERRORS = {
    "mean_absolute_error": "mean abs",
    "root_mean_squared_error": "rms",
    "r2": "r2",
    "median_absolute_error": "median abs",
    "max_error": "max",
}
_CLASSES = ("true", "predicted")
_TOLD = ("row", "step", "target", "true", "predicted", "probability", "residual", "row error")


def show_reports(
    reports: Mapping[str, Report], mistakes: Mapping[str, Mistakes], unjudged: Mapping[str, str], console: Console,
    *, shown: Collection[str] = (),
) -> None:  # fmt: skip
    """Print what was found of every output.

    Args:
        reports: What was found, by output.
        mistakes: The worst mistakes, by output.
        unjudged: Why an output has no report.
        console: Where to print.
        shown: Numbers that were shown already, as metrics.
    """
    several = len(reports) + len(unjudged) > 1
    for name, report in reports.items():
        console.print()
        if several:
            console.print(Text(visible(name), "bold"), soft_wrap=True)
        if isinstance(report, ClassReport):
            show(_classes(report, console.width), console)
        elif len(report.targets) > 1:
            show(_targets(report, console.width), console)
        show(_numbers(report, shown, console.width), console)
        for note in report.notes:
            console.print(notice_block(Notice(note), console), soft_wrap=True)
        if name in mistakes and mistakes[name].rows:
            console.print()
            show(_mistakes(mistakes[name], console.width), console)
    for name, reason in unjudged.items():
        console.print(notice_block(Notice(f"`{name}`: {reason}"), console), soft_wrap=True)


def _classes(report: ClassReport, width: int) -> list[Text]:
    shown = list(report.classes)
    if len(shown) > _MANY:
        shown = sorted(shown, key=lambda score: score.f1 or 0.0)[:_WORST]
    averages = [(f"{kind} mean", scores) for kind, scores in report.averages.items()]
    every = [score.name for score in report.classes]
    apart = dict(zip(every, told_apart(every), strict=True))
    names = [Text(visible(apart[score.name])) for score in shown]
    names += [Text(label, "dim") for label, _ in averages]
    columns = [Column("label" if report.kind == "labels" else "class", names, least=13, lose="middle")]
    for key in _SCORES:
        texts = [_score(score, key) for score in shown]
        texts += [metric_value(scores[key]) if key in scores else "" for _, scores in averages]
        if any(text not in ("", "–") for text in texts):
            styles = [""] * len(shown) + ["dim"] * len(averages)
            cells = [Text(text, style) for text, style in zip(texts, styles, strict=True)]
            columns.append(Column(key.replace("_", " "), cells, right=True, drop=_SCORES.index(key)))
    lines = lay_out(columns, width)
    if rest := len(report.classes) - len(shown):
        lines.insert(1 + len(shown), Text(f"… and {rest:,} that are told better", "dim"))
    return lines


def _score(score: ClassScore, key: str) -> str:
    value = getattr(score, key)
    if value is None:
        return "–"
    return f"{value:,}" if key == "support" else metric_value(value)


def _targets(report: ValueReport, width: int) -> list[Text]:
    shown = list(report.targets)
    if len(shown) > _MANY:
        shown = sorted(shown, key=lambda target: target.numbers.get("r2", float("-inf")))[:_WORST]
    columns = [Column("target", [Text(visible(target.name)) for target in shown], least=12, lose="middle")]
    for place, (key, title) in enumerate(_ERRORS.items()):
        cells = [Text(metric_value(target.numbers[key]) if key in target.numbers else "–") for target in shown]
        columns.append(Column(title, cells, right=True, drop=place))
    lines = lay_out(columns, width)
    if rest := len(report.targets) - len(shown):
        lines.append(Text(f"… and {rest:,} that are told better", "dim"))
    return lines


def _numbers(report: Report, shown: Collection[str], width: int) -> list[Text]:
    """Return names with their numbers, as many in a line as have room."""
    lines: list[Text] = []
    for key, value in report.numbers.items():
        if key in shown:
            continue
        piece = Text.assemble((key.replace("_", " ") + " ", "dim"), metric_value(value))
        if lines and lines[-1].cell_len + len(_BETWEEN) + piece.cell_len <= width:
            lines[-1].append(_BETWEEN, "dim").append_text(piece)
        else:
            lines.append(piece)
    return lines


def _mistakes(mistakes: Mistakes, width: int) -> list[Text]:
    rows = mistakes.rows[:MISTAKES]
    columns = []
    classes = list(dict.fromkeys(
        str(row[place]) for place, name in enumerate(mistakes.columns) if name in _CLASSES for row in rows
    ))  # fmt: skip
    apart = dict(zip(classes, told_apart(classes), strict=True))
    for place, name in enumerate(mistakes.columns):
        texts = [_cell(row[place]) for row in rows]
        cells = [Text(visible(apart.get(text, text) if name in _CLASSES else text)) for text in texts]
        numbers = all(isinstance(row[place], int | float) for row in rows)
        drop = 0 if name in _TOLD else place
        columns.append(Column(visible(name), cells, right=numbers, least=None if numbers else 8, drop=drop))
    head = f"the {len(rows)} worst of {mistakes.total:,} mistakes" if mistakes.total > 1 else "the one mistake"
    return [Text(head, "bold"), *lay_out(columns, width)]


def _cell(value: str | float | int | None) -> str:
    if isinstance(value, float):
        return metric_value(value)
    return "" if value is None else str(value)

"""What is not the same in several runs, on screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from kspec.console.columns import GAP, Column, lay_out
from kspec.console.figures import duration, metric_value
from kspec.console.notices import notice_block
from kspec.console.printable import ELLIPSIS, first_cells, last_cells, visible
from kspec.console.styles import STATUS_STYLES
from kspec.console.wrapping import beside, show
from kspec.runs.comparison import ComparedRun, Comparison, Row, Score
from kspec.runs.events import Notice
from kspec.spec.changes import ABSENT
from kspec.spec.writing import to_inline

_NAMES = 24
"""Cells that names get at least, what is said of the runs standing beside them."""

_NARROWEST = 8
"""Cells below which a column for each run says nothing; then each run has a line."""

_DIGITS = 12


def show_comparison(found: Comparison, console: Console) -> None:
    """Print the runs, what differs between them, and their results side by side."""
    show(_runs(found.runs, console.width), console)
    labels = [run.label for run in found.runs]
    same = []
    for title, rows, missing in (
        ("spec", found.spec, "what their specs say"),
        ("data", found.data, "the data"),
        ("differs as well", found.surroundings, "versions, machine, settings and code"),
    ):
        if rows:
            _table(title, [(row.name, _cells(row)) for row in rows], labels, console)
        else:
            same.append(missing)
    if same:
        console.print(f"\nthe same as far as the runs tell: {'; '.join(same)}", soft_wrap=True)
    if found.results:
        _scores(found.results, labels, console)
    for text in found.notices:
        console.print(notice_block(Notice(text), console), soft_wrap=True)


def _runs(runs: Sequence[ComparedRun], width: int) -> list[Text]:
    best = [run.best for run in runs]
    took = [run.manifest.seconds.get("train") for run in runs]
    parameters = [run.manifest.model.get("parameters") for run in runs]
    started = [datetime.fromisoformat(run.manifest.started) for run in runs]
    columns = [
        Column("run", [Text(visible(run.label), "bold") for run in runs], least=width // 4, lose="middle"),
        Column("status", [_status(run) for run in runs]),
        Column("epochs", [Text(_epochs(run)) for run in runs], right=True),
        Column("metric", [Text(visible(item[0]) if item else "") for item in best], least=8, drop=2),
        Column("best", [Text(f"{metric_value(item[1])} @ {item[2]}" if item else "") for item in best], right=True,
               drop=1),
        Column("parameters", [Text("" if number is None else f"{number:,}") for number in parameters], right=True,
               drop=3),
        Column("took", [Text("" if seconds is None else duration(seconds)) for seconds in took], right=True, drop=4),
        Column("started", [Text(when.strftime("%Y-%m-%d %H:%M"), "dim") for when in started], drop=5),
    ]  # fmt: skip
    return lay_out([column for column in columns if any(cell.plain for cell in column.cells)], width)


def _status(run: ComparedRun) -> Text:
    status = run.manifest.true_status
    return Text(f"{status}, smoke" if run.manifest.smoke else status, STATUS_STYLES.get(status, ""))


def _epochs(run: ComparedRun) -> str:
    done, wanted = run.manifest.epochs_done, run.manifest.epochs
    return str(done) if done == wanted else f"{done} of {wanted}"


def _table(
    title: str, rows: Sequence[tuple[str, list[Text]]], heads: Sequence[str], console: Console, right: bool = False
) -> None:
    """Print a column for each run; rows with a value that has no room in its column have a line for each value."""
    room = (console.width - _NAMES) // len(heads) - GAP
    wide = [row for row in rows if room < _NARROWEST or any(cell.cell_len > room for cell in row[1])]
    narrow = [row for row in rows if row not in wide]
    console.print()
    if narrow:
        columns = [Column(title, [Text(visible(name)) for name, _ in narrow], least=_NAMES, lose="middle")]
        right = right or all(_is_number(cell.plain) for _, values in narrow for cell in values)
        for number, head in enumerate(heads):
            columns.append(Column(_middle(visible(head), room), [values[number] for _, values in narrow], right=right))
        show(lay_out(columns, console.width), console)
    if wide:
        console.print(Text("" if narrow else title, "dim"), soft_wrap=True)
    for name, values in wide:
        console.print(Text(visible(name)), soft_wrap=True)
        show(beside(_grouped(heads, values), console, indent=GAP), console)


def _grouped(heads: Sequence[str], values: Sequence[Text]) -> list[tuple[Text, Text]]:
    """Return the runs that have one value together with it."""
    groups: dict[str, list[str]] = {}
    for head, value in zip(heads, values, strict=True):
        groups.setdefault(value.plain, []).append(visible(head))
    styled = {value.plain: value for value in values}
    return [(Text(", ".join(names), "dim"), styled[text]) for text, names in groups.items()]


def _middle(text: str, room: int) -> str:
    """Return a name that fits: what goes is its middle, as the end of a run's name is its number."""
    if cell_len(text) <= room:
        return text
    end = last_cells(text, room // 2)
    return first_cells(text, room - 1 - cell_len(end)) + ELLIPSIS + end


def _is_number(text: str) -> bool:
    return text == "-" or text.lstrip("-")[:1].isdigit()


def _cells(row: Row) -> list[Text]:
    shown: Callable[[Any], str] = to_inline if row.kind == "spec" else _said
    texts = ["-" if value is ABSENT else visible(shown(value)) for value in row.values]
    if row.name.startswith("sha256"):
        texts = [text[:_DIGITS] for text in texts]
    return [Text(text, "dim" if text == "-" else "") for text in texts]


def _said(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _scores(scores: Sequence[Score], labels: list[str], console: Console) -> None:
    """Print results side by side, the best of each marked; those of two runs with how far they are apart."""
    marked = any(score.best for score in scores)
    two = len(labels) == 2
    rows = []
    for score in scores:
        cells = [_value(value, number in score.best, marked) for number, value in enumerate(score.values)]
        rows.append((score.name, [*cells, *([Text(_signed(score.apart[1]))] if two else [])]))
    title = "result, * the best" if marked else "result"
    _table(title, rows, [*labels, "apart"] if two else labels, console, right=True)


def _value(value: float | None, best: bool, marked: bool) -> Text:
    text = "-" if value is None else metric_value(value)
    return Text(text + (" *" if best else "  " if marked else ""), "bold green" if best else "")


def _signed(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{'+' if value > 0 else ''}{metric_value(value)}" if value else "0"

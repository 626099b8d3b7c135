"""Tables that commands end with: runs, results, metrics and the layers of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from kspec.console.columns import Column, fits, lay_out
from kspec.console.figures import duration, metric_value
from kspec.console.notices import notice_block
from kspec.console.printable import cut, visible
from kspec.console.result import LayerRow, Result, RunRow, Summary
from kspec.console.styles import STATUS_STYLES
from kspec.runs.events import Notice
from kspec.runs.outcomes import Outcome

_LABEL = 6


def show_runs(rows: Sequence[RunRow], console: Console) -> None:
    """Print a line for every run; on a narrow screen the columns at the right go.

    Of the test results one is shown: rather a metric than a loss, and rather that of the best value.
    """
    if not rows:
        console.print(Text("no runs here yet", "dim"))
        return
    whens = [row.when.strftime("%Y-%m-%d %H:%M") if row.when else "" for row in rows]
    columns = [
        # The end of a run's name is its number.
        Column("run", [Text(visible(row.run), "bold") for row in rows], least=console.width // 4, lose="middle"),
        Column("status", [Text(row.status, STATUS_STYLES.get(row.status, "")) for row in rows]),
        Column("epochs", [Text(str(row.epochs)) for row in rows], right=True, drop=4),
        Column("metric", [Text(visible(_metric(row))) for row in rows], least=8, drop=2),
        Column("best", [Text(_best(row)) for row in rows], right=True, drop=1),
        Column("test", [Text(_test(row)) for row in rows], drop=3),
        Column("when", [Text(when) for when in whens], drop=5),
        Column("took", [Text(_took(row.seconds), "dim") for row in rows], right=True, drop=6),
    ]
    filled = [column for column in columns if any(cell.plain for cell in column.cells)]
    _print(lay_out(filled, console.width), console)


def show_result(result: Result, console: Console) -> None:
    """Print what a training came to, where it lies, and what to do next."""
    epochs = f"{result.epochs} epoch{'' if result.epochs == 1 else 's'}"
    took = f" in {duration(result.seconds)}" if result.seconds else ""
    status = Text(result.status, STATUS_STYLES.get(result.status, ""))
    head = Text.assemble((visible(result.path), "bold"), "  ", status, f" after {epochs}{took}")
    console.print(head, soft_wrap=True)
    best = [(name, f"{metric_value(value)} @ {epoch}") for name, value, epoch in result.best]
    _section("best", best, console)
    _section("test", [(name, metric_value(value)) for name, value in result.test.items()], console)
    show_outcomes(result.expected, console, label="check")
    for text in result.notices:
        console.print(notice_block(Notice(text), console), soft_wrap=True)
    if result.report:
        console.print(_label("see").append(visible(result.report)), soft_wrap=True)
    for number, command in enumerate(result.next_commands):
        console.print(_label("next" if not number else "").append(visible(command), "cyan"), soft_wrap=True)


def show_outcomes(outcomes: Sequence[Outcome], console: Console, *, label: str = "") -> None:
    """Print a line for everything that was expected: what came out, and whether it lies within its bounds."""
    if not outcomes:
        return
    columns = [
        Column("expected", [Text(visible(outcome.name)) for outcome in outcomes], least=10, lose="middle"),
        Column("", [_verdict(outcome) for outcome in outcomes]),
        Column("value", [Text(outcome.shown) for outcome in outcomes], right=True),
        Column("", [Text(outcome.short_bounds, "dim") for outcome in outcomes]),
    ]
    indent = _LABEL if label else 0
    lines = lay_out(columns, console.width - indent)
    for number, line in enumerate(lines[1:] if label else lines):
        head = _label(label if not number else "") if label else Text()
        console.print(head.append_text(line), soft_wrap=True)


def _verdict(outcome: Outcome) -> Text:
    return Text("met", "green") if outcome.met else Text("missed", "bold red")


def show_metrics(metrics: Mapping[str, float], console: Console, *, title: str = "") -> None:
    """Print a line for every metric, under a title if there is one."""
    if title:
        console.print(Text(visible(title), "bold"), soft_wrap=True)
    names = [Text(visible(name)) for name in metrics]
    values = [Text(metric_value(value)) for value in metrics.values()]
    if names:
        columns = [Column("metric", names, least=10), Column("value", values, right=True, wide=8)]
        _print(lay_out(columns, console.width), console)


def show_summary(summary: Summary, console: Console) -> None:
    """Print the layers of a model and its parameters; on a narrow screen each layer takes two lines."""
    layers = summary.layers
    names = [Text(f"{'  ' * row.depth}{visible(row.name)}") for row in layers]
    numbers = [Text(f"{row.parameters:,}", "" if row.parameters else "dim") for row in layers]
    columns = [
        Column("layer", names, least=16),
        Column("kind", [Text(visible(row.kind), "cyan") for row in layers]),
        Column("output shape", [Text(visible(row.shape)) for row in layers]),
        Column("parameters", numbers, right=True),
        Column("fed by", [Text(visible(", ".join(row.fed_by)), "dim") for row in layers], least=12),
    ]
    console.print(Text(visible(summary.model), "bold"), soft_wrap=True)
    if fits(columns, console.width):
        lines = lay_out(columns, console.width)
    else:
        lines = _folded(layers, lay_out([columns[0], columns[3]], console.width), console.width)
    _print(lines, console)
    total = summary.trainable + summary.frozen
    console.print(f"\n{total:,} parameters: {summary.trainable:,} trained, {summary.frozen:,} frozen")


def _folded(layers: Iterable[LayerRow], lines: Sequence[Text], width: int) -> list[Text]:
    folded = [lines[0]]
    for row, line in zip(layers, lines[1:], strict=True):
        fed = f" ← {', '.join(row.fed_by)}" if row.fed_by else ""
        detail = f"{'  ' * (row.depth + 1)}{row.kind} {row.shape}{fed}"
        folded += [line, Text(cut(visible(detail), width), "dim")]
    return folded


def _section(label: str, pairs: Sequence[tuple[str, str]], console: Console) -> None:
    if not pairs:
        return
    cells = [Text(visible(name)) for name, _ in pairs], [Text(value) for _, value in pairs]
    lines = lay_out([Column("", cells[0], least=10), Column("", cells[1])], console.width - _LABEL)
    for number, line in enumerate(lines[1:]):
        console.print(_label(label if not number else "").append_text(line), soft_wrap=True)


def _label(text: str) -> Text:
    return Text().append(text.ljust(_LABEL), "dim")


def _print(lines: Iterable[Text], console: Console) -> None:
    for line in lines:
        console.print(line, soft_wrap=True)


def _metric(row: RunRow) -> str:
    return row.best[0] if row.best else next(iter(row.test), "")


def _best(row: RunRow) -> str:
    return f"{metric_value(row.best[1])} @ {row.best[2]}" if row.best else ""


def _test(row: RunRow) -> str:
    own = _metric(row).removeprefix("val_")
    names = sorted(row.test, key=lambda name: ("loss" in name, name != own))
    return visible(f"{names[0]} {metric_value(row.test[names[0]])}") if names else ""


def _took(seconds: float | None) -> str:
    return "" if seconds is None else duration(seconds)

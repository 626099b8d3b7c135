"""How a run compares with one that repeats it, on screen."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from kspec.console.columns import Column, lay_out
from kspec.console.notices import notice_block
from kspec.console.printable import visible
from kspec.console.wrapping import show
from kspec.runs.differences import Difference
from kspec.runs.events import Notice
from kspec.runs.reproduction import Deviation, Reproduction, VariableDeviation

SHOWN = 8
"""Metrics and variables that are shown; all of them stand in `reproduction.json`."""

_DIGITS = 12


def show_reproduction(found: Reproduction, console: Console) -> None:
    """Print whether two runs are identical, or where and by how much they differ, and what else does."""
    verdict = Text("identical", "bold green") if found.identical else Text("differs", "bold red")
    console.print(Text.assemble((visible(found.run), "bold"), " trained again: ", verdict), soft_wrap=True)
    if found.identical:
        shas = ", ".join(f"{state} {before[:_DIGITS]}" for state, (before, _) in found.digests.items())
        epochs = f"{found.epochs[0]} epoch{'' if found.epochs[0] == 1 else 's'}"
        console.print(f"{epochs}, all metrics and results, and all weights to the last bit (sha256: {shas})",
                      soft_wrap=True)  # fmt: skip
    else:
        _deviations(found, console)
    if found.surroundings:
        console.print()
        show(_surroundings(found.surroundings, console.width), console)
    elif not found.identical:
        console.print("\nversions, machine, data and settings are the same as far as run.json knows", soft_wrap=True)
    for text in found.notices:
        console.print(notice_block(Notice(text), console), soft_wrap=True)


def _deviations(found: Reproduction, console: Console) -> None:
    before, now = found.epochs
    if before != now:
        console.print(f"{before} epochs before, {now} now", soft_wrap=True)
    if found.history:
        first = found.history[0]
        names = [item.name for item in found.history if item.epoch == first.epoch]
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        console.print(f"first in epoch {first.epoch}: {visible(names[0])}{more}", soft_wrap=True)
        show(_metrics(found.largest, console.width, "metric, where it differs most"), console)
    if found.results:
        console.print()
        show(_metrics(found.results, console.width, "result"), console)
    if found.variables:
        console.print()
        show(_variables(found.variables, console.width), console)


def _metrics(items: tuple[Deviation, ...], width: int, title: str) -> list[Text]:
    shown = sorted(items, key=lambda item: item.size, reverse=True)[:SHOWN]
    columns = [
        Column(title, [Text(visible(item.name)) for item in shown], least=10),
        Column("epoch", [Text(str(item.epoch or "")) for item in shown], right=True),
        Column("before", [Text(_number(item.before)) for item in shown], right=True),
        Column("now", [Text(_number(item.now)) for item in shown], right=True),
        Column("apart", [Text(_apart(item.size)) for item in shown], right=True),
    ]
    return [*lay_out([column for column in columns if any(cell.plain for cell in column.cells)], width),
            *_left_out(len(items) - len(shown))]  # fmt: skip


def _variables(items: tuple[VariableDeviation, ...], width: int) -> list[Text]:
    shown = sorted(items, key=lambda item: item.largest, reverse=True)[:SHOWN]
    columns = [
        Column("variable", [Text(visible(item.name)) for item in shown], least=16, lose="middle"),
        Column("state", [Text(item.state) for item in shown], drop=1),
        Column("values that differ", [Text(f"{item.values:,} of {item.size:,}") for item in shown], right=True),
        Column("most apart", [Text(_apart(item.largest)) for item in shown], right=True),
    ]
    return [*lay_out(columns, width), *_left_out(len(items) - len(shown))]


def _surroundings(items: Iterable[Difference], width: int) -> list[Text]:
    listed = list(items)
    columns = [
        Column("differs as well", [Text(visible(item.name)) for item in listed], least=10),
        Column("before", [Text(visible(item.before or "-")) for item in listed], least=8),
        Column("now", [Text(visible(item.now or "-")) for item in listed], least=8),
    ]
    return lay_out(columns, width)


def _left_out(count: int) -> list[Text]:
    return [Text(f"and {count} more", "dim")] if count else []


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.9g}"


def _apart(size: float) -> str:
    return f"{size:.1e}" if math.isfinite(size) else "-"

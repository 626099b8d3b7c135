"""What `kspec init` shows: the templates that there are, and the spec that it wrote."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from kspec.console.columns import Column, lay_out
from kspec.console.printable import visible
from kspec.console.result import Started

_LABEL = 10
_NARROWEST = 12
_MOST = 6
"""Columns that are of no use for which the reason is shown."""


def show_templates(templates: Sequence[tuple[str, str]], console: Console, *, numbered: bool = False) -> None:
    """Print a line for every template.

    Args:
        templates: Names, and what they are.
        console: Where to print.
        numbered: Whether to count them, for a choice.
    """
    numbers = [Text(f"{number}", "dim") for number in range(1, len(templates) + 1)]
    columns = [
        *([Column("", numbers, right=True)] if numbered else []),
        Column("template", [Text(visible(name), "bold") for name, _ in templates]),
        Column("what it is", [Text(visible(summary)) for _, summary in templates], least=12),
    ]
    for line in lay_out(columns, console.width):
        console.print(line, soft_wrap=True)


def show_started(started: Started, console: Console) -> None:
    """Print what was written, what it was made from, and what to do next."""
    console.print(Text(visible(started.path), "bold"), soft_wrap=True)
    unused = [f"{name} {reason}" for name, reason in started.unused[:_MOST]]
    if len(started.unused) > _MOST:
        unused.append(f"and {len(started.unused) - _MOST:,} more, which the spec names")
    labels = ["unused"] + [""] * len(unused)
    for label, text in (*started.facts, *zip(labels, unused, strict=False)):
        lines = Text(visible(text)).wrap(console, max(_NARROWEST, console.width - _LABEL))
        for number, line in enumerate(lines):
            console.print(_label(label if not number else "").append_text(line), soft_wrap=True)
    for number, command in enumerate(started.next_commands):
        console.print(_label("next" if not number else "").append(visible(command), "cyan"), soft_wrap=True)


def _label(text: str) -> Text:
    return Text().append(text.ljust(_LABEL), "dim")

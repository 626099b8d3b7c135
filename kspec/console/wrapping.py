"""Text that is wrapped to the screen: paragraphs, and names with what is said of them beside or below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from kspec.console.columns import GAP
from kspec.console.printable import visible

INDENT = 4
_QUOTED = re.compile(r"`[^`]+`")
_NARROWEST = 24
_WIDEST = 28
"""Cells of a column of names; the few longer ones stand in lines of their own."""


def sentence(text: str, style: str = "") -> Text:
    """Return a text with what stands between backticks made bold."""
    shown = Text(visible(text), style)
    shown.highlight_regex(_QUOTED, "bold")
    return shown


def wrapped(text: Text, console: Console, *, indent: int = 0) -> list[Text]:
    """Return the lines of a text, each after so many blanks and none wider than the screen."""
    lines = text.wrap(console, max(1, console.width - indent))
    for line in lines:
        line.rstrip()
    return [Text(" " * indent).append_text(line) for line in lines]


def beside(pairs: Sequence[tuple[Text, Text]], console: Console, *, indent: int = 0) -> Iterator[Text]:
    """Yield the lines of names with a text beside each; on a narrow screen the text stands below its name.

    Args:
        pairs: Names and texts.
        console: Its width decides.
        indent: Blanks before every line.
    """
    room = min(_WIDEST, console.width - indent - GAP - _NARROWEST)
    widths = [name.cell_len for name, _ in pairs if name.cell_len <= room]
    column = max(widths, default=0)
    fits = 2 * len(widths) >= len(pairs)
    for name, text in pairs:
        start = indent + column + GAP if fits else indent + INDENT
        lines = wrapped(text, console, indent=start)
        if fits and name.cell_len <= column and lines:
            head = Text(" " * indent).append_text(name)
            yield head.append(" " * (start - head.cell_len)).append_text(lines.pop(0)[start:])
        else:
            yield from wrapped(name, console, indent=indent)
        yield from lines


def show(lines: Iterable[Text], console: Console) -> None:
    """Print lines as they are."""
    for line in lines:
        console.print(line, soft_wrap=True)

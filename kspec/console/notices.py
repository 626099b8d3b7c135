"""Notices on screen: what a person must not miss stays where it was written."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from kspec.console.printable import visible
from kspec.runs.events import Notice

MARKS = {"warning": ("▲", "yellow"), "note": ("•", "cyan")}


def notice_block(notice: Notice) -> Table:
    """Return the notice behind its mark, folded at the width of the screen."""
    mark, style = MARKS[notice.severity]
    block = Table.grid(padding=(0, 1))
    block.add_row(Text(mark, style), Text(visible(notice.text), style, overflow="fold"))
    return block

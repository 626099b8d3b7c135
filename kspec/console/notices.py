"""Notices on screen: what a person must not miss stays where it was written."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from kspec.console.printable import visible
from kspec.runs.events import Notice

MARKS = {"warning": ("▲ ", "yellow"), "note": ("• ", "cyan")}


def notice_block(notice: Notice, console: Console) -> Text:
    """Return the notice behind its mark, folded at the width of the console."""
    mark, style = MARKS[notice.severity]
    text = Text(visible(notice.text), style if notice.severity == "warning" else "")
    lines = text.wrap(console, max(1, console.width - len(mark)))
    for line in lines:
        line.rstrip()
    return Text.assemble((mark, style), Text("\n" + " " * len(mark)).join(lines))

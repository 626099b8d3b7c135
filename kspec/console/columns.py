"""Columns that fit: on a narrow screen some shrink, then some go, and no line is ever wider than the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.text import Text

from kspec.console.printable import ELLIPSIS, cut, first_cells, last_cells

GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Args:
        title: Its head.
        cells: One text a row.
        right: Whether the texts stand at the right.
        wide: Cells that it takes at least while there is room, so that it does not move when its texts grow.
        least: Cells down to which the column may shrink; None if it may not.
        drop: Columns with a higher number leave first when the screen is narrow; those with 0 stay.
        lose: The part of a text that goes when there is no room for it. What is cut shows `…`, but for a `start`,
            which is cut from texts like a trend, whose beginning is not missed.
    """

    title: str
    cells: Sequence[Text]
    right: bool = False
    wide: int = 0
    least: int | None = None
    drop: int = 0
    lose: Literal["start", "middle", "end"] = "end"

    @property
    def width(self) -> int:
        """Cells that the column takes where there is room."""
        return max(self.wide, len(self.title), *(cell.cell_len for cell in self.cells), 0)


def lay_out(columns: Sequence[Column], width: int) -> list[Text]:
    """Return the head and the rows of a table, none of them wider than `width`.

    Args:
        columns: The columns from left to right, all with the same number of cells.
        width: Cells of the screen.
    """
    shown, widths = fit(columns, width)
    titles = [Text(cut(column.title, room), "dim") for column, room in zip(shown, widths, strict=True)]
    lines = [_line(list(zip(shown, titles, strict=True)), widths, width)]
    for row in range(len(shown[0].cells)):
        lines.append(_line([(column, column.cells[row]) for column in shown], widths, width))
    return lines


def fit(columns: Sequence[Column], width: int) -> tuple[list[Column], list[int]]:
    """Return the columns that fit into `width` and the cells that each of them gets."""
    shown = list(columns)
    while True:
        widths = [column.width for column in shown]
        over = sum(widths) + GAP * (len(shown) - 1) - width
        slack = [w - min(w, column.least or w) for w, column in zip(widths, shown, strict=True)]
        # The least important columns give way first, those at the right before those at the left.
        for at in sorted(range(len(shown)), key=lambda at: (-shown[at].drop, -at)):
            given = max(0, min(over, slack[at]))
            widths[at] -= given
            over -= given
        victim = max(shown, key=lambda column: column.drop)
        if over <= 0 or not victim.drop:
            return shown, widths
        shown.remove(victim)


def fits(columns: Sequence[Column], width: int) -> bool:
    """Say whether all of the columns have room, if need be shrunk."""
    shown, widths = fit(columns, width)
    return len(shown) == len(columns) and sum(widths) + GAP * (len(widths) - 1) <= width


def _line(cells: Sequence[tuple[Column, Text]], widths: Sequence[int], width: int) -> Text:
    line = Text(no_wrap=True)
    for number, ((column, cell), room) in enumerate(zip(cells, widths, strict=True)):
        text = _cut(cell, room, column.lose) if cell.cell_len > room else cell
        fill = " " * (room - text.cell_len)
        line.append(" " * GAP if number else "")
        line.append(fill if column.right else "").append_text(text).append("" if column.right else fill)
    line.rstrip()
    if line.cell_len > width:
        line.truncate(width, overflow="ellipsis")
    return line


def _cut(cell: Text, room: int, lose: str) -> Text:
    if lose == "start":
        return Text(last_cells(cell.plain, room), cell.style)
    end = last_cells(cell.plain, (room - 1) // 3) if lose == "middle" else ""
    return Text(first_cells(cell.plain, room - 1 - cell_len(end)) + ELLIPSIS + end, cell.style)

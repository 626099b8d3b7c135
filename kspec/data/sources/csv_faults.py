"""Where in a CSV file a fault is. Read again row by row, which only a faulty file has to wait for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kspec.data.sources.csv_blocks import CsvBlock
from kspec.data.sources.errors import DataError


class StrayTextError(DataError):
    """A column of numbers has a few words in it.

    Attributes:
        cell: The first of these words.
    """

    def __init__(self, block: CsvBlock, line: int, column: str, cell: str) -> None:
        super().__init__(
            f"`{block.path}`, line {line}, column `{column}`: `{cell}` among numbers",
            hint=f"if it stands for a gap, add it to `missing:`; if this is text, name it in `text: [{column}]`",
            argument="path",
        )
        self.cell = cell


def ragged_row(blocks: Iterable[CsvBlock]) -> DataError | None:
    """Return the fault of the first row with too few or too many cells, or None if there is none."""
    for block in blocks:
        expected = len(block.names)
        for line, cells in block.rows():
            if len(cells) != expected:
                hint = "put a cell that holds the delimiter into double quotes" if len(cells) > expected else None
                return DataError(
                    f"`{block.path}`, line {line}: expected {expected} cells, as in the header, found {len(cells)}",
                    hint=hint,
                    argument="path",
                )
    return None


def stray_text(blocks: Iterable[CsvBlock], name: str, *, number: str, missing: Sequence[str]) -> DataError:
    """Return the fault of the first cell in column `name` that is neither missing nor a number."""
    for block in blocks:
        index = block.names.index(name)
        for line, cells in block.rows():
            value = cells[index]
            if value not in missing and not re.match(number, value):
                return StrayTextError(block, line, name, value)
    return DataError(f"the column `{name}` mixes numbers and text", argument="path")

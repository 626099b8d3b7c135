"""Where in a CSV file a fault is. Read again row by row, which only a faulty file has to wait for."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from kspec.data.sources.csv_text import CsvText
from kspec.data.sources.errors import DataError


class StrayTextError(DataError):
    """A column of numbers has a few words in it.

    Attributes:
        cell: The first of these words.
    """

    def __init__(self, text: CsvText, line: int, column: str, cell: str) -> None:
        super().__init__(
            f"`{text.path}`, line {line}, column `{column}`: `{cell}` among numbers",
            hint=f"if it stands for a gap, add it to `missing:`; if this is text, name it in `text: [{column}]`",
            argument="path",
        )
        self.cell = cell


def ragged_row(texts: Sequence[CsvText]) -> DataError | None:
    """Return the fault of the first row with too few or too many cells, or None if there is none."""
    for text in texts:
        expected = len(text.names)
        for line, cells in _rows(text):
            if len(cells) != expected:
                hint = "put a cell that holds the delimiter into double quotes" if len(cells) > expected else None
                return DataError(
                    f"`{text.path}`, line {line}: expected {expected} cells, as in the header, found {len(cells)}",
                    hint=hint,
                    argument="path",
                )
    return None


def stray_text(texts: Sequence[CsvText], name: str, *, number: str, missing: Sequence[str]) -> DataError:
    """Return the fault of the first cell in column `name` that is neither missing nor a number."""
    for text in texts:
        index = text.names.index(name)
        for line, cells in _rows(text):
            value = cells[index]
            if value not in missing and not re.match(number, value):
                return StrayTextError(text, line, name, value)
    return DataError(f"column `{name}` of `{texts[0].path}` mixes numbers and text", argument="path")


def _rows(text: CsvText) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line of the file on which it ends."""
    reader = csv.reader(text.body.decode().splitlines(keepends=True), delimiter=text.delimiter)
    for cells in reader:
        if cells:
            yield text.header_lines + reader.line_num, cells

"""Rows of a CSV text, a block at a time, in the types that training saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kspec.data.given.csv_cells import line_of_row, read_cells
from kspec.data.given.piece import Piece
from kspec.data.given.text import Text
from kspec.data.given.wanted import Kind, Wanted
from kspec.data.rows import RowNames
from kspec.data.sources.ahead import ahead
from kspec.data.sources.arrow_columns import as_array
from kspec.data.sources.csv_blocks import CsvBlock, CsvFile, whole_lines
from kspec.data.sources.csv_header import parsed_header
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields


class CsvStream:
    """A CSV text that comes once, such as that of standard input, its header read.

    Args:
        text: The text.
        delimiter: Character between cells; found in the header if left out.

    Raises:
        DataError: It is empty, or its header does not name every column once.
    """

    def __init__(self, text: Text, *, delimiter: str | None) -> None:
        self.path = Path(text.name)
        self.size = self.body = 0
        self._text = text
        head = text.head()
        header = head.lstrip(b"\n").partition(b"\n")[0]
        if not header.strip():
            raise DataError(f"`{text.name}` is empty", argument="path")
        self._above = len(head) - len(head.lstrip(b"\n")) + 1
        self.names, self.delimiter = parsed_header(self.path, header.decode(), delimiter)

    def blocks(self) -> Iterator[CsvBlock]:
        """Yield all rows, a block of lines at a time.

        Raises:
            DataError: The text is not in its encoding, or has no rows.
        """
        line, above, found = self._above + 1, self._above, False
        for data in whole_lines(self._text.blocks()):
            rows = data
            while above and rows:
                _, _, rows = rows.partition(b"\n")
                above -= 1
            if rows.strip():
                found = True
                body = rows if rows.endswith(b"\n") else rows + b"\n"
                yield CsvBlock(self.path, self.names, self.delimiter, body, line)
            line += rows.count(b"\n")
        if not found:
            raise DataError(f"`{self.path}` has a header and no rows", argument="path")


@dataclass(frozen=True, slots=True)
class CsvRows:
    """The rows of a CSV text.

    Args:
        table: The text, its header read.
        missing: What stands in a cell that has no value.
    """

    table: CsvFile | CsvStream
    missing: Sequence[str]

    @property
    def name(self) -> str:
        """What messages call the text."""
        return str(self.table.path)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        return self.table.names

    primary = names

    @property
    def notices(self) -> tuple[str, ...]:
        """Nothing: what is wrong with a row is an error."""
        return ()

    def pieces(self, wanted: Wanted) -> Iterator[Piece]:
        """Yield the rows in order; those of a file are read while the rows before them are predicted.

        Raises:
            DataError: The text cannot be read, or a row has too many cells or too few.
            SpecError: A cell is not what training saw.
        """
        pieces = self._pieces(wanted)
        return ahead([pieces], readers=1) if isinstance(self.table, CsvFile) else pieces

    def _pieces(self, wanted: Wanted) -> Iterator[Piece]:
        kinds = {name: kind for name, kind in wanted.kinds.items() if name in self.names}
        read = self.table.body or 0
        for block in self.table.blocks():
            read += block.length
            kept = self._as_written(block, wanted.keep) if wanted.keep else {}
            fields = self._typed(block, kinds) if kinds else kept
            share = min(1.0, read / self.table.size) if self.table.size and block.start is not None else None
            yield Piece(Fields(fields), RowNames("given", called=_Called(block)), kept, share)

    def _typed(self, block: CsvBlock, kinds: Mapping[str, Kind]) -> Mapping[str, Array]:
        """Return columns in the types that are wanted."""
        import pyarrow as pa

        types = {"text": pa.string(), "number": pa.float64(), "whole": pa.int64(), "truth": pa.bool_()}
        try:
            table = _parsed(block, {name: types[kind] for name, kind in kinds.items()}, missing=self.missing)
        except pa.ArrowInvalid:
            return read_cells(block, kinds, missing=self.missing)
        return {name: as_array(table.column(name)) for name in table.column_names}

    def _as_written(self, block: CsvBlock, names: Sequence[str]) -> Mapping[str, Array]:
        """Return the text of columns, letter by letter."""
        import pyarrow as pa

        try:
            table = _parsed(block, {name: pa.string() for name in names}, missing=())
        except pa.ArrowInvalid:
            return read_cells(block, dict.fromkeys(names, "text"), missing=())
        return {name: as_array(table.column(name)) for name in table.column_names}


@dataclass(frozen=True, slots=True)
class _Called:
    """What messages call the rows of a block."""

    block: CsvBlock

    def __call__(self, row: int) -> str:
        line = line_of_row(self.block, row)
        return f"line {line:,} of `{self.block.path}`"


def _parsed(block: CsvBlock, types: Mapping[str, Any], *, missing: Sequence[str]) -> Any:
    import pyarrow as pa
    from pyarrow import csv

    return csv.read_csv(
        pa.BufferReader(block.body),
        csv.ReadOptions(column_names=list(block.names), block_size=len(block.body) + 1),
        csv.ParseOptions(delimiter=block.delimiter, newlines_in_values=b'"' in block.body),
        csv.ConvertOptions(
            null_values=list(missing),
            strings_can_be_null=bool(missing),
            column_types=types,
            include_columns=list(types),
        ),
    )

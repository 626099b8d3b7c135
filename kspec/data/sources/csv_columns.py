"""Which kind each column of a CSV file is, judged by all of its rows, and its blocks as arrays of that kind."""

from __future__ import annotations

import csv as csv_module
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kspec.data.sources.arrow_columns import as_array
from kspec.data.sources.csv_blocks import CsvBlock
from kspec.data.sources.csv_faults import ragged_row
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array

NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
"""What writes a number."""

_MOSTLY_NUMBERS = 0.95
_TEXT_OBJECT = 57
"""Bytes that a `str` in an array takes beside its characters."""


def is_number(cell: str) -> bool:
    """Say whether the text of a cell writes a number."""
    return re.match(NUMBER, cell) is not None


@dataclass(slots=True)
class Column:
    """What has been seen of a column.

    Args:
        name: Its name.
        text: Whether it is text, whatever it looks like.
        kinds: What its blocks look like: `int`, `float`, `bool`, `text`.
        rows: Rows seen.
        gaps: Rows without a value.
        numbers: Rows that write a number.
        characters: Bytes of its text.
    """

    name: str
    text: bool = False
    kinds: set[str] = field(default_factory=set)
    rows: int = 0
    gaps: int = 0
    numbers: int = 0
    characters: int = 0

    def see(self, column: Any) -> None:
        """Note what a block has of the column, given as Arrow took it to be."""
        import pyarrow as pa
        from pyarrow import compute

        kind = column.type
        present = len(column) - column.null_count
        self.rows += len(column)
        self.gaps += column.null_count
        if pa.types.is_null(kind):
            return
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            self.kinds.add("int" if pa.types.is_integer(kind) else "float")
            self.numbers += present
        elif pa.types.is_boolean(kind):
            self.kinds.add("bool")
        else:
            self.kinds.add("text")
            self.characters += column.nbytes
            if pa.types.is_string(kind) and not self.text:
                self.numbers += compute.sum(compute.match_substring_regex(column, NUMBER)).as_py() or 0

    @property
    def kind(self) -> str:
        """What the column is: `int`, `float`, `bool` or `text`; a column without any value is `float`."""
        if self.text or "text" in self.kinds or ("bool" in self.kinds and len(self.kinds) > 1):
            return "text"
        if self.kinds == {"bool"} or self.kinds == {"int"}:
            return "float" if self.gaps else next(iter(self.kinds))
        return "float"

    @property
    def mixed(self) -> bool:
        """Whether a few words stand among numbers: read as text, they would silently become categories."""
        present = self.rows - self.gaps
        return self.kind == "text" and not self.text and _MOSTLY_NUMBERS * present < self.numbers < present

    @property
    def size(self) -> int:
        """Bytes that the column takes in memory."""
        if self.kind == "text":
            return 8 * self.rows + _TEXT_OBJECT * (self.rows - self.gaps) + self.characters
        return self.rows * (1 if self.kind == "bool" else 8)

    def fits(self, column: Any) -> bool:
        """Say whether a block that Arrow judged by its own rows alone can stand: text cannot be made of numbers."""
        import pyarrow as pa

        return self.kind != "text" or pa.types.is_string(column.type)

    def array(self, column: Any) -> Array:
        """Return what a block has of the column as the array of a field."""
        import pyarrow as pa

        if self.kind == "text":
            return as_array(column.cast(pa.string()) if pa.types.is_null(column.type) else column)
        return as_array(column).astype({"int": np.int64, "bool": np.bool_, "float": np.float64}[self.kind], copy=False)


def parse(block: CsvBlock, *, columns: Sequence[str], missing: Sequence[str], text: Collection[str] = ()) -> Any:
    """Return a block as an Arrow table, each column as its own rows look.

    Args:
        block: The rows.
        columns: Columns to read.
        missing: What stands in a cell that has no value.
        text: Columns that are text, whatever they look like.

    Raises:
        DataError: If the rows are no table.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    try:
        return arrow_csv.read_csv(
            pa.BufferReader(block.body),
            # One block, so that a column's kind is judged by all of its rows and not by the first megabyte.
            arrow_csv.ReadOptions(column_names=list(block.names), block_size=len(block.body) + 1),
            arrow_csv.ParseOptions(delimiter=block.delimiter, newlines_in_values=b'"' in block.body),
            arrow_csv.ConvertOptions(
                null_values=list(missing),
                strings_can_be_null=True,
                column_types={name: pa.string() for name in text},
                include_columns=list(columns),
            ),
        )
    except (pa.ArrowInvalid, csv_module.Error) as error:
        fault = DataError(f"`{block.path}` cannot be read: {error}", argument="path")
        raise ragged_row([block]) or fault from error

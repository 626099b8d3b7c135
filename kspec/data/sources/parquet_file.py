"""Tables in Parquet files."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kspec.data.sources.arrow_columns import is_list
from kspec.data.sources.arrow_table import TablePlan, flat, has_gaps, whole_rows
from kspec.data.sources.csv_head import check_known
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Fields, listed
from kspec.data.sources.files import find_files
from kspec.data.sources.loaded import Loaded, Progress, SourceContext
from kspec.data.sources.parquet_head import ParquetHead, open_heads, unreadable
from kspec.data.sources.stream import Shard, Stream, memory_of, rows_of_a_piece
from kspec.data.sources.table_files import complete_columns, loaded_table

_HEAD_ROWS = 256
"""Rows that are read to tell how much memory a row takes."""


def parquet(
    context: SourceContext,
    *,
    path: str | Sequence[str],
    columns: Sequence[str] | None = None,
    without: Sequence[str] = (),
    text: Sequence[str] = (),
    drop_missing: Sequence[str] | bool = (),
) -> Loaded:
    """A table in a Parquet file, or in many with the same columns; each column is a field.

    Numbers keep their type; whole numbers with gaps become float64 with NaN, decimals float64, dates and times text in
    ISO 8601. Lists of equal length are fields of several values a row; the values of an object are fields of their own,
    called `object.value`. The index that pandas writes is left out unless `columns` names it.

    Args:
        path: String, or list of strings. The file, relative to the spec; a pattern such as `data/*.parquet` stands for
            all that it matches, sorted by name.
        columns: List of strings. The columns to read, all if left out. The others are never read from the disk.
        without: List of strings. Columns not to read.
        text: List of strings. Columns to read as text, whatever they hold, such as postcodes.
        drop_missing: List of strings, or boolean. Columns that must have a value, true for all: rows that lack one are
            left out.

    Returns:
        One array of shape `(rows, ...)` for each column.

    Raises:
        DataError: If a file is missing or no whole Parquet file, or the files are not one table.
    """
    paths = find_files(path, folder=context.folder)
    heads, kinds = open_heads(paths, columns=columns, without=without, text=text)
    complete = complete_columns(list(kinds), drop_missing)
    check_known(complete, list(kinds), "drop_missing")
    every = sum(head.rows for head in heads)
    if not every:
        raise DataError(f"`{paths[0]}` has columns and no rows", argument="path")
    plan = TablePlan(kinds=kinds, complete=complete, gaps=[name for name in kinds if name not in complete])
    stream = _Table(heads, plan).stream(context.progress)
    return loaded_table(context, paths, stream, every=every)


@dataclass(frozen=True, slots=True)
class _Span:
    """Row groups of one file that stand side by side.

    Args:
        head: The file.
        groups: Their numbers.
        first: Row of the file at which they begin, counted from 0.
        rows: How many rows they have, also those that are left out.
    """

    head: ParquetHead
    groups: tuple[int, ...]
    first: int
    rows: int

    def tables(self, columns: Sequence[str], rows: int) -> Iterator[Any]:
        """Yield their rows, so many at a time.

        Raises:
            DataError: The file cannot be read.
        """
        import pyarrow as pa
        from pyarrow import parquet

        try:
            with parquet.ParquetFile(self.head.path, metadata=self.head.metadata) as file:
                for batch in file.iter_batches(rows, row_groups=list(self.groups), columns=list(columns)):
                    yield flat(pa.Table.from_batches([batch]))
        except (pa.ArrowException, OSError) as error:
            raise unreadable(self.head.path, error) from error


@dataclass(frozen=True, slots=True)
class _Table:
    """One table in Parquet files."""

    heads: Sequence[ParquetHead]
    plan: TablePlan

    def stream(self, progress: Progress) -> Stream:
        """Return the rows as a stream.

        Raises:
            DataError: If the files cannot be read, or no row is left.
        """
        first = next(span for head in self.heads for span in _spans(head, 1))
        sample = self._sample(first)
        bytes_a_row = memory_of(sample) // sample.rows + 1
        rows = rows_of_a_piece(bytes_a_row)
        spans = [span for head in self.heads for span in _spans(head, rows)]
        gaps, complete, kept = self._scan(spans, rows, progress)
        shapes = {name: array.shape[1:] for name, array in sample.items() if is_list(self.plan.kinds[name])}
        plan = replace(self.plan, gaps=gaps, complete=complete, shapes=shapes)
        shards = [
            Shard(count, functools.partial(_pieces, span, plan, rows))
            for span, count in zip(spans, kept, strict=True)
            if count
        ]
        if not shards:
            raise DataError(f"no row is left: every one lacks a value in {listed(complete)}", argument="drop_missing")
        head = next(iter(shards[0].read(None))).head(1)
        return Stream(shards, head=head, size=bytes_a_row * sum(kept))

    def _sample(self, span: _Span) -> Fields:
        """Return the first rows, also those that are to be left out."""
        table = next(span.tables(list(self.plan.kinds), _HEAD_ROWS))
        return replace(self.plan, complete=()).fields(table, None, _place(span, 0))

    def _may_be_nan(self, name: str) -> bool:
        from pyarrow import types

        return any(types.is_floating(head.schema.field(name).type) for head in self.heads)

    def _scan(self, spans: Sequence[_Span], rows: int, progress: Progress) -> tuple[set[str], list[str], list[int]]:
        """Find what is missing, reading no more than is needed.

        Returns:
            The columns with gaps, those that must have a value and may lack one, and how many rows of each span are
            kept.
        """
        plan = self.plan
        told = {name: _gaps(self.heads, name) for name in plan.kinds}
        gaps = {name for name, found in told.items() if found}
        unknown = [name for name, found in told.items() if found is None and _matters(plan.kinds[name])]
        complete = [name for name in plan.complete if told[name] is not False or self._may_be_nan(name)]
        # What must have a value has no gaps once its rows are left out, but for those in its lists.
        gaps -= {name for name in plan.complete if not is_list(plan.kinds[name])}
        unknown = [name for name in unknown if name not in complete or is_list(plan.kinds[name])]
        wanted = list(dict.fromkeys([*unknown, *complete]))
        kept = [span.rows for span in spans]
        for number, span in enumerate(spans) if wanted else ():
            progress("looking for gaps", number, len(spans))
            for table in span.tables(wanted, rows):
                gaps |= {name for name in unknown if name not in gaps and has_gaps(table.column(name))}
                whole = whole_rows(table, complete)
                kept[number] -= 0 if whole is None else int(np.count_nonzero(~whole))
        return gaps, complete, kept


def _spans(head: ParquetHead, rows: int) -> list[_Span]:
    """Return the row groups of a file, small ones together until they have about so many rows."""
    spans: list[_Span] = []
    sizes = [head.metadata.row_group(number).num_rows for number in range(head.metadata.num_row_groups)]
    for number, (first, size) in enumerate(zip(itertools.accumulate(sizes, initial=0), sizes, strict=False)):
        last = spans[-1] if spans else None
        if last is not None and last.rows + size <= rows:
            spans[-1] = replace(last, groups=(*last.groups, number), rows=last.rows + size)
        elif size:
            spans.append(_Span(head, (number,), first, size))
    return spans


def _pieces(span: _Span, plan: TablePlan, rows: int, names: Collection[str] | None) -> Iterator[Fields]:
    first = span.first
    for table in span.tables(plan.wanted(names), rows):
        piece = plan.fields(table, names, _place(span, first - span.first))
        first += table.num_rows
        if piece.rows:
            yield piece


def _place(span: _Span, offset: int) -> Any:
    return lambda row: f"`{span.head.path}`, row {span.first + offset + row + 1:,}"


def _gaps(heads: Sequence[ParquetHead], name: str) -> bool | None:
    told = [head.gaps(name) for head in heads]
    return True if True in told else None if None in told else False


def _matters(kind: Any) -> bool:
    """Say whether the array of a plain type is another one if values are missing."""
    from pyarrow import types

    while is_list(kind):
        kind = kind.value_type
    return bool(types.is_integer(kind) or types.is_boolean(kind))

"""Objects in JSON Lines files."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kspec.data.sources.arrow_columns import is_list
from kspec.data.sources.arrow_table import TablePlan, flat, has_gaps, kinds_of, names_of, whole_rows
from kspec.data.sources.csv_head import check_known, chosen_columns
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Fields, listed
from kspec.data.sources.files import find_files
from kspec.data.sources.jsonl_lines import JsonBlock, read_block, read_blocks, size_of
from kspec.data.sources.jsonl_parse import common_schema, flat_table, parse, with_text
from kspec.data.sources.loaded import Loaded, Progress, SourceContext
from kspec.data.sources.packed import is_packed
from kspec.data.sources.stream import Shard, Stream, memory_of
from kspec.data.sources.table_files import complete_columns, loaded_table

_HEAD_ROWS = 256
"""Rows that are read to tell how much memory a row takes."""


def jsonl(
    context: SourceContext,
    *,
    path: str | Sequence[str],
    columns: Sequence[str] | None = None,
    without: Sequence[str] = (),
    text: Sequence[str] = (),
    drop_missing: Sequence[str] | bool = (),
) -> Loaded:
    """Objects in a JSON Lines file, one a line, or in many files; each key is a field.

    Whole numbers become int64, other numbers float64, `true` and `false` bool; numbers with gaps become float64 with
    NaN. A key that is not there has no value, and so has `null`. Lists of equal length are fields of several values a
    row; the values of an object are fields of their own, called `object.value`. Files ending in `.gz` are unpacked.

    Args:
        path: String, or list of strings. The file, relative to the spec; a pattern such as `data/*.jsonl` stands for
            all that it matches, sorted by name.
        columns: List of strings. The keys to read, all if left out.
        without: List of strings. Keys not to read.
        text: List of strings. Keys to read as text, whatever they hold.
        drop_missing: List of strings, or boolean. Keys that must have a value, true for all: rows that lack one are
            left out.

    Returns:
        One array of shape `(rows, ...)` for each key.

    Raises:
        DataError: If a file is missing or empty, a line is no JSON object, or the values of a key do not go together.
    """
    paths = find_files(path, folder=context.folder)
    scan = _Scan.of(paths, context.progress)
    schema = flat(scan.schema.empty_table()).schema
    if not schema.names:
        raise DataError(f"`{paths[0]}` has no key in any line", argument="path")
    read = chosen_columns(names_of(schema, paths[0]), columns=columns, without=without, text=text)
    complete = complete_columns(read, drop_missing)
    check_known(complete, read, "drop_missing")
    plan = TablePlan(kinds=kinds_of(schema, paths[0], read, text), complete=complete, gaps=scan.gaps)
    stream = _stream(scan, plan, context.progress)
    return loaded_table(context, paths, stream, every=sum(place.rows for place in scan.places))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where rows stand: in a block of a file, or in all of a file that can only be read from its beginning.

    Args:
        path: The file.
        rows: How many rows there are.
        start: Byte at which the block begins.
        length: How many bytes it has; None for all of a packed file.
        line: Number of its first line.
    """

    path: Path
    rows: int
    start: int
    length: int | None
    line: int

    def blocks(self) -> Iterator[JsonBlock]:
        """Yield the rows again, as text."""
        if self.length is None:
            yield from read_blocks(self.path)
        else:
            yield read_block(self.path, start=self.start, length=self.length, line=self.line)


@dataclass(frozen=True, slots=True)
class _Scan:
    """What one reading of all lines tells.

    Args:
        places: Where the rows stand, in their order.
        schema: The `pyarrow.Schema` that holds the values of all of them.
        gaps: Flat names of the columns in which a value is missing.
    """

    places: tuple[_Place, ...]
    schema: Any
    gaps: frozenset[str]

    @classmethod
    def of(cls, paths: Sequence[Path], progress: Progress) -> _Scan:
        """Read all lines once.

        Raises:
            DataError: A file is empty, a line is no JSON object, or the values of a key do not go together.
        """
        import pyarrow as pa

        total, done = sum(map(size_of, paths)), 0
        places: list[_Place] = []
        schema, gaps = pa.schema([]), set[str]()
        for path in paths:
            before = len(places)
            for block in read_blocks(path):
                table = parse(block)
                if not table.num_rows:
                    continue
                flattened = flat(table)
                names = names_of(flattened.schema, path)
                held = flat(schema.empty_table()).column_names if places else names
                gaps |= {*held} ^ {*names}
                gaps |= {name for name in names if has_gaps(flattened.column(name))}
                schema = common_schema(schema, with_text(table.schema), paths)
                places.append(_Place(path, table.num_rows, block.start, len(block.body), block.line))
                done += len(block.body)
                if done < total and not is_packed(path):
                    progress("reading rows", done, total)
            if len(places) == before:
                raise DataError(f"`{path}` is empty", argument="path")
            if is_packed(path):
                places[before:] = [_Place(path, sum(place.rows for place in places[before:]), 0, None, 1)]
        return cls(tuple(places), schema, frozenset(gaps))


def _stream(scan: _Scan, plan: TablePlan, progress: Progress) -> Stream:
    """Return the rows as a stream.

    Raises:
        DataError: No row is left.
    """
    sample = _sample(scan, plan)
    shapes = {name: array.shape[1:] for name, array in sample.items() if is_list(plan.kinds[name])}
    lacking = [name for name in plan.complete if name in scan.gaps]
    kept = [place.rows for place in scan.places]
    for number, place in enumerate(scan.places) if lacking else ():
        progress("looking for gaps", number, len(scan.places))
        for block in place.blocks():
            whole = whole_rows(flat_table(block, scan.schema, lacking), lacking)
            kept[number] -= 0 if whole is None else int(np.count_nonzero(~whole))
    gaps = {name for name in scan.gaps if name not in plan.complete or is_list(plan.kinds.get(name))}
    plan = replace(plan, gaps=gaps, complete=lacking, shapes=shapes)
    shards = [
        Shard(rows, functools.partial(_pieces, place, scan.schema, plan))
        for place, rows in zip(scan.places, kept, strict=True)
        if rows
    ]
    if not shards:
        raise DataError(f"no row is left: every one lacks a value in {listed(lacking)}", argument="drop_missing")
    head = next(iter(shards[0].read(None))).head(1)
    return Stream(shards, head=head, size=(memory_of(sample) // sample.rows + 1) * sum(kept))


def _sample(scan: _Scan, plan: TablePlan) -> Fields:
    block = next(scan.places[0].blocks())
    table = flat_table(block, scan.schema, plan.kinds).slice(0, _HEAD_ROWS)
    return replace(plan, complete=()).fields(table, None, block.where)


def _pieces(place: _Place, schema: Any, plan: TablePlan, names: Collection[str] | None) -> Iterator[Fields]:
    for block in place.blocks():
        piece = plan.fields(flat_table(block, schema, plan.wanted(names)), names, block.where)
        if piece.rows:
            yield piece

"""CSV files as a stream: read once to know kinds, gaps and places, and then as often as wanted."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kspec.data.sources.ahead import ahead
from kspec.data.sources.csv_blocks import CsvBlock, CsvFile
from kspec.data.sources.csv_columns import NUMBER, Column, parse
from kspec.data.sources.csv_faults import stray_text
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Fields, listed
from kspec.data.sources.loaded import Progress
from kspec.data.sources.stream import Shard, Stream


@dataclass(frozen=True, slots=True)
class CsvTable:
    """One table in CSV files.

    Args:
        files: The files, their headers read.
        columns: Columns to read.
        text: Columns that are text, whatever they look like.
        missing: What stands in a cell that has no value.
        complete: Columns that must have a value: rows that lack one are left out.
    """

    files: Sequence[CsvFile]
    columns: Sequence[str]
    text: Sequence[str] = ()
    missing: Sequence[str] = ()
    complete: Sequence[str] = ()

    def scan(self, memory: int | None, progress: Progress) -> tuple[Stream, int]:
        """Read all rows once.

        Args:
            memory: Bytes that may be kept of what is parsed here, if all of it fits; None for any number.
            progress: Is told how far the reading has got.

        Returns:
            The rows as a stream, and how many rows were left out.

        Raises:
            DataError: If the files are not one table, or no row is left.
        """
        seen = {name: Column(name, name in self.text) for name in self.columns}
        places: list[_Place] = []
        total, done, every, keeps = sum(file.size for file in self.files), 0, 0, True
        lacking: dict[str, None] = {}
        for file in self.files:
            for block in ahead([file.blocks()], readers=1):
                table = parse(block, columns=self.columns, missing=self.missing, text=self.text)
                every += table.num_rows
                lacking |= dict.fromkeys(name for name in self.complete if table.column(name).null_count)
                table = self._complete(table)
                for name, column in seen.items():
                    column.see(table.column(name))
                if block.start is not None or not places or places[-1].file is not file:
                    places.append(_Place(file, block))
                places[-1].rows += table.num_rows
                keeps = keeps and (memory is None or _size(seen) <= memory)
                places[-1].tables.append(table)
                if not keeps:
                    for place in places:
                        place.tables.clear()
                done += block.length
                if done < total and block.start is not None:
                    progress("reading rows", done, total)
        self._check(seen, list(lacking))
        kept = [place for place in places if place.rows]
        shards = [Shard(place.rows, functools.partial(self._pieces, place, seen)) for place in kept]
        head = next(iter(shards[0].read(None))).head(1)
        return Stream(shards, head=head, size=_size(seen)), every - sum(place.rows for place in kept)

    def _check(self, seen: dict[str, Column], lacking: Sequence[str]) -> None:
        if not any(column.rows for column in seen.values()):
            raise DataError(f"no row is left: every one lacks a value in {listed(lacking)}", argument="drop_missing")
        for name, column in seen.items():
            if column.mixed:
                blocks = (block for file in self.files for block in file.blocks())
                raise stray_text(blocks, name, number=NUMBER, missing=self.missing)

    def _complete(self, table: Any) -> Any:
        """Return the rows of a table that have a value in each column that must have one."""
        from pyarrow import compute

        gaps = [name for name in self.complete if table.column(name).null_count]
        if not gaps:
            return table
        return table.filter(functools.reduce(compute.and_, (compute.is_valid(table.column(name)) for name in gaps)))

    def _pieces(
        self, place: _Place, seen: dict[str, Column], wanted: Collection[str] | None = None
    ) -> Iterator[Fields]:
        for table in place.tables if place.fits(seen) else self._again(place, seen, wanted):
            names = [name for name in table.column_names if wanted is None or name in wanted]
            if table.num_rows and names:
                yield Fields({name: seen[name].array(table.column(name)) for name in names})

    def _again(self, place: _Place, seen: dict[str, Column], wanted: Collection[str] | None) -> Iterator[Any]:
        text = [name for name, column in seen.items() if column.kind == "text"]
        names = [name for name in self.columns if wanted is None or name in wanted or name in self.complete]
        for block in place.blocks():
            text_here = [name for name in text if name in names]
            yield self._complete(parse(block, columns=names, missing=self.missing, text=text_here))


@dataclass(slots=True)
class _Place:
    """Where rows stand: in a block of a file, or in all of a file that can only be read from its beginning.

    Args:
        file: The file.
        first: The block, or the first one of the file.
        rows: How many rows there are.
        tables: The rows as they were parsed first, where they are kept.
    """

    file: CsvFile
    first: CsvBlock
    rows: int = 0
    tables: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.first = self.first.without_body()

    def fits(self, seen: dict[str, Column]) -> bool:
        """Say whether the kept tables can stand, now that all rows are known."""
        return bool(self.tables) and all(
            seen[name].fits(table.column(name)) for table in self.tables for name in table.column_names
        )

    def blocks(self) -> Iterator[CsvBlock]:
        """Yield the rows again, as text."""
        if self.first.start is None:
            yield from self.file.blocks()
        else:
            yield self.file.block(self.first.start, self.first.length, self.first.line)


def _size(seen: dict[str, Column]) -> int:
    return sum(column.size for column in seen.values())

"""Rows that a source gives, in memory or as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kspec.data.given.piece import Piece
from kspec.data.given.wanted import Wanted
from kspec.data.rows import RowNames
from kspec.data.sources.fields import Fields
from kspec.data.sources.loaded import Loaded
from kspec.data.sources.stream import Stream, in_pieces, memory_of, rows_of_a_piece


@dataclass(frozen=True, slots=True)
class HeldRows:
    """Rows that a source gives.

    Args:
        data: The rows.
        name: What messages call them.
        notices: What the user must not miss of what was read.
    """

    data: Fields | Stream
    name: str = "given"
    notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, loaded: Loaded, name: str) -> HeldRows:
        """Return the rows of a source that are to be predicted: its test part, if it has one."""
        data, notices = loaded.given(name)
        return cls(data, name, notices)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields."""
        return tuple(self.data)

    @property
    def primary(self) -> tuple[str, ...]:
        """The fields without those that are parts of others."""
        return (self.data if isinstance(self.data, Fields) else self.data.head).primary

    def pieces(self, wanted: Wanted) -> Iterator[Piece]:
        """Yield the rows in order."""
        names = [name for name in self.data if name in wanted.kinds or name in wanted.keep]
        total = self.data.rows
        for first, fields in self._pieces(names):
            numbers = np.arange(first, first + fields.rows)
            kept = {name: fields[name] for name in wanted.keep}
            yield Piece(fields, RowNames("given", numbers, self._called), kept, (first + fields.rows) / total)

    def _pieces(self, names: list[str]) -> Iterator[tuple[int, Fields]]:
        if isinstance(self.data, Stream):
            yield from self.data.pieces(names)
            return
        fields = Fields({name: self.data[name] for name in names})
        size = rows_of_a_piece(memory_of(fields.head(64)) // max(1, min(64, fields.rows)))
        first = 0
        for piece in in_pieces(fields, size):
            yield first, piece
            first += piece.rows

    def _called(self, number: int) -> str:
        return f"row {number + 1:,} of " + (f"`{self.name}`" if self.name != "given" else "the given data")

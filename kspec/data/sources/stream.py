"""Rows that are read a piece at a time, as often as they are wanted, so that a source may be larger than memory."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kspec.data.sources.ahead import ahead
from kspec.data.sources.fields import Array, Fields, bytes_of

Read = Callable[[Collection[str] | None], Iterable[Fields]]
"""Gives the rows of a shard in order, in pieces; the names say which fields are wanted, None stands for all."""

PIECE_BYTES = 16_000_000
"""About how much memory the rows of one piece should take."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Neighbouring rows that can be read without those before them: a file, or a part of one.

    Args:
        rows: How many there are.
        read: Reads them. It may give more fields than are asked for.
    """

    rows: int
    read: Read


class Stream(Collection[str]):
    """Rows of a source that stay where they are until they are wanted. As a collection, the names of the fields.

    Args:
        shards: All rows, in their order.
        head: The first rows, at least one. Every piece has fields of these dtypes and of these shapes of a row.
        size: Bytes that all rows would take in memory.
    """

    __slots__ = ("head", "shards", "size")

    def __init__(self, shards: Iterable[Shard], *, head: Fields, size: int) -> None:
        self.shards = tuple(shards)
        self.head = head
        self.size = size

    def __contains__(self, name: object) -> bool:
        return name in self.head

    def __iter__(self) -> Iterator[str]:
        return iter(self.head)

    def __len__(self) -> int:
        return len(self.head)

    def __repr__(self) -> str:
        return f"Stream({self.rows} rows of {self.head!r})"

    @property
    def rows(self) -> int:
        """Number of rows."""
        return sum(shard.rows for shard in self.shards)

    def pieces(
        self, names: Collection[str] | None = None, order: Sequence[int] | None = None
    ) -> Iterator[tuple[int, Fields]]:
        """Yield the rows a piece at a time, each with the number of its first row; the next ones are read meanwhile.

        Args:
            names: Fields that are wanted; all if left out.
            order: Numbers of the shards in the order in which they are read; that of the rows if left out.
        """
        return ahead(self._runs(names, order))

    def _runs(
        self, names: Collection[str] | None, order: Sequence[int] | None = None
    ) -> Iterator[Iterator[tuple[int, Fields]]]:
        """Yield the pieces of each shard."""
        firsts = np.cumsum([0, *(shard.rows for shard in self.shards)])
        for number in range(len(self.shards)) if order is None else order:
            yield _numbered(int(firsts[number]), self.shards[number].read(names))

    def load(self, names: Collection[str] | None = None) -> Fields:
        """Return all rows, or some fields of them, in memory."""
        wanted = [name for name in self.head if names is None or name in names]
        arrays: dict[str, Array] = {}
        for name in wanted:
            like = self.head[name]
            arrays[name] = np.empty((self.rows, *like.shape[1:]), like.dtype)
        for first, piece in itertools.chain.from_iterable(self._runs(wanted)):
            for name in wanted:
                arrays[name][first : first + piece.rows] = piece[name]
        return Fields(arrays, primary=[name for name in self.head.primary if name in arrays])


def _numbered(first: int, pieces: Iterable[Fields]) -> Iterator[tuple[int, Fields]]:
    for piece in pieces:
        yield first, piece
        first += piece.rows


def hold(stream: Stream, memory: int | None) -> Fields | Stream:
    """Return rows in memory if they fit, otherwise as they are.

    Args:
        stream: The rows.
        memory: Bytes that they may take; None for any number.
    """
    return stream.load() if memory is None or stream.size <= memory else stream


def rows_of_a_piece(bytes_a_row: int) -> int:
    """Return how many rows make a piece of a good size."""
    return max(1, PIECE_BYTES // max(1, bytes_a_row))


def in_pieces(fields: Fields, rows: int) -> Iterator[Fields]:
    """Yield rows that are in memory, so many at a time, as views."""
    for start in range(0, fields.rows, rows):
        yield fields.take(slice(start, start + rows))


def stream_of(fields: Fields) -> Stream:
    """Return rows that are in memory as a stream."""
    size = memory_of(fields)
    rows = rows_of_a_piece(size // max(1, fields.rows))

    def shard(piece: Fields) -> Shard:
        return Shard(piece.rows, lambda _: (piece,))

    return Stream([shard(piece) for piece in in_pieces(fields, rows)], head=fields.head(1), size=size)


def memory_of(fields: Fields) -> int:
    """Return how many bytes rows take in memory, their text included."""
    return sum(map(bytes_of, fields.values()))

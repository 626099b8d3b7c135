"""The rows of each part a piece at a time, whether they are in memory or stay where they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kspec.data.rows import RowNames
from kspec.data.sources import Fields, Stream
from kspec.data.sources.stream import stream_of


@dataclass(frozen=True, slots=True)
class PartRows:
    """The rows of a part.

    Args:
        stream: What they are read from.
        names: What messages call them; it says which rows of the stream belong to the part.
    """

    stream: Stream
    names: RowNames

    @classmethod
    def of(cls, source: Fields | Stream, names: RowNames) -> PartRows:
        """Return the rows of a source that have these names.

        Args:
            source: The rows, those of other parts among them.
            names: Those that belong to the part.
        """
        return cls(stream_of(source) if isinstance(source, Fields) else source, names)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.stream.rows if self.names.numbers is None else len(self.names.numbers)

    def pieces(self, names: Collection[str]) -> Iterator[Fields]:
        """Yield the rows in their order.

        Args:
            names: Fields that are wanted.
        """
        chosen = self.names.numbers
        for first, piece in self.stream.pieces(names):
            if chosen is None:
                yield piece
                continue
            start, end = np.searchsorted(chosen, [first, first + piece.rows])
            if end > start:
                yield _taken(piece, chosen[start:end] - first)


def _taken(piece: Fields, rows: npt.NDArray[np.intp]) -> Fields:
    """Return rows of a piece; neighbours as views."""
    together = int(rows[-1] - rows[0]) + 1 == len(rows)
    return piece.take(slice(int(rows[0]), int(rows[-1]) + 1) if together else rows)

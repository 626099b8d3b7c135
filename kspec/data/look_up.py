"""Rows of a part as they were read, looked up by their place: a few of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kspec.data.rows import RowNames
from kspec.data.sources import Fields, Stream

Numbers = npt.NDArray[np.intp]

_TEXT = 80
"""About how many bytes a text takes, and what points to it."""

_KEPT = 1_000_000_000
"""Bytes up to which rows are kept after what the model is fed was made of them."""


class RawRows(Protocol):
    """The rows of a part as they were read."""

    def numbers(self, places: Numbers) -> Numbers:
        """Return where some rows of the part stood in what was read, counted from 0."""

    def look_up(self, places: Numbers) -> Fields | None:
        """Return some rows, in the order of their places in the part; None if they are gone."""


@dataclass(frozen=True, slots=True)
class HeldRaw:
    """Rows in memory.

    Args:
        fields: The rows, or None if they took too much memory to be kept.
        names: What messages call them.
    """

    fields: Fields | None
    names: RowNames

    @classmethod
    def of(cls, fields: Fields, names: RowNames) -> HeldRaw:
        """Return rows, which are let go if they take much memory."""
        size = sum(array.size * (_TEXT if array.dtype == object else array.itemsize) for array in fields.values())
        return cls(fields if size <= _KEPT else None, names)

    def numbers(self, places: Numbers) -> Numbers:
        """Return where some rows of the part stood in what was read, counted from 0."""
        return places if self.names.numbers is None else self.names.numbers[places]

    def look_up(self, places: Numbers) -> Fields | None:
        """Return some rows, in the order of their places in the part; None if they are gone."""
        return None if self.fields is None else self.fields.take(places)


@dataclass(frozen=True, slots=True)
class StreamedRaw:
    """Rows that stay in their source.

    Args:
        source: The rows of the source.
        names: What messages call them.
        chosen: Numbers of those that are the part, ascending; None for all.
    """

    source: Stream
    names: RowNames
    chosen: Numbers | None

    def numbers(self, places: Numbers) -> Numbers:
        """Return where some rows of the part stood in what was read, counted from 0."""
        here = self._here(places)
        return here if self.names.numbers is None else self.names.numbers[here]

    def look_up(self, places: Numbers) -> Fields | None:
        """Return some rows, in the order of their places in the part. Only their shards are read."""
        if not len(places):
            return self.source.head.take(places)
        wanted = self._here(places)
        firsts = np.cumsum([0, *(shard.rows for shard in self.source.shards)])
        shards = np.unique(np.searchsorted(firsts, wanted, side="right") - 1)
        found: dict[str, npt.NDArray[Any]] = {}
        for first, piece in self.source.pieces(order=[int(shard) for shard in shards]):
            here = np.flatnonzero((wanted >= first) & (wanted < first + piece.rows))
            for name, array in piece.items() if len(here) else ():
                kept = found.setdefault(name, np.empty((len(wanted), *array.shape[1:]), array.dtype))
                kept[here] = array[wanted[here] - first]
        return Fields(found, primary=[name for name in self.source.head.primary if name in found])

    def _here(self, places: Numbers) -> Numbers:
        """Return the numbers that some rows of the part have in the source."""
        return places if self.chosen is None else self.chosen[places]

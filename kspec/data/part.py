"""Rows of a part of the data as the model is fed them: in memory, or made anew from a stream each time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.deferred import Rows
from kspec.data.look_up import RawRows, StreamedRaw
from kspec.data.rows import RowNames
from kspec.data.sources import Fields, Stream
from kspec.data.weights import Weights

Array = npt.NDArray[Any]
Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows as the model is fed them.

    Args:
        x: Array of shape `(rows, ...)` for every input, or what is kept in its place to take less memory.
        y: Array of shape `(rows, ...)` for every output that has targets.
        weights: Weight of every row, for every output with targets; empty if all rows weigh the same.
        names: What messages call the rows, or None where nobody asks.
        raw: The rows as they were read, to look some up; None if nobody will.
    """

    x: Mapping[str, Rows]
    y: Mapping[str, Array]
    weights: Mapping[str, Weights] = field(default_factory=dict)
    names: RowNames | None = None
    raw: RawRows | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.x.values())))

    def row(self, array: Rows, place: int) -> str:
        """Return what messages call the row in which a value stands, with the word that joins it; empty if unknown.

        Args:
            array: One of the arrays of the part.
            place: Place of the value in the flat array.
        """
        return "" if self.names is None else f" in {self.names.row(place // max(1, array.size // len(array)))}"

    @property
    def inputs(self) -> dict[str, Array]:
        """Array of shape `(rows, ...)` for every input, as the model is fed them."""
        return {name: np.asarray(array) for name, array in self.x.items()}

    @property
    def sample(self) -> Part:
        """Rows that stand for all: all of them."""
        return self

    def pieces(self, order: Sequence[int] | None = None) -> Iterator[Part]:
        """Yield all rows in their order, a piece at a time: in one piece, for they are in memory."""
        yield self

    def take(self, chosen: Numbers | slice) -> Part:
        """Return some rows. A slice gives views, not copies."""
        x = {name: array[chosen] for name, array in self.x.items()}
        y, weights = ({name: array[chosen] for name, array in arrays.items()} for arrays in (self.y, self.weights))
        names = None if self.names is None or isinstance(chosen, slice) else self.names.take(chosen)
        return Part(x, y, weights, names)

    def feed(
        self, *, several_inputs: bool, several_outputs: bool, axes: Mapping[str, int] | None = None
    ) -> tuple[Any, ...]:
        """Return what Keras takes: `(x, y)` or `(x, y, weights)`, dicts where the model has several of a kind.

        Args:
            several_inputs: Whether the model has several inputs.
            several_outputs: Whether the model has several outputs.
            axes: For an output whose loss has several numbers a row, the number of their axes, rows included. Keras
                would lay weights of one axis along the last of these, over steps and not over rows.
        """
        x = dict(self.x) if several_inputs else next(iter(self.x.values()))
        y = dict(self.y) if several_outputs else next(iter(self.y.values()))
        if not self.weights:
            return x, y
        ones = {name: (1,) * ((axes or {}).get(name, 1) - 1) for name in self.weights}
        weights = {name: array.reshape(-1, *ones[name]) for name, array in self.weights.items()}
        return x, y, weights if several_outputs else next(iter(weights.values()))


@dataclass(frozen=True, slots=True)
class StreamedPart:
    """Rows that take more memory than they may: read and prepared anew whenever they are wanted.

    Args:
        source: The rows of a source, some or all of which are this part.
        names: What messages call the rows of the source.
        chosen: Numbers of the rows that are this part, ascending; None for all.
        prepare: Makes of some raw rows what the model is fed.
        sample: Rows that stand for all, for checks: the first ones, those with the least and the greatest values, and
            one of every class.
        fields: The fields that rows are prepared from; the others are not read. None for all.
    """

    source: Stream
    names: RowNames
    chosen: Numbers | None
    prepare: Callable[[Fields, RowNames], Part]
    sample: Part
    fields: Collection[str] | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.source.rows if self.chosen is None else len(self.chosen)

    @property
    def raw(self) -> RawRows:
        """The rows as they were read, to look some up."""
        return StreamedRaw(self.source, self.names, self.chosen)

    @property
    def shards(self) -> int:
        """Number of runs of rows that can be read each without the others."""
        return len(self.source.shards)

    def pieces(self, order: Sequence[int] | None = None) -> Iterator[Part]:
        """Yield all rows, a piece at a time.

        Args:
            order: Numbers of the shards in the order in which they are read; that of the rows if left out.

        Raises:
            SpecError: A value is not what training saw.
            DataError: A file cannot be read any more.
        """
        for fields, rows in chosen_pieces(self.source, self.names, self.chosen, fields=self.fields, order=order):
            yield self.prepare(fields, rows)


AnyPart = Part | StreamedPart


def chosen_pieces(
    source: Stream,
    names: RowNames,
    chosen: Numbers | None,
    *,
    fields: Collection[str] | None = None,
    order: Sequence[int] | None = None,
    every: Callable[[Fields], None] = lambda piece: None,
) -> Iterator[tuple[Fields, RowNames]]:
    """Yield some rows of a stream, a piece at a time, with what messages call them.

    Args:
        source: The stream.
        names: What messages call its rows.
        chosen: Numbers of the rows that are wanted, ascending; None for all.
        fields: Fields that are wanted; all if left out.
        order: Numbers of the shards in the order in which they are read.
        every: Is shown all rows, also those that are not wanted.
    """
    for first, piece in source.pieces(fields, order):
        every(piece)
        last = first + piece.rows
        if chosen is None:
            yield piece, names.take(np.arange(first, last))
            continue
        here = chosen[np.searchsorted(chosen, first) : np.searchsorted(chosen, last)]
        if len(here):
            whole = len(here) == piece.rows
            yield piece if whole else piece.take(here - first), names.take(here)

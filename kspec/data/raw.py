"""The rows of a part on their way from a source to a model: in memory, or a piece at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kspec.data.aligned import aligned_empty
from kspec.data.chain import MakeLayer
from kspec.data.look_up import HeldRaw
from kspec.data.memory import size_of
from kspec.data.part import AnyPart, Numbers, Part, StreamedPart
from kspec.data.plan import Plan
from kspec.data.planning import check_fields, make_plan
from kspec.data.recipes import Sides, masked_keys
from kspec.data.rows import RowNames
from kspec.data.sources import Fields, Stream
from kspec.data.sources.loaded import Progress
from kspec.data.sources.stream import stream_of
from kspec.data.survey import StreamRows, Survey
from kspec.data.weighing import Weigher
from kspec.data.witnesses import Witnesses

_FEW = 256
"""Rows by which the size of all is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """How a plan is learnt.

    Args:
        known_labels: Class names of the field `y` that the source knows.
        make_layer: Builds a preprocessing layer.
    """

    known_labels: tuple[str, ...] | None
    make_layer: MakeLayer


class RawPart(Protocol):
    """The rows of a part as they were read."""

    def learn(self, learning: Learning) -> Plan:
        """Return the plan that these rows, those to train on, give rise to."""

    def settle(self, weigher: Weigher) -> None:
        """Fix what rows weigh by these rows, those to train on."""

    def prepare(self, weigher: Weigher, memory: int) -> AnyPart:
        """Return the rows as the model is fed them, in memory if they take no more than they may."""


def raw_part(
    rows: Fields | Stream, names: RowNames, chosen: Numbers | None, sides: Sides, *, part: str, beside: Collection[str],
    limit: int | None, memory: int, progress: Progress,
) -> RawPart:  # fmt: skip
    """Return the rows of a part.

    Args:
        rows: Rows of a source.
        names: What messages call them.
        chosen: Numbers of those that are the part, ascending; None for all.
        sides: Fields of every input and of every output's targets.
        part: `train`, `validation` or `test`.
        beside: Fields that are looked at beside those.
        limit: How many rows to use at most.
        memory: Bytes that rows chosen out of a stream may take.
        progress: Is told how far a reading of them has got.

    Raises:
        SpecError: A value is missing.
    """
    if isinstance(rows, Stream):
        pieced = StreamRows(rows, names, chosen, part, progress)
        if chosen is None or rows.size * len(chosen) // rows.rows > memory:
            return PiecedRows(part, pieced, sides, limit, beside)
        rows, names = pieced.load()
        check_fields(sides, rows, names)
        return HeldRows(part, rows, rows, names, sides, _thinned(rows.rows, limit))
    every = rows
    if chosen is not None:
        first, last = int(chosen[0]), int(chosen[-1])
        neighbours = last - first + 1 == len(chosen)  # views of them need no memory
        rows, names = rows.take(slice(first, last + 1) if neighbours else chosen), names.take(chosen)
    return HeldRows(part, rows, every, names, sides, _thinned(rows.rows, limit))


@dataclass(slots=True)
class HeldRows:
    """Rows in memory, those of them that will be used, and all rows of their source, whose labels count."""

    part: str
    fields: Fields
    every: Fields
    names: RowNames
    sides: Sides
    used: Numbers | None
    _y: Mapping[str, npt.NDArray[Any]] | None = None

    def learn(self, learning: Learning) -> Plan:
        """Return the plan that these rows give rise to; all labels count, also of rows that are not used."""
        fields, names = self._used()
        return make_plan(
            self.sides, fields, self.every, names=names, known_labels=learning.known_labels,
            make_layer=learning.make_layer,
        )  # fmt: skip

    def settle(self, weigher: Weigher) -> None:
        """Fix what rows weigh by all of these rows, also those that are not used."""
        if weigher.looks:
            weigher.see(self.fields, self.names, self._targets(weigher.plan))
        weigher.settle()

    def prepare(self, weigher: Weigher, memory: int) -> AnyPart:
        """Return the rows as the model is fed them."""
        fields, names = self._used()
        few = np.unique(np.linspace(0, fields.rows - 1, _FEW).astype(np.intp))
        size = size_of(made(fields.take(few), names.take(few), weigher, self.part, held=True))
        if size / len(few) * fields.rows > memory:
            sample = made(*witnesses_of(fields, names, self.sides), weigher, self.part)
            return StreamedPart(stream_of(fields), names, None, _maker(weigher, self.part), sample)
        y = self._targets(weigher.plan)
        weights = weigher.weigh(self.fields, self.names, y, part=self.part)
        weigher.check(weights, part=self.part)
        kept = slice(None) if self.used is None else self.used
        x = weigher.plan.narrow_x(fields, names)
        y, weights = ({name: array[kept] for name, array in arrays.items()} for arrays in (y, weights))
        return Part(x, y, weights, names, HeldRaw.of(fields, names))

    def _targets(self, plan: Plan) -> Mapping[str, npt.NDArray[Any]]:
        if self._y is None:
            self._y = plan.y(self.fields, self.names)
        return self._y

    def _used(self) -> tuple[Fields, RowNames]:
        if self.used is None:
            return self.fields, self.names
        return self.fields.take(self.used), self.names.take(self.used)


@dataclass(slots=True)
class PiecedRows:
    """Rows that are read a piece at a time; of their fields only those that are used."""

    part: str
    rows: StreamRows
    sides: Sides
    limit: int | None
    beside: Collection[str] = ()
    _sample: tuple[Fields, RowNames] | None = field(default=None)

    def learn(self, learning: Learning) -> Plan:
        """Return the plan that these rows give rise to."""
        plan, fields, names = Survey(self.rows, self.sides, masked_keys(self.sides), self.beside).learn(
            known_labels=learning.known_labels, make_layer=learning.make_layer
        )
        self._sample = fields, names
        return plan

    def settle(self, weigher: Weigher) -> None:
        """Fix what rows weigh by these rows."""
        if weigher.looks:
            for fields, names in self.rows.pieces("weighing"):
                weigher.see(fields, names, weigher.plan.y(fields, names))
        weigher.settle()

    def prepare(self, weigher: Weigher, memory: int) -> AnyPart:
        """Return the rows as the model is fed them."""
        survey = Survey(self.rows, self.sides, weigher.plan.masked, self.beside)
        fields, names = self._sample or survey.look_through()
        thin = _thinned(fields.rows, self.limit)
        sample = made(fields, names, weigher, self.part)
        if self.limit is not None:
            return sample if thin is None else sample.take(thin)
        source, make = self.rows.source, _maker(weigher, self.part)
        streamed = StreamedPart(source, self.rows.names, self.rows.chosen, make, sample, survey.fields)
        if size_of(sample) / sample.rows * streamed.rows > memory:
            return streamed
        return joined(streamed)


def witnesses_of(fields: Fields, names: RowNames, sides: Sides) -> tuple[Fields, RowNames]:
    """Return rows that stand for all of some rows in memory, and what messages call them."""
    used = {name for wanted in sides.values() for item in wanted.values() for name in item.fields}
    targets = {name for item in sides.get("target", {}).values() for name in item.fields}
    found = Witnesses(names.part, used, targets)
    found.see(fields, names)
    return found.found()


def made(fields: Fields, names: RowNames, weigher: Weigher, part: str, *, held: bool = False) -> Part:
    """Return some rows as the model is fed them.

    Args:
        fields: The rows.
        names: What messages call them.
        weigher: What rows weigh.
        part: The part that they are of.
        held: Whether they stay in memory, so that they should take little.
    """
    y = weigher.plan.y(fields, names)
    x = weigher.plan.narrow_x(fields, names) if held else weigher.plan.x(fields, names)
    return Part(x, y, weigher.weigh(fields, names, y, part=part), names)


def joined(part: StreamedPart) -> Part:
    """Return the rows of a streamed part in memory."""
    whole: list[dict[str, npt.NDArray[Any]]] = [
        {name: aligned_empty((part.rows, *array.shape[1:]), array.dtype) for name, array in arrays.items()}
        for arrays in (part.sample.x, part.sample.y, part.sample.weights)
    ]
    first = 0
    for piece in part.pieces():
        for arrays, found in zip(whole, (piece.x, piece.y, piece.weights), strict=True):
            for name, array in arrays.items():
                array[first : first + piece.rows] = found[name]
        first += piece.rows
    names = part.names if part.chosen is None else part.names.take(part.chosen)
    return Part(whole[0], whole[1], whole[2], names, part.raw)


def _maker(weigher: Weigher, part: str) -> Any:
    return lambda fields, names: made(fields, names, weigher, part)


def _thinned(rows: int, limit: int | None) -> Numbers | None:
    return None if limit is None or rows <= limit else np.linspace(0, rows - 1, limit).astype(np.intp)

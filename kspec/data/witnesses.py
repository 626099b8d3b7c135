"""A few rows of a stream that stand for all of them where a model is held against its data."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.rows import RowNames
from kspec.data.sources import Fields
from kspec.data.values import is_text

_FIRST = 1024
_CLASSES = 1000
"""Different values of a field of targets of each of which one row is kept."""


@dataclass(slots=True)
class Witnesses:
    """Keeps the first rows, those in which a number is least and greatest, and one row of every class.

    What a check looks for, such as an id that no embedding has, or a class that no unit stands for, shows in these.

    Args:
        part: What messages call the rows.
        numbers: Fields whose extremes are kept.
        classes: Fields of which every value is kept.
    """

    part: str
    numbers: Collection[str]
    classes: Collection[str]
    _rows: dict[int, Fields] = field(default_factory=dict)
    _kept: dict[tuple[str, Any], tuple[float, int]] = field(default_factory=dict)
    _first: int = 0

    def see(self, fields: Fields, rows: RowNames) -> None:
        """Look at some rows."""
        if self._first < _FIRST:
            head = min(_FIRST - self._first, fields.rows)
            for place in range(head):
                self._kept["first", self._first + place] = (0.0, self._keep(fields, rows, place))
            self._first += head
        for name in self.numbers:
            self._extremes(name, fields, rows)
        for name in self.classes:
            self._values(name, fields, rows)
        wanted = {number for _, number in self._kept.values()}
        self._rows = {number: row for number, row in self._rows.items() if number in wanted}

    def found(self) -> tuple[Fields, RowNames]:
        """Return the rows that stand for all, in their order, and their names."""
        numbers = sorted(self._rows)
        rows = [self._rows[number] for number in numbers]
        arrays = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
        return Fields(arrays, primary=rows[0].primary), RowNames(self.part, np.array(numbers, dtype=np.intp))

    def _keep(self, fields: Fields, rows: RowNames, place: int) -> int:
        number = place if rows.numbers is None else int(rows.numbers[place])
        if number not in self._rows:
            self._rows[number] = fields.take([place])
        return number

    def _extremes(self, name: str, fields: Fields, rows: RowNames) -> None:
        array = fields[name]
        if array.dtype.kind not in "iufb" or not array.size:
            return
        width = array.size // len(array)
        for end, place in (("least", int(array.argmin())), ("greatest", int(array.argmax()))):
            value = float(array.flat[place])
            before = self._kept.get((name, end))
            if before is None or (value < before[0] if end == "least" else value > before[0]):
                self._kept[name, end] = (value, self._keep(fields, rows, place // width))

    def _values(self, name: str, fields: Fields, rows: RowNames) -> None:
        array = fields[name]
        if array.size != len(array) or len(self._kept) >= _FIRST + _CLASSES:
            return
        array = array.reshape(len(array))
        if is_text(array) and all((name, value) in self._kept for value in set(array.tolist())):
            return  # where each of them stands first need not be found
        for value, place in _different(array):
            if (name, value) not in self._kept and len(self._kept) < _FIRST + _CLASSES:
                self._kept[name, value] = (0.0, self._keep(fields, rows, place))


def _different(array: npt.NDArray[Any]) -> Iterator[tuple[Any, int]]:
    """Yield the first values that differ from each other, each with where it stands first."""
    if is_text(array):
        seen = {value: place for place, value in reversed(list(enumerate(array.tolist())))}
        yield from list(seen.items())[:_CLASSES]
        return
    values, places = np.unique(array, return_index=True)
    yield from zip(values[:_CLASSES].tolist(), places[:_CLASSES].tolist(), strict=True)

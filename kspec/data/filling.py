"""What stands in for missing values, where a field says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.sources import Fields
from kspec.data.values import is_missing, is_text
from kspec.spec.data import FieldSpec
from kspec.spec.fields import MEAN
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]


def filled(array: Array, name: str, index: int, wanted: FieldSpec) -> Array:
    """Return the values of a field with something in place of those that are missing.

    Args:
        array: The values, of shape `(rows, ...)`.
        name: The field.
        index: Its place among the fields that stand side by side.
        wanted: Says what stands in; nothing, if it does not say.

    Raises:
        SpecError: Text is to stand in for numbers.
    """
    value = wanted.missing[index] if isinstance(wanted.missing, tuple) else wanted.missing
    if value is None:
        return array
    if is_text(array):
        flat = [str(value) if is_missing(item) else item for item in array.ravel().tolist()]
        return np.array([*flat, None], dtype=object)[:-1].reshape(array.shape)
    if isinstance(value, str):
        what = "its mean is not known here" if value == MEAN else f"`{value}` is text"
        message = f"`{name}` is a number, and {what}"
        raise SpecError([Problem("bad-field", (*wanted.path, "missing"), message, "write a number")])
    if array.dtype.kind != "f" or not (lacking := np.isnan(array)).any():
        return array
    return np.where(lacking, array.dtype.type(value), array)


def wants_means(sides: Iterable[FieldSpec]) -> list[str]:
    """Return the fields whose mean stands in for missing values."""
    return list(dict.fromkeys(name for wanted in sides if wanted.missing == MEAN for name in wanted.fields))


class Means:
    """Means of fields over rows that come a piece at a time; missing values do not count."""

    def __init__(self, names: Iterable[str]) -> None:
        self._sums = dict.fromkeys(names, 0.0)
        self._counts = dict.fromkeys(self._sums, 0)

    def see(self, fields: Fields) -> None:
        """Look at some rows."""
        for name in self._sums:
            array = fields[name]
            if not is_text(array):
                there = array[np.isfinite(array)] if array.dtype.kind == "f" else array
                self._sums[name] += float(there.sum(dtype=np.float64))
                self._counts[name] += there.size

    def put_into(self, wanted: FieldSpec) -> FieldSpec:
        """Return a field spec with the means in place of the word; text fields keep the word as it is."""
        if wanted.missing != MEAN:
            return wanted
        known = {name: self._sums[name] / count if (count := self._counts[name]) else MEAN for name in wanted.fields}
        return replace(wanted, missing=tuple(known[name] for name in wanted.fields))

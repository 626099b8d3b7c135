"""One field of one part, gathered piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.profile.distinct import Distinct
from kspec.data.profile.moments import Moments
from kspec.data.profile.texts import TextGathering
from kspec.data.values import is_text
from kspec.runs.inspection import FieldProfile, Kind, Numbers

Array = npt.NDArray[Any]

SHORT = 32
"""Numbers of a row up to which each place of it is told of by itself."""

BINS = 12
_SMALLEST_SIDE = 4
_CHANNELS = (1, 3, 4)
_OUTLYING = 3.0
"""Ranges between the quartiles beyond which a number is far out, as Tukey calls it."""


class FieldGathering:
    """What is known of a field so far.

    Args:
        name: Its name.
        like: At least one row of it.
        places: What the places of a row are called, if they have names.
    """

    def __init__(self, name: str, like: Array, places: Sequence[str] = ()) -> None:
        self.name = name
        self._places = tuple(places)
        self._like = like[:1]
        self._rows = 0
        self.text = TextGathering() if is_text(like) else None
        self.moments = None if self.text else Moments(like.shape[1:])
        self._distinct = Distinct()
        self._scalar = like.size == len(like)

    @property
    def distinct(self) -> Distinct:
        """The different values."""
        return self.text.distinct if self.text else self._distinct

    def update(self, array: Array) -> None:
        """Take in rows."""
        self._rows += len(array)
        if self.text:
            self.text.update(array)
        elif self.moments and len(array):
            self.moments.update(array)
            if self._scalar:
                flat = array.ravel()
                self._distinct.update(flat[~np.isnan(flat)] if flat.dtype.kind == "f" else flat)

    def profile(self, sample: Array, *, exact: bool) -> FieldProfile:
        """Return what was gathered.

        Args:
            sample: Rows of the field drawn from all, for its quartiles.
            exact: Whether these are all rows.
        """
        shape = self._like.shape[1:]
        if self.text:
            span = self.text.span
            return FieldProfile(
                self.name, "date" if span else "text", "text", shape, self._rows, self.text.missing,
                self.distinct.number, texts=self.text.texts(), span=span,
            )  # fmt: skip
        if self.moments is None:
            raise ValueError(self.name)
        numbers = self.moments.together()
        if numbers and self._scalar:
            numbers = with_quartiles(numbers, sample.ravel(), exact=exact)
        places = list(np.ndindex(shape)) if len(shape) == 1 and 1 < shape[0] <= SHORT else []
        elements = tuple(
            with_quartiles(self.moments.of(place), sample[(slice(None), *place)], exact=exact) for place in places
        )
        return FieldProfile(
            self.name, kind_of(self._like, numbers), self._like.dtype.name, shape, self._rows, self.moments.missing,
            self._distinct.number if self._scalar else None, numbers, elements=elements,
            places=self._places if elements else (), constant=self.moments.constant,
        )  # fmt: skip


def kind_of(like: Array, numbers: Numbers | None) -> Kind:
    """Return what a field of numbers holds, as its type, the shape of a row and the range of its numbers show.

    A picture is two axes of about one length, or three with channels last, and numbers that are no less than -1.
    """
    shape = like.shape[1:]
    if like.dtype.kind == "b":
        return "truth"
    if like.size == len(like):
        return "number"
    planes = shape[:-1] if len(shape) == 3 and shape[-1] in _CHANNELS else shape
    if len(planes) == 2 and min(planes) >= _SMALLEST_SIDE and max(planes) <= 4 * min(planes) and numbers:
        bounded = numbers.low >= -1 and numbers.high <= 255
        if len(shape) == 3 or (bounded and (like.dtype == np.uint8 or 2 * min(planes) > max(planes))):
            return "image"
    return "array"


def with_quartiles(numbers: Numbers, sample: Array, *, exact: bool) -> Numbers:
    """Return the numbers with the quartiles of rows drawn from them."""
    values = sample.astype(np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return numbers
    low, middle, high = (float(value) for value in np.quantile(values, (0.25, 0.5, 0.75)))
    reach = _OUTLYING * (high - low)
    outliers = float(((values < low - reach) | (values > high + reach)).mean()) if reach > 0 else None
    bins, _ = np.histogram(values, BINS, (numbers.low, numbers.high))
    return replace(
        numbers, quartiles=(low, middle, high), outliers=outliers, exact=exact, bins=tuple(int(count) for count in bins)
    )

"""What was wanted of an output beside what came, one sample after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Kind = Literal["classes", "labels", "values"]

SEVERAL = 100
"""Targets up to which each is judged by itself: more, such as the pixels of a picture, are not told apart."""

_SUM = 1e-3
"""How far the probabilities of a row may be from 1: half precision is that coarse."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What was wanted of an output beside what came. A sample is a row, or one step of a row that has several.

    Args:
        kind: One of several `classes` a sample, any of several yes-or-no `labels`, or `values`.
        actual: Class numbers of shape `(samples,)`; or zeros and ones, or values, of shape `(samples, names)`.
        predicted: Probabilities or values of shape `(samples, names)`. Of two classes that of the second alone will
            do, in shape `(samples, 1)`.
        names: Names of the classes, labels or targets.
        weights: What each sample weighs, above 0, of shape `(samples,)`; None if all weigh the same.
        places: Where each sample stood among all of them.
        steps: Samples of one row.
        probable: Whether what was predicted are probabilities.
        notes: What must be said of the samples.
    """

    kind: Kind
    actual: Array
    predicted: Array
    names: tuple[str, ...]
    places: npt.NDArray[np.intp]
    weights: Floats | None = None
    steps: int = 1
    probable: bool = True
    notes: tuple[str, ...] = ()

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.actual)

    @property
    def two_classes(self) -> bool:
        """Whether a sample is of one of two classes."""
        return self.kind == "classes" and len(self.names) == 2

    @property
    def chosen(self) -> npt.NDArray[np.int64]:
        """The likeliest class of every sample, or 1 for every label that is likelier than not."""
        if self.kind == "labels":
            return (self.predicted > 0.5).astype(np.int64)
        if self.predicted.shape[1] == 1:
            return (self.predicted[:, 0] > 0.5).astype(np.int64)
        return np.asarray(self.predicted.argmax(axis=1), dtype=np.int64)

    def score(self, number: int) -> Floats:
        """Return the probability of one class or label for every sample."""
        if self.kind == "classes" and self.predicted.shape[1] == 1:
            second = self.predicted[:, 0].astype(np.float64)
            return second if number == 1 else 1 - second
        return self.predicted[:, number].astype(np.float64)

    def ranks(self, number: int) -> Array:
        """Return what has the order of the probabilities of one class or label, in as little memory as it takes."""
        alone = self.kind == "classes" and self.predicted.shape[1] == 1
        return self.score(number) if alone and number != 1 else self.predicted[:, 0 if alone else number]

    def score_of(self, numbers: npt.NDArray[np.int64]) -> Floats:
        """Return the probability of another class for every sample."""
        if self.predicted.shape[1] == 1:
            found = self.score(1)
            np.subtract(1, found, out=found, where=numbers != 1)
            return found
        return np.take_along_axis(self.predicted, numbers[:, np.newaxis], axis=1)[:, 0].astype(np.float64)

    def mean(self, values: Array) -> float:
        """Return the mean over the samples, each by its weight."""
        return float(np.average(values, weights=self.weights))


def collect(
    targets: Array, predicted: Array, kind: Kind, names: Sequence[str], *,
    weights: Array | None = None, ignored: int | None = None,
) -> Rows | str:  # fmt: skip
    """Lay the targets of an output beside its predictions.

    Args:
        targets: Targets of shape `(rows, ...)`: class numbers, one-hot rows, zeros and ones, or values.
        predicted: Probabilities or values of shape `(rows, ..., width)`.
        kind: What the output says. Targets that do not go with it, such as fractions for classes, make it values.
        names: Names of the classes, labels or targets, as many as fit.
        weights: What each row weighs, of shape `(rows,)`.
        ignored: A class whose samples do not count.

    Returns:
        The samples, without those that weigh nothing or for which no number was predicted; or why there are none.
    """
    predicted = predicted if predicted.ndim > 1 else predicted[:, np.newaxis]
    width = predicted.shape[-1]
    flat = predicted.reshape(-1, width)
    steps = len(flat) // max(1, len(predicted))
    actual = _classes(targets, flat, len(names)) if kind == "classes" else None
    notes: tuple[str, ...] = ()
    if actual is None:
        if targets.size != predicted.size or targets.dtype.kind not in "biuf":
            return f"targets of shape {_shown(targets)} cannot be held against predictions of shape {_shown(predicted)}"
        actual = targets.reshape(-1, width)
        if kind == "classes":
            kind, notes = "values", ("its targets are not class numbers: they are judged as values",)
        elif kind == "labels" and not np.isin(actual, (0, 1)).all():
            kind = "values"
    if kind == "values" and width > SEVERAL:
        notes += (f"its {width:,} targets are judged as one",)
        actual, flat, names, steps, width = actual.reshape(-1, 1), flat.reshape(-1, 1), ["value"], steps * width, 1
    if kind == "values":
        names = names if len(names) == width else [str(number) for number in range(width)]
    rows = Rows(kind, actual, flat, tuple(names), np.arange(len(flat)), None, steps, notes=notes)
    return _counted(rows, weights, ignored)


def _classes(targets: Array, flat: Array, classes: int) -> Array | None:
    """Return the class of every sample, or None if the targets are not one class a sample."""
    samples, width = flat.shape
    if targets.dtype.kind not in "biuf":
        return None
    if targets.size == samples:
        numbers = targets.reshape(samples)
        return numbers.astype(np.int64, copy=False) if (numbers == np.round(numbers)).all() else None
    if width < 2 or targets.size != flat.size:
        return None
    hot = targets.reshape(samples, classes)
    right = ((hot == 0) | (hot == 1)).all() and (hot.sum(axis=1) == 1).all()
    return hot.argmax(axis=1).astype(np.int64) if right else None


def _counted(rows: Rows, weights: Array | None, ignored: int | None) -> Rows | str:
    """Leave out the samples that do not count, saying which."""
    kept = np.ones(rows.samples, dtype=bool)
    notes = list(rows.notes)
    every = None if weights is None else np.repeat(np.asarray(weights, np.float64).reshape(-1), rows.steps)
    if every is not None:
        kept &= every > 0
    if rows.kind == "classes":
        if ignored is not None:
            kept &= rows.actual != ignored
        known = (rows.actual >= 0) & (rows.actual < len(rows.names))
        if strange := int((kept & ~known).sum()):
            notes.append(f"{strange:,} of {_samples(rows)} are left out: the model has no such class")
        kept &= known
    numbers = np.isfinite(rows.predicted).all(axis=1)
    if rows.kind != "classes":
        numbers &= np.isfinite(rows.actual).all(axis=1)
    if broken := int((kept & ~numbers).sum()):
        notes.append(f"{broken:,} of {_samples(rows)} are left out: the model gives no numbers for them")
    kept &= numbers
    if not kept.any():
        return notes[-1] if notes else "no row counts"
    if not kept.all():
        rows = replace(rows, actual=rows.actual[kept], predicted=rows.predicted[kept], places=rows.places[kept])
    if rows.kind != "values" and not (probable := _probable(rows)):
        notes.append("what it gives are no probabilities: log loss, Brier score and calibration are left out")
        rows = replace(rows, probable=probable)
    return replace(rows, weights=None if every is None else every[kept], notes=tuple(notes))


def _probable(rows: Rows) -> bool:
    if rows.predicted.min() < -_SUM or rows.predicted.max() > 1 + _SUM:
        return False
    sums = rows.kind == "classes" and rows.predicted.shape[1] > 1
    return not sums or bool((np.abs(rows.predicted.sum(axis=1, dtype=np.float64) - 1) < _SUM).all())


def _samples(rows: Rows) -> str:
    return f"{rows.samples:,} {'samples' if rows.steps > 1 else 'rows'}"


def _shown(array: Array) -> str:
    return "(" + ", ".join(["?", *map(str, array.shape[1:])]) + ")"

"""The worst mistakes, the worst first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kspec.judging.rows import Array, Floats, Rows

LISTED = 100


@dataclass(frozen=True, slots=True)
class Mistake:
    """A sample that was told wrong, or a value that was missed.

    Args:
        row: Number of the row among all rows, from 0.
        step: Number of the sample in the row, from 0; None where a row is one sample.
        true: The class, or the value.
        predicted: The class, or the value, in its place.
        probability: Probability of what was predicted; None for values.
        residual: Wanted minus predicted; None for classes.
        row_error: Root mean squared error of the row, where it has several samples; None for classes.
        target: The label or target that it is about; None where there is one only.
    """

    row: int
    step: int | None
    true: str | float
    predicted: str | float
    probability: float | None = None
    residual: float | None = None
    row_error: float | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Mistakes:
    """The worst mistakes of an output as a table.

    Args:
        total: How many there are in all.
        columns: What stands in each column: the number of the row from 1, what was wanted, what came, and more.
        rows: A mistake each, the worst first.
        pictures: The first of them as pictures, of shape `(mistakes, height, width)` or
            `(mistakes, height, width, channels)`; None where rows are no pictures.
    """

    total: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]
    pictures: Array | None = None


def worst(rows: Rows, limit: int = LISTED) -> tuple[int, tuple[Mistake, ...]]:
    """Return how many mistakes there are, and the worst of them.

    Classes and labels: what was told wrong, the least likely truth first. Values: what was missed, the farthest first;
    of several targets the one that is farthest off, measured by how far its values spread. A row of several samples
    stands there once, by its root mean squared error and with its farthest sample.

    Args:
        rows: The samples.
        limit: How many to return at most.
    """
    if rows.kind == "classes":
        return _of_classes(rows, limit)
    return _of_labels(rows, limit) if rows.kind == "labels" else _of_values(rows, limit)


def _of_classes(rows: Rows, limit: int) -> tuple[int, tuple[Mistake, ...]]:
    chosen = rows.chosen
    wrong = np.flatnonzero(chosen != rows.actual)
    truth = rows.score_of(rows.actual)
    likely = rows.score_of(chosen)
    near = _first(truth[wrong], wrong, limit)
    order = near[np.lexsort((near, -likely[near], truth[near]))][:limit]
    return len(wrong), tuple(
        Mistake(*_place(rows, at), rows.names[rows.actual[at]], rows.names[chosen[at]], float(likely[at]))
        for at in order
    )


def _of_labels(rows: Rows, limit: int) -> tuple[int, tuple[Mistake, ...]]:
    actual, likely = rows.actual.ravel(), rows.predicted.ravel()
    wrong = np.flatnonzero((likely > 0.5) != (actual == 1))
    error = np.abs(likely[wrong].astype(np.float64) - actual[wrong])
    order = _ordered(-error, wrong, limit)
    found = []
    for at in order:
        sample, number = divmod(int(at), len(rows.names))
        there, chance = bool(actual[at] == 1), float(likely[at])
        words = ("yes", "no") if there else ("no", "yes")
        found.append(
            Mistake(*_place(rows, sample), *words, max(chance, 1 - chance), target=rows.names[number]),
        )
    return len(wrong), tuple(found)


def _of_values(rows: Rows, limit: int) -> tuple[int, tuple[Mistake, ...]]:
    residuals = rows.actual.astype(np.float64) - rows.predicted
    several = residuals.shape[1] > 1
    units = residuals
    if several:
        spread = rows.actual.std(axis=0, dtype=np.float64)
        units = residuals / np.where(spread > 0, spread, 1.0)
    farthest = np.abs(units).argmax(axis=1)
    samples = np.arange(rows.samples)
    error = np.abs(units[samples, farthest])
    if rows.steps > 1:
        of_row, by_row = _rows_of(rows, error)
        missed = np.flatnonzero(by_row)
        order = [int(of_row[at]) for at in _ordered(-by_row[missed], missed, limit)]
        rms = np.sqrt(by_row)
    else:
        missed = np.flatnonzero(error)
        order = [int(at) for at in _ordered(-error[missed], missed, limit)]
    found = []
    for at in order:
        number = int(farthest[at])
        row, step = _place(rows, at)
        found.append(
            Mistake(
                row, step, float(rows.actual[at, number]), float(rows.predicted[at, number]),
                residual=float(residuals[at, number]), target=rows.names[number] if several else None,
                row_error=None if step is None else float(rms[row]),
            )
        )  # fmt: skip
    return len(missed), tuple(found)


def _rows_of(rows: Rows, error: Floats) -> tuple[Array, Floats]:
    """Return the farthest sample of every row, and the mean of its squared errors; 0 for a row without samples."""
    row = rows.places // rows.steps
    count = int(row[-1]) + 1
    samples = np.bincount(row, minlength=count)
    mean = np.bincount(row, error**2, count) / np.maximum(samples, 1)
    # Places ascend, so the samples of a row are neighbours.
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    largest = np.zeros(count)
    largest[row[starts]] = np.maximum.reduceat(error, starts)
    hits = np.flatnonzero(error == largest[row])
    first = np.zeros(count, dtype=np.intp)
    first[row[hits][::-1]] = hits[::-1]
    return first, mean


def _ordered(keys: Floats, places: Array, limit: int) -> Array:
    """Return the places with the smallest keys, in the order of these, equal ones in their own."""
    kept = _first(keys, np.arange(len(keys)), limit)
    return places[kept[np.lexsort((kept, keys[kept]))][:limit]]


def _first(keys: Floats, places: Array, limit: int) -> Array:
    """Return the places whose keys are among the smallest, and all that equal the last of them."""
    if len(keys) <= limit:
        return places
    return np.asarray(places[keys <= np.partition(keys, limit - 1)[limit - 1]])


def _place(rows: Rows, at: int) -> tuple[int, int | None]:
    row, step = divmod(int(rows.places[at]), rows.steps)
    return row, step if rows.steps > 1 else None

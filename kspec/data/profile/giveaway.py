"""One column that tells the target all by itself, as a copy of it under another name does."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.spec.lints import Finding
from kspec.spec.problems import Path

Array = npt.NDArray[Any]

CORRELATION = 0.999
LEAST_ROWS = 50
MOST_COLUMNS = 4096
_LEAST_OF_A_CLASS = 10
_ROWS_A_VALUE = 5
"""Rows that each value of a category must have on average; with fewer, a value is a name of its row."""
_ERRORS = 1e-3
"""Share of the rows that may be told wrong."""
_FIRST = 400
"""Rows that a column is tried on before all are."""


def columns_telling_class(columns: Array, classes: npt.NDArray[np.int64]) -> list[int]:
    """Return the columns by each of which alone the class of every row is told.

    A category does so if each of its values goes with one class; a quantity if each class is a stretch of it.

    Args:
        columns: Array of shape `(rows, columns)`: numbers, or text.
        classes: Class of each row.
    """
    there = classes >= 0
    columns, classes = columns[there], classes[there]
    counts = np.bincount(classes) if len(classes) else np.zeros(1, np.int64)
    present = counts[counts > 0]
    if len(classes) < LEAST_ROWS or len(present) < 2 or present.min() < _LEAST_OF_A_CLASS:
        return []
    allowed = min(_ERRORS * len(classes), 0.1 * (len(classes) - present.max()))
    few = np.random.default_rng(0).permutation(len(classes))[:_FIRST]
    found = []
    for number in range(columns.shape[1]):
        column = columns[:, number]
        if _tells(column[few], classes[few], 2 + allowed, 1) and _tells(column, classes, allowed, _ROWS_A_VALUE):
            found.append(number)
    return found


def _tells(column: Array, classes: npt.NDArray[np.int64], allowed: float, rows_a_value: float) -> bool:
    if column.dtype == object:
        column = np.array(["" if value is None else str(value) for value in column.tolist()])
    elif column.dtype.kind == "f" and np.isnan(column).any():
        return False
    values, index = np.unique(column, return_inverse=True)
    if len(values) < 2:
        return False
    table = np.zeros((len(values), int(classes.max()) + 1), np.int32)
    np.add.at(table, (index, classes), 1)
    if len(classes) - int(table.max(axis=1).sum()) > allowed:
        return False
    if len(classes) >= rows_a_value * len(values):
        return True
    if column.dtype.kind not in "iufb":
        return False
    best = table.argmax(axis=1)
    return int((np.diff(best) != 0).sum()) + 1 <= len(np.unique(classes))


def columns_telling_number(columns: Array, targets: npt.NDArray[np.float64]) -> list[tuple[int, float]]:
    """Return the columns that are all but a line through the targets, with their correlation.

    Args:
        columns: Numbers of shape `(rows, columns)`.
        targets: One number a row.
    """
    if columns.dtype.kind not in "iufb" or len(targets) < LEAST_ROWS:
        return []
    values = columns.astype(np.float64)
    there = np.isfinite(targets) & np.isfinite(values).all(axis=1)
    values, targets = values[there], targets[there]
    if len(targets) < LEAST_ROWS or targets.std() == 0:
        return []
    apart, wanted = values - values.mean(axis=0), targets - targets.mean()
    spread = np.sqrt(np.square(apart).sum(axis=0) * np.square(wanted).sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = (apart * wanted[:, np.newaxis]).sum(axis=0) / spread
    return [(int(at), float(correlation[at])) for at in np.flatnonzero(np.abs(correlation) > CORRELATION)]


def giveaway(column: str, path: Path, *, told: str) -> Finding:
    """Return what is said of a column that tells the target.

    Args:
        column: The column.
        path: Its place.
        told: What it tells, as the end of a sentence.
    """
    hint = "leave it out of the inputs, unless it is known before the target is"
    return Finding(path, f"{column} alone {told}", hint)

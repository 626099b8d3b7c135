"""Class labels: text labels to numbers, kept with the run, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.spec.data import FieldSpec
from kspec.spec.problems import Problem, SpecError, did_you_mean

Array = npt.NDArray[Any]


def label_names(targets: Array) -> tuple[str, ...]:
    """Return the distinct text labels, sorted, the order in which they are numbered."""
    return tuple(sorted({str(label) for label in targets.ravel() if label is not None}))


def index_labels(targets: Array, names: Sequence[str], wanted: FieldSpec, part: str) -> Array:
    """Return the numbers of text labels.

    Args:
        targets: Labels as text.
        names: The known labels in the order of their numbers.
        wanted: The field, for the place of a problem.
        part: Part of the data, for the message.

    Returns:
        Array of int64 with the shape of `targets`.

    Raises:
        SpecError: A label is missing, or was not among the training rows.
    """
    numbers = {name: number for number, name in enumerate(names)}
    flat = targets.ravel()
    indexed = np.empty(len(flat), dtype=np.int64)
    for row, label in enumerate(flat):
        number = numbers.get(str(label)) if label is not None else None
        if number is None:
            what = "has no label" if label is None else f"has the label `{label}`, which no training row has"
            hint = did_you_mean(str(label), names) if label is not None else None
            message = f"row {row + 1} of the {part} data {what}"
            raise SpecError([Problem("unknown-label", wanted.path, message, hint)])
        indexed[row] = number
    return indexed.reshape(targets.shape)


def class_numbers(targets: Array) -> npt.NDArray[np.int64]:
    """Return the class of every row, from class numbers of shape `(rows,)` or `(rows, 1)`, or from one-hot rows.

    Raises:
        ValueError: The targets are not classes: fractions, or more than one class a row.
    """
    if targets.ndim > 1 and targets.shape[-1] > 1:
        if targets.ndim > 2 or not np.isin(targets, (0, 1)).all() or not (targets.sum(axis=-1) == 1).all():
            raise ValueError("these targets are not one class a row")
        return targets.argmax(axis=-1).astype(np.int64)
    flat = targets.reshape(len(targets), -1)
    if flat.shape[1] != 1 or targets.dtype.kind not in "biuf" or not (flat == np.round(flat)).all():
        raise ValueError("these targets are not class numbers")
    return flat[:, 0].astype(np.int64)

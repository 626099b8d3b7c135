"""Class labels: text labels to numbers, kept with the run, and back."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.rows import RowNames
from kspec.spec.data import FieldSpec
from kspec.spec.problems import Problem, SpecError, did_you_mean

Array = npt.NDArray[Any]

TRUTH_LABELS = ("false", "true")
"""Labels of targets that are truth values."""


def label_names(targets: Array) -> tuple[str, ...]:
    """Return the distinct text labels, sorted, the order in which they are numbered."""
    return tuple(sorted({str(label) for label in set(targets.ravel().tolist()) if label is not None}))


def index_labels(targets: Array, names: Sequence[str], wanted: FieldSpec, rows: RowNames) -> Array:
    """Return the numbers of text labels.

    Args:
        targets: Labels as text, of shape `(rows, ...)`, none missing.
        names: The known labels in the order of their numbers.
        wanted: The field, for the place of a problem.
        rows: What messages call the rows.

    Returns:
        Array of int64 with the shape of `targets`.

    Raises:
        SpecError: A label was not among the training rows.
    """
    numbers = {name: number for number, name in enumerate(names)}
    flat = targets.ravel()
    labels = flat.tolist()
    texts = labels if set(map(type, labels)) <= {str} else map(str, labels)
    indexed = np.fromiter(map(numbers.get, texts, itertools.repeat(-1)), np.int64, len(flat))
    unknown = np.flatnonzero(indexed < 0)
    if len(unknown):
        label = str(flat[unknown[0]])
        more = f"; {len(unknown) - 1:,} more are like it" if len(unknown) > 1 else ""
        row = rows.row(int(unknown[0]) * len(targets) // len(flat))
        message = f"no row that is trained on has the label `{label}` of {row}{more}"
        hint = did_you_mean(label, names) or f"the labels are {shown_labels(names)}"
        raise SpecError([Problem("unknown-label", wanted.path, message, hint)])
    return indexed.reshape(targets.shape)


def shown_labels(names: Sequence[str]) -> str:
    """Return labels as a reader sees them, the first twelve."""
    return ", ".join(f"`{name}`" for name in names[:12]) + (", …" if len(names) > 12 else "")


def class_numbers(targets: Array) -> npt.NDArray[np.int64]:
    """Return the class of every row, from class numbers of shape `(rows,)` or `(rows, 1)`, or from one-hot rows.

    Raises:
        ValueError: The targets are not classes: fractions, or more than one class a row.
    """
    if targets.ndim > 1 and targets.shape[-1] > 1:
        if targets.ndim > 2 or not np.isin(targets, (0, 1)).all() or not (targets.sum(axis=-1) == 1).all():
            raise ValueError("these targets are not one class a row")
        return np.asarray(targets.argmax(axis=-1), dtype=np.int64)
    flat = targets.reshape(len(targets), -1)
    if flat.shape[1] != 1 or targets.dtype.kind not in "biuf" or not (flat == np.round(flat)).all():
        raise ValueError("these targets are not class numbers")
    return flat[:, 0].astype(np.int64)

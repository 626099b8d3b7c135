"""Class numbers made into one-hot rows, and one-hot rows into class numbers, where a loss wants the other form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.part import Part
from kspec.spec.compiling import CompileSpec
from kspec.spec.components import ComponentSpec

Array = npt.NDArray[Any]
Shapes = Mapping[str, Sequence[int | None]]

FLAT = {"categorical_generalized_cross_entropy", "CategoricalGeneralizedCrossEntropy"}
"""Losses of class numbers that lay a column of them over all rows."""

SPARSE = {"sparse_categorical_crossentropy", "SparseCategoricalCrossentropy", *FLAT}
"""Losses of class numbers."""

ONE_HOT = {
    "categorical_crossentropy", "CategoricalCrossentropy", "CategoricalFocalCrossentropy",
    "categorical_focal_crossentropy", "CategoricalHinge", "categorical_hinge",
}  # fmt: skip
"""Losses of one-hot rows."""


def suit(part: Part, settings: CompileSpec | None, outputs: Shapes) -> Part:
    """Return rows with targets in the form that their losses want, where nothing else stands in the way.

    Args:
        part: The rows.
        settings: The losses.
        outputs: Shape of every output, batch axis first.
    """
    if settings is None:
        return part
    y = {name: _suited(array, loss_word(settings, name), outputs[name]) for name, array in part.y.items()}
    return part if all(y[name] is part.y[name] for name in y) else Part(part.x, y, part.weights, part.names)


def suiting_notes(part: Part, settings: CompileSpec, outputs: Shapes) -> list[str]:
    """Return what must be said of targets whose form is changed."""
    notes = []
    for name, array in suit(part, settings, outputs).y.items():
        if array is part.y[name]:
            continue
        loss = loss_word(settings, name)
        forms = "class numbers are made one-hot" if loss in ONE_HOT else "one-hot targets are made class numbers"
        notes.append(f"the {forms} for `{loss}` of the output `{name}`")
    return notes


def loss_word(settings: CompileSpec, output: str) -> str:
    """Return how the loss of an output is written: a class or a word of Keras; empty if there is none."""
    loss = settings.loss.get(output)
    return loss.name if isinstance(loss, ComponentSpec) else str(loss or "")


def _suited(targets: Array, loss: str, shape: Sequence[int | None]) -> Array:
    units = shape[-1]
    if units is None or units < 2 or targets.dtype.kind not in "biuf" or not targets.size:
        return targets
    if loss in ONE_HOT and _rows_of_numbers(targets, shape):
        classes = targets.reshape(len(targets), *targets.shape[1 : len(shape) - 1])
        if (classes == np.round(classes)).all() and classes.min() >= 0 and classes.max() < units:
            return np.eye(units, dtype=np.float32)[classes.astype(np.intp)]
    one_each = loss in SPARSE and targets.ndim == len(shape) and targets.shape[-1] == units
    if one_each and np.isin(targets, (0, 1)).all() and (targets.sum(axis=-1) == 1).all():
        numbers: Array = np.argmax(targets, axis=-1)
        return numbers
    return targets


def _rows_of_numbers(targets: Array, shape: Sequence[int | None]) -> bool:
    """Say whether targets have one number where an output has one for each class."""
    return targets.ndim == len(shape) - 1 or (targets.ndim == len(shape) and targets.shape[-1] == 1)

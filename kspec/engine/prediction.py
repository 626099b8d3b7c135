"""Predictions: raw outputs in row order, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from kspec.engine.checkpoint import widened
from kspec.engine.compiling import OutputKind

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class OutputMeaning:
    """What an output says.

    Args:
        kind: One of several `classes`, yes or no (`binary`), or plain `values`.
        logits: Whether it gives logits rather than probabilities.
        labels: Class names in the order of their numbers; empty if the classes have none.
    """

    kind: OutputKind
    logits: bool = False
    labels: tuple[str, ...] = ()

    def names(self, classes: int) -> tuple[str, ...]:
        """Return a name for each of so many classes: its label, or its number."""
        return tuple(self.labels[number] if number < len(self.labels) else str(number) for number in range(classes))


@dataclass(frozen=True, slots=True)
class Prediction:
    """Predictions of one output.

    Args:
        values: Probabilities of shape `(rows, classes)`, for `binary` of the second class alone `(rows, 1)`; for
            plain values what the model gave.
        classes: Class names; empty for plain values.
        chosen: Number of the likeliest class of every row, or None for plain values.
    """

    values: Array
    classes: tuple[str, ...] = ()
    chosen: npt.NDArray[np.int64] | None = None

    @property
    def probability(self) -> Array | None:
        """Probability of the chosen class of every row, or None for plain values."""
        if self.chosen is None:
            return None
        if self.values.shape[-1] == 1:
            positive = self.values[..., 0]
            return np.where(self.chosen == 1, positive, 1 - positive)
        return np.take_along_axis(self.values, self.chosen[..., np.newaxis], axis=-1)[..., 0]


def predict_outputs(model: keras.Model, x: Any, names: Sequence[str], batch_size: int) -> dict[str, Array]:
    """Return the raw outputs for some rows, in their order.

    Args:
        model: The model.
        x: Its inputs: an array, or a dict of arrays.
        names: Names of its outputs; a model with one gives an array, one with several a dict.
        batch_size: Rows of a step.
    """
    found = model.predict(x, batch_size=batch_size, verbose=0)
    by_name = {name: found[name] for name in names} if isinstance(found, Mapping) else {names[0]: found}
    return {name: widened(np.asarray(values)) for name, values in by_name.items()}


def interpret(values: Array, meaning: OutputMeaning) -> Prediction:
    """Return what raw outputs mean: probabilities made of logits, and the likeliest class."""
    if meaning.kind == "values":
        return Prediction(values)
    if meaning.kind == "binary":
        values = 1 / (1 + np.exp(-values.astype(np.float64))) if meaning.logits else values
        return Prediction(values, meaning.names(2), (values[..., 0] > 0.5).astype(np.int64))
    if meaning.logits:
        shifted = np.exp(values.astype(np.float64) - values.max(axis=-1, keepdims=True))
        values = shifted / shifted.sum(axis=-1, keepdims=True)
    return Prediction(values, meaning.names(values.shape[-1]), values.argmax(axis=-1).astype(np.int64))

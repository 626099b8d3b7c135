"""Predictions: raw outputs in row order, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
import numpy.typing as npt

from kspec.engine.building.compiling import OutputKind
from kspec.engine.keeping.remembering import widened

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class OutputMeaning:
    """What an output says.

    Args:
        kind: One of several `classes`, yes or no (`binary`), any of several `labels`, or plain `values`.
        logits: Whether it gives logits rather than probabilities.
        labels: Class names in the order of their numbers; empty if the classes have none.
    """

    kind: OutputKind | Literal["labels"]
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
        chosen: Number of the likeliest class of every row, or None for labels and plain values.
        held: For labels, which of them hold for each row, of shape `(rows, labels)`; otherwise None.
    """

    values: Array
    classes: tuple[str, ...] = ()
    chosen: npt.NDArray[np.int64] | None = None
    held: npt.NDArray[np.bool_] | None = None

    @property
    def probability(self) -> Array | None:
        """Probability of the chosen class of every row, or None where there is not one class a row."""
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


def interpret(values: Array, meaning: OutputMeaning, *, threshold: float = 0.5) -> Prediction:
    """Return what raw outputs mean: probabilities made of logits, and the likeliest class, or the labels that hold.

    Args:
        values: The raw outputs.
        meaning: What they say.
        threshold: Probability above which yes is said, of two classes or of a label.
    """
    if meaning.kind == "values":
        return Prediction(values)
    if meaning.kind in ("binary", "labels"):
        values = 1 / (1 + np.exp(-values.astype(np.float64))) if meaning.logits else values
        if meaning.kind == "labels":
            return Prediction(values, meaning.names(values.shape[-1]), held=values > threshold)
        return Prediction(values, meaning.names(2), (values[..., 0] > threshold).astype(np.int64))
    if meaning.logits:
        shifted = np.exp(values.astype(np.float64) - values.max(axis=-1, keepdims=True))
        values = shifted / shifted.sum(axis=-1, keepdims=True)
    return Prediction(values, meaning.names(values.shape[-1]), values.argmax(axis=-1).astype(np.int64))

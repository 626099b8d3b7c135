"""Layers that the data passes through on the way in: adapted on training rows, kept with the run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kspec.data.columns import is_text
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]
MakeLayer = Callable[[ComponentSpec], keras.layers.Layer]

_ROWS = 4096
"""Rows that pass through the layers at once."""

_LEARNT = ("vocabulary", "mean", "bin_boundaries", "idf_weights")
"""Arguments that give a layer what it would otherwise learn."""


class Preprocessor:
    """A chain of preprocessing layers, as a Keras model from raw values to what the model is fed."""

    def __init__(self, model: keras.Sequential) -> None:
        self.model = model

    @classmethod
    def learn(cls, layers: Sequence[ComponentSpec], rows: Array, make_layer: MakeLayer, adapts: Callable[[ComponentSpec], bool]) -> Preprocessor:
        """Build the layers, each adapted to the training rows as the layers before it leave them.

        Args:
            layers: The layers in order.
            rows: Training rows, of shape `(rows, ...)`.
            make_layer: Builds a layer.
            adapts: Says whether a layer learns from data.

        Raises:
            SpecError: A layer cannot be built, or refuses the rows.
        """
        chain: list[keras.layers.Layer] = [keras.Input(rows.shape[1:], dtype=_dtype(rows))]
        for component in layers:
            layer = make_layer(component)
            try:
                if adapts(component) and not any(component.arguments.get(name) is not None for name in _LEARNT):
                    before = keras.Sequential(chain) if len(chain) > 1 else None
                    layer.adapt(_tensor(rows) if before is None else tf.constant(_run(before, rows)))
                chain.append(layer)
                keras.Sequential(chain)
            except (ValueError, TypeError, tf.errors.OpError) as error:
                raise SpecError([_refused(component, error, rows)]) from error
        return cls(keras.Sequential(chain))

    def __call__(self, rows: Array) -> Array:
        """Return the rows as the layers leave them."""
        return _run(self.model, rows)

    def save(self, path: Path) -> None:
        """Write the layers and what they learnt to a `.keras` file."""
        self.model.save(path)

    @classmethod
    def load(cls, path: Path) -> Preprocessor:
        """Read what `save` wrote."""
        return cls(keras.saving.load_model(path, compile=False, safe_mode=True))


def _run(model: keras.Sequential, rows: Array) -> Array:
    if not len(rows):
        return np.asarray(model(_tensor(rows)))
    first = np.asarray(model(_tensor(rows[:_ROWS])))
    if len(rows) <= _ROWS:
        return first
    done = np.empty((len(rows), *first.shape[1:]), first.dtype)
    done[:_ROWS] = first
    for start in range(_ROWS, len(rows), _ROWS):
        done[start : start + _ROWS] = model(_tensor(rows[start : start + _ROWS]))
    return done


def _dtype(rows: Array) -> str:
    if is_text(rows):
        return "string"
    return "float32" if rows.dtype.kind in "bf" else str(rows.dtype)


def _tensor(rows: Array) -> tf.Tensor:
    if is_text(rows):
        flat = ["" if item is None else str(item) for item in rows.ravel()]
        return tf.reshape(tf.constant(flat, tf.string), rows.shape)
    return tf.constant(rows, _dtype(rows))


def _refused(component: ComponentSpec, error: Exception, rows: Array) -> Problem:
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    kind = "text" if is_text(rows) else str(rows.dtype)
    message = f"{component.name} does not take these values ({kind}, shape {rows.shape[1:]} a row): {text}"
    return Problem("preprocess-failed", component.path, message, at="key")

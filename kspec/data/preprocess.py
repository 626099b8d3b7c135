"""Layers that the data passes through on the way in: adapted on training rows, kept with the run."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kspec.data.aligned import aligned_empty
from kspec.data.saved_models import load_model, save_model
from kspec.data.values import is_text
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Path as SpecPath
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]

_ROWS = 4096
"""Rows that pass through the layers at once, where nobody can tell how wide they are on the way."""

_VALUES = 2_000_000
"""Values of a tensor on the way: many, since each call of a Keras model takes a millisecond, but not much memory."""

_FEWEST, _MOST = 64, 65_536
"""Rows that pass through the layers at once at least, however wide they are, and at most."""

_LIGHT = (
    keras.layers.InputLayer, keras.layers.Rescaling, keras.layers.Normalization, keras.layers.Reshape,
    keras.layers.Flatten, keras.layers.Permute, keras.layers.Identity,
)  # fmt: skip
"""Layers whose work is next to nothing beside a training step."""

_NOISE = re.compile(r"\x1b\[[0-9;]*m|Exception encountered when calling .*")


class Preprocessor:
    """A chain of preprocessing layers and operations, as a Keras model from raw values to what the model is fed."""

    def __init__(self, model: keras.Model) -> None:
        self.model = model

    def process(self, rows: Array, path: SpecPath = ()) -> Array:
        """Return rows as the layers leave them.

        Args:
            rows: Raw values of shape `(rows, ...)`.
            path: Place of the field.

        Raises:
            SpecError: The rows have another shape than those of training, or a layer refuses a value.
        """
        if rows.shape[1:] != (wanted := tuple(self.model.input_shape[1:])):
            message = f"a row has the shape {rows.shape[1:]} before `preprocess`, in training it had {wanted}"
            raise SpecError([Problem("wrong-shape", path, message)])
        try:
            self._check_categories(rows)
            return run(self.model, rows)
        except Exception as error:
            message = f"`preprocess` does not take these values: {reason(error)}"
            raise SpecError([Problem("preprocess-failed", (*path, "preprocess"), message, at="key")]) from error

    @property
    def light(self) -> bool:
        """Whether each value is made of one value by hardly any work, so that it may as well be done for each batch."""
        return all(isinstance(operation, _LIGHT) for operation in self.model.operations)

    @property
    def words(self) -> tuple[str, ...]:
        """The classes by number that a lookup layer makes of text or of numbers; none if none comes first."""
        first = self._first
        if isinstance(first, keras.layers.StringLookup | keras.layers.IntegerLookup) and not first.invert:
            return tuple(str(word) for word in first.get_vocabulary())
        return ()

    @property
    def _first(self) -> Any:
        return next((layer for layer in self.model.layers if not isinstance(layer, keras.layers.InputLayer)), None)

    def _check_categories(self, rows: Array) -> None:
        """Refuse numbers beyond the categories, for which Keras' `CategoryEncoding` gives zeros without a word."""
        first = self._first
        if not isinstance(first, keras.layers.CategoryEncoding) or not rows.size:
            return
        low, high = rows.min(), rows.max()
        if low < 0 or high >= first.num_tokens:
            outside = low if low < 0 else high
            raise ValueError(f"{outside} is not one of the {first.num_tokens} categories from 0 of CategoryEncoding")

    def save(self, path: Path) -> None:
        """Write the layers and what they learnt to a `.keras` file."""
        save_model(self.model, path)

    @classmethod
    def load(cls, path: Path) -> Preprocessor:
        """Read what `save` wrote."""
        return cls(load_model(path))


def takes_missing_text(layers: Sequence[ComponentSpec]) -> bool:
    """Say whether layers know what to do with a missing text, which reaches them as the empty text.

    Those are `StringLookup` with `mask_token: ""`, and `TextVectorization`, for which it is no words at all.
    """
    return any(layer.name == "TextVectorization" or layer.arguments.get("mask_token") == "" for layer in layers[:1])


def run(model: keras.Model, rows: Array) -> Array:
    """Return rows as a model of preprocessing layers leaves them, taken through it some thousands at a time."""
    step = _rows_of_a_step(model)
    first = dense(model(as_tensor(rows[:step]), training=False))
    if len(rows) <= step:
        return first
    done = aligned_empty((len(rows), *first.shape[1:]), first.dtype)
    done[:step] = first
    for start in range(step, len(rows), step):
        done[start : start + step] = dense(model(as_tensor(rows[start : start + step]), training=False))
    return done


def _rows_of_a_step(model: keras.Model) -> int:
    """Return how many rows may pass through layers at once without taking much memory on the way."""
    widest = 1
    for operation in model.operations:
        for tensor in tf.nest.flatten(operation.output):
            if None in tensor.shape[1:]:
                return _ROWS
            widest = max(widest, math.prod(tensor.shape[1:]))
    return max(_FEWEST, min(_MOST, _VALUES // widest))


def dense(found: Any) -> Array:
    """Return what layers leave as an array.

    Raises:
        ValueError: It is sparse or ragged.
    """
    if isinstance(found, tf.SparseTensor | tf.RaggedTensor):
        kind = "sparse" if isinstance(found, tf.SparseTensor) else "ragged"
        raise ValueError(f"its output is {kind}; leave `{kind}` out")
    return np.asarray(found)


def dtype_of(rows: Array) -> str:
    """Return the type in which layers are fed some rows."""
    if is_text(rows):
        return "string"
    return "float32" if rows.dtype.kind in "bf" else str(rows.dtype.newbyteorder("="))


def as_tensor(rows: Array) -> tf.Tensor:
    """Return rows as layers are fed them; a missing text is the empty one."""
    if is_text(rows):
        flat = ["" if item is None else item for item in rows.ravel().tolist()]
        return tf.reshape(tf.constant(flat, tf.string), rows.shape)
    return tf.convert_to_tensor(rows.astype(dtype_of(rows), copy=False))


def reason(error: Exception) -> str:
    """Return the first line of an error that says something."""
    lines = [_NOISE.sub("", line).strip() for line in str(error).splitlines()]
    return next((line for line in lines if line), type(error).__name__)

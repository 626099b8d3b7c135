"""A model's way over rows, many batches in one call of TensorFlow: what it gives, and where it is judged how good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kspec.data.deferred import Deferred, Rows, raw_values
from kspec.engine.keeping.remembering import widened
from kspec.engine.predicting.step_rows import fixed_rows

Array = npt.NDArray[Any]

_BYTES = 64_000_000
"""About how much memory the inputs take that one call is given."""


def in_calls(x: Mapping[str, Rows], batch_size: int) -> Iterator[slice]:
    """Yield slices of whole batches, the last as it is: as many rows as are given to a model in one call.

    Args:
        x: Array of shape `(rows, ...)` by input.
        batch_size: Rows of a step.
    """
    rows = len(next(iter(x.values())))
    of_a_row = sum(array.nbytes for array in x.values()) // max(1, rows)
    count = max(1, _BYTES // max(1, of_a_row * batch_size)) * batch_size
    for first in range(0, rows, count):
        yield slice(first, first + count)


class Forward:
    """A model that is given rows, batch by batch, by a loop inside one graph that is traced once.

    The batches, and so the results, are those of `keras.Model.predict` and `evaluate`, which set up a pipeline for
    every call, return to Python for every batch, and look at all rows once for metrics and once for predictions.

    Args:
        model: The model; compiled, if it is judged.
        outputs: Names of the outputs that are wanted. A model with one gives a tensor, one with several a dict.
        batch_size: Rows of a step; the last one may have fewer.
        judged: Whether rows come with targets, and go into the model's loss and metrics.
    """

    def __init__(self, model: keras.Model, outputs: Sequence[str], batch_size: int, *, judged: bool = False) -> None:
        self.batch_size = batch_size
        self._model = model
        self._outputs = tuple(outputs)
        self._judged = judged
        self._fixed = None if judged else fixed_rows(model)
        self._loops: dict[str, Any] = {}
        self._layers: Any = None

    def begin(self) -> None:
        """Forget the rows that were judged."""
        self._model.reset_metrics()

    def __call__(self, feed: Any) -> dict[str, Array]:
        """Return what the model gives for some rows.

        Args:
            feed: Array of shape `(rows, ...)`, by input name where the model has several; where it is judged, a tuple
                of that, targets, and weights if there are any. Of what is deferred, preprocessing is part of a step.

        Returns:
            Array of shape `(rows, ...)` by output name.
        """
        tensors = tf.nest.map_structure(lambda rows: tf.convert_to_tensor(raw_values(rows)), feed)
        kind = str(tf.nest.map_structure(_kind_of, feed))
        if kind not in self._loops:
            self._layers = tf.nest.map_structure(_layers_of, feed)
            self._loops[kind] = self._traced(tensors)
        return {name: widened(np.asarray(values)) for name, values in self._loops[kind](tensors).items()}

    def metrics(self) -> dict[str, Any]:
        """Return loss and metrics over all rows since the last beginning."""
        found = self._model.get_metrics_result()
        return {name: keras.ops.convert_to_numpy(value) for name, value in found.items()}

    def _traced(self, tensors: Any) -> Any:
        if self._judged:  # losses and metrics are built once they meet a batch, which a loop is no place for
            self._model._symbolic_build(data_batch=self._batch(tensors, tf.constant(0)))
        signature = tf.nest.map_structure(
            lambda tensor: tf.TensorSpec((None, *tensor.shape[1:]), tensor.dtype), tensors
        )
        return tf.function(tf.autograph.experimental.do_not_convert(self._looped), input_signature=[signature])

    def _looped(self, feed: Any) -> dict[str, tf.Tensor]:
        size = self.batch_size
        rows = tf.shape(tf.nest.flatten(feed)[0])[0]
        steps = -(-rows // size)
        said = {name: self._room(steps, name) for name in self._outputs}

        def body(number: tf.Tensor, said: dict[str, tf.TensorArray]) -> tuple[tf.Tensor, dict[str, tf.TensorArray]]:
            first = number * size
            found = self._step(self._batch(feed, first))
            return number + 1, {name: array.write(number, found[name]) for name, array in said.items()}

        _, said = tf.while_loop(lambda number, _: number < steps, body, (tf.constant(0), said), parallel_iterations=1)
        return {name: array.concat() for name, array in said.items()}

    def _batch(self, feed: Any, first: tf.Tensor) -> Any:
        """Return what the model takes of the rows of a step."""

        def cut(tensor: tf.Tensor, layers: keras.Model | None) -> tf.Tensor:
            rows = tensor[first : first + self.batch_size]
            rows = tf.ensure_shape(rows, (self._fixed, *rows.shape[1:]))
            return rows if layers is None else layers(rows, training=False)

        return tf.nest.map_structure(cut, feed, self._layers)

    def _room(self, steps: tf.Tensor, name: str) -> tf.TensorArray:
        outputs = self._model.outputs
        like = self._model.output[name] if len(outputs) > 1 else outputs[0]
        return tf.TensorArray(like.dtype, steps, infer_shape=False, element_shape=(None, *like.shape[1:]))

    def _step(self, batch: Any) -> dict[str, tf.Tensor]:
        """Take the step of `keras.Model.test_step`, and keep what the model gives."""
        model = self._model
        x, y, weights = keras.utils.unpack_x_y_sample_weight(batch) if self._judged else (batch, None, None)
        given = model(x, training=False) if model._call_has_training_arg else model(x)
        if self._judged:
            loss = model._compute_loss(x=x, y=y, y_pred=given, sample_weight=weights, training=False)
            model._loss_tracker.update_state(loss, sample_weight=tf.shape(tf.nest.flatten(x)[0])[0])
            model.compute_metrics(x, y, given, sample_weight=weights)
        return dict(given) if isinstance(given, Mapping) else dict.fromkeys(self._outputs, given)


def _rows_like(tensor: tf.Tensor) -> tf.TensorSpec:
    return tf.TensorSpec((None, *tensor.shape[1:]), tensor.dtype)


def _layers_of(rows: Rows) -> keras.Model | None:
    return rows.layers.model if isinstance(rows, Deferred) else None


def _kind_of(rows: Rows) -> str:
    """Return what decides whether the same loop takes some rows as others."""
    return f"{raw_values(rows).dtype} {rows.shape[1:]} {id(_layers_of(rows))}"

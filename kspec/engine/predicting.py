"""A model asked for its outputs, batch by batch, by one step that is compiled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kspec.engine.checkpoint import widened
from kspec.engine.memory import memory_reason
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]


class Predictor:
    """A model's raw outputs for rows, in their order.

    `keras.Model.predict` sets up a pipeline for every call and compiles anew for the last batch, which has fewer rows;
    here rows come in many calls.

    Args:
        model: The model.
        outputs: Names of its outputs; a model with one gives a tensor, one with several a dict.
        batch_size: Rows of a step; a model that takes batches of one size only gets those.
        callbacks: Callbacks with hooks for this, called as `keras.Model.predict` does.
    """

    def __init__(
        self, model: keras.Model, outputs: Sequence[str], batch_size: int,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> None:  # fmt: skip
        inputs = getattr(model, "inputs", None) or ()
        fixed = next((tensor.shape[0] for tensor in inputs if tensor.shape[0] is not None), None)
        self._model = model
        self._outputs = tuple(outputs)
        self._fixed = fixed is not None
        self._size = int(fixed or batch_size)
        self._step: Any = None
        self._callbacks = keras.callbacks.CallbackList(list(callbacks), model=model) if callbacks else None
        self._done = 0

    def end(self) -> None:
        """Tell the callbacks that there are no more rows."""
        if self._callbacks is not None:
            self._callbacks.on_predict_end()

    def __call__(self, x: Mapping[str, Array] | Array) -> dict[str, Array]:
        """Return the raw outputs for some rows.

        Args:
            x: Array of shape `(rows, ...)`, by input name where the model has several. Every call brings the same
                types and shapes of a row.

        Returns:
            Array of shape `(rows, ...)` by output name.

        Raises:
            SpecError: There is not enough memory for a batch.
        """
        rows = len(next(iter(x.values()))) if isinstance(x, Mapping) else len(x)
        if self._step is None:
            self._step = self._compiled(x)
            if self._callbacks is not None:
                self._callbacks.on_predict_begin()
        done: dict[str, list[Array]] = {name: [] for name in self._outputs}
        waiting: Any = None
        try:
            for start in range(0, rows, self._size):
                # The next batch is on its way before the outputs of the one before are waited for.
                found = self._told(tf.nest.map_structure(lambda array: self._batch(array, start), x))  # noqa: B023
                if waiting is not None:
                    self._keep(waiting, done)
                waiting = found
            if waiting is not None:
                self._keep(waiting, done)
        except (tf.errors.OpError, MemoryError) as error:
            if reason := memory_reason(error):
                raise SpecError(
                    [Problem("out-of-memory", (), reason, "a smaller `--batch-size` needs less")]
                ) from error
            raise
        return {name: np.concatenate(arrays)[:rows] for name, arrays in done.items()}

    def _told(self, batch: Any) -> Any:
        """Take a step, and tell the callbacks of it."""
        if self._callbacks is None:
            return self._step(batch)
        self._callbacks.on_predict_batch_begin(self._done)
        found = self._step(batch)
        self._callbacks.on_predict_batch_end(self._done, {"outputs": found})
        self._done += 1
        return found

    def _compiled(self, x: Mapping[str, Array] | Array) -> Any:
        def described(array: Array) -> tf.TensorSpec:
            batch = tf.convert_to_tensor(array[:1])
            return tf.TensorSpec((self._size if self._fixed else None, *batch.shape[1:]), batch.dtype)

        signature = tf.nest.map_structure(described, x)
        return tf.function(lambda batch: self._model(batch, training=False), input_signature=[signature])

    def _batch(self, array: Array, start: int) -> Any:
        rows = array[start : start + self._size]
        if self._fixed and len(rows) < self._size:
            rows = np.concatenate([rows, np.repeat(rows[-1:], self._size - len(rows), axis=0)])
        return tf.convert_to_tensor(rows)

    def _keep(self, found: Any, done: dict[str, list[Array]]) -> None:
        by_name = found if isinstance(found, Mapping) else {self._outputs[0]: found}
        for name, arrays in done.items():
            arrays.append(widened(np.asarray(by_name[name])))

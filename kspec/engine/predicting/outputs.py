"""A model asked for its outputs, as many rows at a time as come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kspec.engine.carried import forget
from kspec.engine.memory import memory_reason
from kspec.engine.predicting.forward import Forward, in_calls
from kspec.engine.predicting.step_rows import fixed_rows
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]


class Predictor:
    """A model's raw outputs for rows, in their order.

    Args:
        model: The model.
        outputs: Names of its outputs; a model with one gives a tensor, one with several a dict.
        batch_size: Rows of a step; a model that takes batches of one size only gets those.
        callbacks: Callbacks with hooks for this, called for every step as `keras.Model.predict` does.
    """

    def __init__(
        self, model: keras.Model, outputs: Sequence[str], batch_size: int,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> None:  # fmt: skip
        self._outputs = tuple(outputs)
        self._fixed = fixed_rows(model)
        self._forward = Forward(model, outputs, self._fixed or batch_size)
        self._callbacks = keras.callbacks.CallbackList(list(callbacks), model=model) if callbacks else None
        self._done = 0
        forget(model)

    def end(self) -> None:
        """Tell the callbacks that there are no more rows."""
        if self._callbacks is not None:
            self._callbacks.on_predict_end()

    def __call__(self, x: Arrays | Array) -> dict[str, Array]:
        """Return the raw outputs for some rows.

        Args:
            x: Array of shape `(rows, ...)`, by input name where the model has several. Every call brings the same
                types and shapes of a row.

        Returns:
            Array of shape `(rows, ...)` by output name.

        Raises:
            SpecError: There is not enough memory for a batch.
        """
        rows = len(next(iter(_named(x).values())))
        fed = tf.nest.map_structure(self._filled, x)
        done: dict[str, list[Array]] = {name: [] for name in self._outputs}
        try:
            for part in self._parts(_named(fed)):
                found = self._told(tf.nest.map_structure(lambda array: array[part], fed))  # noqa: B023
                for name, arrays in done.items():
                    arrays.append(found[name])
        except (tf.errors.OpError, MemoryError) as error:
            if reason := memory_reason(error):
                raise SpecError(
                    [Problem("out-of-memory", (), reason, "a smaller `--batch-size` needs less")]
                ) from error
            raise
        return {name: (np.concatenate(every) if len(every) > 1 else every[0])[:rows] for name, every in done.items()}

    def _parts(self, x: Arrays) -> Iterator[slice]:
        """Yield the rows of each call: many steps at a time, unless callbacks want to see every one."""
        size = self._forward.batch_size
        if self._callbacks is None:
            return in_calls(x, size)
        return (slice(first, first + size) for first in range(0, len(next(iter(x.values()))), size))

    def _told(self, x: Any) -> dict[str, Array]:
        """Return the outputs for some rows, and tell the callbacks of them."""
        if self._callbacks is None:
            return self._forward(x)
        if not self._done:
            self._callbacks.on_predict_begin()
        self._callbacks.on_predict_batch_begin(self._done)
        found = self._forward(x)
        given = found if len(self._outputs) > 1 else found[self._outputs[0]]
        self._callbacks.on_predict_batch_end(self._done, {"outputs": given})
        self._done += 1
        return found

    def _filled(self, array: Array) -> Array:
        """Return rows with the last one repeated, where the model takes batches of one size only."""
        lacking = -len(array) % self._fixed if self._fixed else 0
        return np.concatenate([array, np.repeat(array[-1:], lacking, axis=0)]) if lacking else array


def _named(x: Arrays | Array) -> Arrays:
    return x if isinstance(x, Mapping) else {"x": x}

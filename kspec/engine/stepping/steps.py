"""Many steps in one call of TensorFlow: batches are cut out of data in memory inside the graph, and given to Keras' own
`train_step` or `test_step`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kspec.data.aligned import is_aligned
from kspec.data.deferred import Deferred, Rows, raw_values
from kspec.data.order import permutation
from kspec.engine.stepping.xla import named_generators

Feed = tuple[Any, ...]
Logs = Mapping[str, Any]


class Steps:
    """Steps over rows in memory, as many in one call as are wanted.

    What surrounds a step of Keras' `fit`, such as the pipeline that brings its batch and the Python that calls it,
    costs more than the step itself where a model is small. Here a loop inside one graph does all of it; the steps, and
    so the weights, are those of `fit`, bit for bit.

    Attributes:
        not_compiled: Why XLA could not compile the loop, so that TensorFlow takes the steps; empty otherwise.

    Args:
        model: The model.
        step: `train_step` or `test_step` of the model.
        feed: What the model takes: `(x, y)` or `(x, y, sample_weight)`, each an array or a dict of arrays of shape
            `(rows, ...)`; of what is deferred, preprocessing is part of a step.
        batch_size: Rows of a step; the last one may have fewer.
        steps: Steps after which to end, or None for all rows.
        compiled: Whether XLA compiles the loop. Its results differ by rounding.
    """

    def __init__(
        self, model: keras.Model, step: Callable[[Any], Any], feed: Feed, *, batch_size: int,
        steps: int | None = None, compiled: bool = False,
    ) -> None:  # fmt: skip
        self._columns = tf.nest.map_structure(_Column, feed)
        self.rows: int = tf.nest.flatten(self._columns)[0].rows
        self.batch_size = batch_size
        every = -(-self.rows // batch_size)
        self.count: int = every if steps is None else min(every, steps)
        self._model = model
        self._step = step
        self._whole = min(self.count, self.rows // batch_size)
        plain = tf.autograph.experimental.do_not_convert
        self._loop = tf.function(plain(self._looped))
        self._compiled = tf.function(plain(self._looped_alike), jit_compile=True) if compiled else None
        self._taken_compiled = False
        self.not_compiled = ""
        self._rest = tf.function(plain(self._taken))
        self._order = tf.range(self.rows, dtype=tf.int32)

    def arrange(self, order: npt.NDArray[np.int32]) -> None:
        """Put the rows into an order.

        Args:
            order: Numbers of all rows, of shape `(rows,)`.
        """
        self._order = tf.convert_to_tensor(order)

    def shorten(self, steps: int) -> None:
        """End an epoch after so many steps, if it has more."""
        self.count = min(self.count, steps)
        self._whole = min(self._whole, self.count)

    def take(self, start: int, stop: int) -> Logs:
        """Take the steps from `start` until before `stop`, and return the metrics so far."""
        logs: Logs = {}
        if self._compiled is None:
            return dict(self._loop(self._order, tf.constant(start), tf.constant(stop)))
        if start < (whole := min(stop, self._whole)):
            try:
                with named_generators():
                    logs = self._compiled(self._order, tf.constant(start), tf.constant(whole))
            except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, ValueError, TypeError) as error:
                if self._taken_compiled:
                    raise
                # XLA does not know an operation; nothing has been computed yet.
                self._compiled, self.not_compiled = None, str(error).splitlines()[0]
                return self.take(start, stop)
            self._taken_compiled = True
        # XLA would compile once more for the last batch, which has fewer rows.
        if stop > self._whole:
            logs = self._rest(self._order[self._whole * self.batch_size :])
        return logs

    def _looped(self, order: tf.Tensor, start: tf.Tensor, stop: tf.Tensor) -> Logs:
        def body(number: tf.Tensor) -> tuple[tf.Tensor]:
            first = number * self.batch_size
            index = order[first : first + self.batch_size]  # of a length that is not known, as in `fit`
            self._step(self._batch(index))
            return (number + 1,)

        tf.while_loop(lambda number: number < stop, body, (start,), parallel_iterations=1)
        return self._model.get_metrics_result()  # type: ignore[no-any-return]

    def _looped_alike(self, order: tf.Tensor, start: tf.Tensor, stop: tf.Tensor) -> Logs:
        """Take steps that all have the same number of rows, which XLA must know."""

        def body(number: tf.Tensor) -> tuple[tf.Tensor]:
            self._step(self._batch(tf.slice(order, [number * self.batch_size], [self.batch_size])))
            return (number + 1,)

        tf.while_loop(lambda number: number < stop, body, (start,), parallel_iterations=1)
        return self._model.get_metrics_result()  # type: ignore[no-any-return]

    def _taken(self, index: tf.Tensor) -> Logs:
        self._step(self._batch(index))
        return self._model.get_metrics_result()  # type: ignore[no-any-return]

    def _batch(self, index: tf.Tensor) -> Any:
        return tf.nest.map_structure(lambda column: column.take(index), self._columns)


class _Column:
    """The rows of an input, a target or a weight on the device, in the type in which they are kept."""

    def __init__(self, rows: Rows) -> None:
        self._tensor = tensor_of(raw_values(rows))
        self._layers = rows.layers.model if isinstance(rows, Deferred) else None
        self.rows = len(rows)

    def take(self, index: tf.Tensor) -> tf.Tensor:
        """Return some rows as the model is fed them."""
        rows = tf.gather(self._tensor, index)
        return rows if self._layers is None else self._layers(rows, training=False)


def tensor_of(array: npt.NDArray[Any]) -> tf.Tensor:
    """Return an array as a tensor, which on the processor shares its memory where it can."""
    if not isinstance(array, np.ndarray) or not is_aligned(array) or tf.config.list_logical_devices("GPU"):
        return tf.convert_to_tensor(array)
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())


class LoopedRows:
    """Training rows in memory that are taken by steps inside one graph, in the order of each epoch.

    Args:
        steps: The steps.
        seed: Seed of the order.
        shuffle: Whether the rows are put into a new order for every epoch.
    """

    def __init__(self, steps: Steps, *, seed: int, shuffle: bool) -> None:
        self.by_steps = steps
        self.steps = steps.count
        self.batch_size = steps.batch_size
        self._seed = seed
        self._shuffle = shuffle

    @property
    def rows_per_epoch(self) -> int:
        """Rows that one epoch sees."""
        return min(self.by_steps.rows, self.steps * self.batch_size)

    def shorten(self, steps: int) -> None:
        """End an epoch after so many steps, if it has more."""
        self.by_steps.shorten(steps)
        self.steps = self.by_steps.count

    def begin(self, epoch: int) -> None:
        """Put the rows into the order of an epoch, counted from 0."""
        if self._shuffle:
            self.by_steps.arrange(permutation(self._seed, epoch, self.by_steps.rows))

    def check(self) -> None:
        """Raise what went wrong while rows were read: nothing, for they are in memory."""

"""Many steps in one call of TensorFlow over batches that the devices of a strategy share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Protocol

import keras
import tensorflow as tf

from kspec.data.order import TrainingRows
from kspec.data.stream_order import StreamedRows
from kspec.engine.stepping.steps import Logs
from kspec.engine.stepping.xla import named_generators


class BatchSource(Protocol):
    """Gives out batches."""

    @property
    def dataset(self) -> tf.data.Dataset:
        """The batches, of a number that is known."""

    def check(self) -> None:
        """Raise what went wrong while they were made, if anything did."""


class SharedSteps:
    """Steps over batches that devices share, as many in one call as are wanted.

    Keras' own `steps_per_execution` fails with several devices: there a step is part of a branch of the graph, in which
    they cannot add up their gradients. Here it is not, and the weights are those of `fit`, bit for bit.

    Attributes:
        count: Steps of an epoch.
        not_compiled: Why XLA could not compile the steps, so that TensorFlow takes them; empty otherwise.

    Args:
        model: The model, built under a strategy.
        step: `train_step` or `test_step` of the model.
        source: The batches, which are made anew in every epoch.
        compiled: Whether XLA compiles a step. Its results differ by rounding.
    """

    def __init__(
        self, model: keras.Model, step: Callable[[Any], Any], source: BatchSource, *, compiled: bool = False
    ) -> None:
        self.count = int(source.dataset.cardinality())
        self.not_compiled = ""
        self._model = model
        self._step = step
        self._source = source
        self._strategy = model.distribute_strategy
        self._batches = self._strategy.experimental_distribute_dataset(source.dataset)
        self._iterator: Any = None
        self._next = 0
        plain = tf.autograph.experimental.do_not_convert
        self._loop = tf.function(plain(self._looped))
        self._skip = tf.function(plain(_skipped))
        self._compiled = tf.function(plain(self._shared), jit_compile=True) if compiled else None
        self._taken = False

    def shorten(self, steps: int) -> None:
        """End an epoch after so many steps, if it has more."""
        self.count = min(self.count, steps)

    def check(self) -> None:
        """Raise what went wrong while batches were made, if anything did."""
        self._source.check()

    def close(self) -> None:
        """Make no more batches, until there are steps again."""
        self._iterator = None

    def take(self, start: int, stop: int) -> Logs:
        """Take the steps from `start` until before `stop`, and return the metrics so far."""
        if self._iterator is None or start != self._next:
            self._iterator = iter(self._batches)
            if start:
                self._skip(self._iterator, tf.constant(start))
        try:
            with named_generators() if self._compiled else nullcontext():
                logs = self._loop(self._iterator, tf.constant(stop - start))
        except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, ValueError, TypeError) as error:
            if self._compiled is None or self._taken:
                raise
            # XLA does not know an operation; nothing has been computed yet.
            self._compiled, self.not_compiled = None, str(error).splitlines()[0]
            self._loop = tf.function(tf.autograph.experimental.do_not_convert(self._looped))
            self._iterator = None
            return self.take(start, stop)
        self._taken, self._next = True, stop
        if stop == self.count:
            self.close()
        return dict(logs)

    def _looped(self, iterator: Any, steps: tf.Tensor) -> Logs:
        def body(number: tf.Tensor) -> tuple[tf.Tensor]:
            (self._compiled or self._shared)(iterator.get_next())
            return (number + 1,)

        tf.while_loop(lambda number: number < steps, body, (tf.constant(0),), parallel_iterations=1)
        return self._model.get_metrics_result()  # type: ignore[no-any-return]

    def _shared(self, batch: Any) -> None:
        self._strategy.run(self._step, args=(batch,))


class SharedRows:
    """Training rows whose batches devices share, in the order of each epoch.

    Args:
        rows: The rows.
        model: The model, built under a strategy.
        compiled: Whether XLA compiles a step.
    """

    def __init__(self, rows: TrainingRows | StreamedRows, model: keras.Model, *, compiled: bool) -> None:
        self.by_steps = SharedSteps(model, model.train_step, rows, compiled=compiled)
        self.steps = rows.steps
        self.batch_size = rows.batch_size
        self._rows = rows

    @property
    def rows_per_epoch(self) -> int:
        """Rows that one epoch sees."""
        return min(self._rows.rows, self.steps * self.batch_size)

    def shorten(self, steps: int) -> None:
        """End an epoch after so many steps, if it has more."""
        self.by_steps.shorten(steps)
        self.steps = self.by_steps.count

    def begin(self, epoch: int) -> None:
        """Choose the order of an epoch, counted from 0."""
        self._rows.begin(epoch)

    def check(self) -> None:
        """Raise what went wrong while rows were read, if anything did."""
        self._rows.check()

    def close(self) -> None:
        """Read no more, until an epoch begins."""
        self.by_steps.close()


def _skipped(iterator: Any, steps: tf.Tensor) -> None:
    """Leave out the batches of steps that were taken before."""

    def body(number: tf.Tensor) -> tuple[tf.Tensor]:
        iterator.get_next()
        return (number + 1,)

    tf.while_loop(lambda number: number < steps, body, (tf.constant(0),), parallel_iterations=1)

"""Many steps in one call of TensorFlow over rows that are read while steps are taken: a window of them is in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from kspec.data.part import Part, StreamedPart
from kspec.data.sources import DataError
from kspec.data.sources.ahead import OneAhead
from kspec.data.stream_order import FeedOf, epoch_windows, raise_fault, signature_of
from kspec.engine.steps import Feed, Logs

Feeds = Iterator[Feed]


class StreamedSteps:
    """Steps over windows of rows, each of which holds whole batches; only the last one may end with fewer rows.

    Attributes:
        not_compiled: Empty; there is nothing that XLA was to compile.

    Args:
        model: The model.
        step: `train_step` or `test_step` of the model.
        part: The rows.
        feed_of: Makes of some rows what a Keras model takes.
        batch_size: Rows of a step.
        steps: Steps after which to end, or None for all rows.
        anew: Whether all rows are read in their order when the first step is taken; otherwise `read` says what is read.
    """

    not_compiled = ""

    def __init__(
        self, model: keras.Model, step: Callable[[Any], Any], part: StreamedPart, feed_of: FeedOf, *, batch_size: int,
        steps: int | None = None, anew: bool = False,
    ) -> None:  # fmt: skip
        self.rows = part.rows
        self.batch_size = batch_size
        every = -(-part.rows // batch_size)
        self.count = every if steps is None else min(every, steps)
        self._model = model
        self._step = step
        self._part = part
        self._feed_of = feed_of
        self._anew = anew
        self._feeds: OneAhead[Feed] | None = None
        self._feed: Feed = ()
        self._first = self._end = 0
        plain = tf.autograph.experimental.do_not_convert
        number = tf.TensorSpec((), tf.int32)
        signature = signature_of(feed_of(part.sample))
        self._loop = tf.function(plain(self._looped), input_signature=[signature, number, number])

    def windows_of(self, windows: Iterator[Part]) -> Feeds:
        """Yield what the model takes of windows, as far as there are steps for it."""
        left = self.count * self.batch_size
        for window in windows:
            yield tf.nest.map_structure(
                tf.convert_to_tensor, self._feed_of(window.take(slice(left)) if window.rows > left else window)
            )
            left -= window.rows
            if left <= 0:
                break

    def read(self, feeds: Feeds) -> None:
        """Begin to read the rows of the steps to come; those before that were not taken are forgotten."""
        self.close()
        self._feeds = OneAhead(feeds)

    def close(self) -> None:
        """Read no more."""
        if self._feeds is not None:
            self._feeds.close()
        self._feeds, self._feed = None, ()

    def take(self, start: int, stop: int) -> Logs:
        """Take the steps from `start` until before `stop`, one after the other, and return the metrics so far.

        Raises:
            SpecError: A value is not what training saw, or a file cannot be read any more.
        """
        if start == 0:
            self._first = self._end = 0
            if self._anew:
                self.read(self.windows_of(epoch_windows(self._part, self.batch_size)))
        logs: Logs = {}
        self._loop.get_concrete_function()  # is traced while the first rows are read
        while start < stop:
            if start == self._end:
                self._advance()
            until = min(stop, self._end)
            logs = dict(self._loop(self._feed, tf.constant(start - self._first), tf.constant(until - self._first)))
            start = until
        return logs

    def _advance(self) -> None:
        self._feed = ()  # not to hold three windows at once
        if self._feeds is None:
            raise RuntimeError("nothing is being read")
        try:
            self._feed = next(self._feeds)
        except DataError as error:
            raise_fault(error)
        self._first = self._end
        self._end += -(-int(tf.nest.flatten(self._feed)[0].shape[0]) // self.batch_size)

    def _looped(self, feed: Feed, start: tf.Tensor, stop: tf.Tensor) -> Logs:
        def body(number: tf.Tensor) -> tuple[tf.Tensor]:
            first = number * self.batch_size
            self._step(tf.nest.map_structure(lambda tensor: tensor[first : first + self.batch_size], feed))
            return (number + 1,)

        tf.while_loop(lambda number: number < stop, body, (start,), parallel_iterations=1)
        return self._model.get_metrics_result()  # type: ignore[no-any-return]


class StreamedEpochs:
    """Training rows that are read in the order of each epoch; the next epoch begins to be read while one ends.

    Args:
        steps: The steps.
        part: The rows.
        seed: Seed of the order.
        shuffle: Whether the rows are put into a new order for every epoch.
        epochs: Number of the last epoch.
    """

    def __init__(self, steps: StreamedSteps, part: StreamedPart, *, seed: int, shuffle: bool, epochs: int) -> None:
        self.by_steps = steps
        self.steps = steps.count
        self.batch_size = steps.batch_size
        self._part = part
        self._seed = seed
        self._shuffle = shuffle
        self._epochs = epochs
        self._coming: int | None = None

    @property
    def rows_per_epoch(self) -> int:
        """Rows that one epoch sees."""
        return min(self.by_steps.rows, self.steps * self.batch_size)

    def begin(self, epoch: int) -> None:
        """Choose the order of an epoch, counted from 0."""
        if epoch != self._coming:
            self.by_steps.read(self._every(epoch))
        self._coming = epoch + 1

    def check(self) -> None:
        """Raise what went wrong while rows were read: nothing, for a step that wants them raises it."""

    def _every(self, first: int) -> Feeds:
        for epoch in range(first, self._epochs):
            order = (self._seed, epoch) if self._shuffle else None
            yield from self.by_steps.windows_of(epoch_windows(self._part, self.batch_size, order))

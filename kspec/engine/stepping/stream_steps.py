"""Many steps in one call of TensorFlow over rows that are read while steps are taken: a window of them is in memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy.typing as npt
import tensorflow as tf

from kspec.data.aligned import aligned_empty
from kspec.data.part import Part, StreamedPart
from kspec.data.sources import DataError
from kspec.data.sources.ahead import OneAhead
from kspec.data.stream_order import WINDOW_BYTES, FeedOf, epoch_windows, raise_fault, signature_of
from kspec.engine.stepping.steps import Feed, Logs, tensor_of
from kspec.engine.stepping.xla import Compiled


@dataclass(frozen=True, slots=True)
class Window:
    """Rows that steps are taken over.

    Args:
        feed: What the model takes; filled up with rows that do not count, where XLA wants always the same number.
        rows: How many rows count.
    """

    feed: Feed
    rows: int


Windows = Iterator[Window]


class StreamedSteps:
    """Steps over windows of rows, each of which holds whole batches; only the last one may end with fewer rows.

    Attributes:
        count: Steps of an epoch.
        done: Whether the last of them has been taken.
        waited: Seconds in which steps waited for their rows.

    Args:
        model: The model.
        step: `train_step` or `test_step` of the model.
        part: The rows.
        feed_of: Makes of some rows what a Keras model takes.
        batch_size: Rows of a step.
        steps: Steps after which to end, or None for all rows.
        compiled: Whether XLA compiles the loop. Its results differ by rounding.
        anew: Whether all rows are read in their order when the first step is taken; otherwise `read` says what is read.
    """

    def __init__(
        self, model: keras.Model, step: Callable[[Any], Any], part: StreamedPart, feed_of: FeedOf, *, batch_size: int,
        steps: int | None = None, compiled: bool = False, anew: bool = False,
    ) -> None:  # fmt: skip
        self.rows = part.rows
        self.batch_size = batch_size
        every = -(-part.rows // batch_size)
        self.count = every if steps is None else min(every, steps)
        self.done = False
        self.waited = 0.0
        self._model = model
        self._step = step
        self._part = part
        self._feed_of = feed_of
        self._anew = anew
        self._windows: OneAhead[Window] | None = None
        self._window = Window((), 0)
        self._first = self._end = 0
        plain = tf.autograph.experimental.do_not_convert
        number, sample = tf.TensorSpec((), tf.int32), feed_of(part.sample)
        self._loop = tf.function(plain(self._looped), input_signature=[signature_of(sample), number, number])
        self._rest = tf.function(plain(self._taken), input_signature=[signature_of(sample)])
        self._compiled = Compiled(self._looped_alike, self._loop) if compiled else None
        of_a_row = sum(array.nbytes for array in tf.nest.flatten(sample)) // part.sample.rows
        self._most = batch_size * min(every, max(1, WINDOW_BYTES // max(1, of_a_row * batch_size)))

    @property
    def not_compiled(self) -> str:
        """Why XLA could not compile the loop, so that TensorFlow takes the steps; empty otherwise."""
        return self._compiled.failed if self._compiled else ""

    def windows_of(self, parts: Iterator[Part]) -> Windows:
        """Yield what the model takes of windows of rows, as far as there are steps for it."""
        left = self.count * self.batch_size
        for part in parts:
            rows = min(part.rows, left)
            most = self._most if self._compiled else rows
            for first in range(0, rows, most):
                window = part.take(slice(first, min(rows, first + most)))
                feed = self._feed_of(window)
                if self._compiled:
                    feed = tf.nest.map_structure(lambda array: _filled(array, most), feed)  # noqa: B023
                yield Window(tf.nest.map_structure(tensor_of, feed), window.rows)
            left -= rows
            if not left:
                break

    def read(self, windows: Windows) -> None:
        """Begin to read the rows of the steps to come; those before that were not taken are forgotten."""
        self.close()
        self._windows = OneAhead(windows)

    def close(self) -> None:
        """Read no more."""
        if self._windows is not None:
            self._windows.close()
        self._windows, self._window = None, Window((), 0)

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
        if self._compiled is None:
            self._loop.get_concrete_function()  # is traced while the first rows are read
        while start < stop:
            while start >= self._end:  # windows before the first step of an epoch that goes on are left out
                self._advance()
            until = min(stop, self._end)
            logs = self._within(start - self._first, until - self._first)
            start = until
        self.done = stop == self.count
        if self.done:
            self._window = Window((), 0)  # needs no memory until there are steps again
            if self._anew:
                self.close()
        return logs

    def _advance(self) -> None:
        self._window = Window((), 0)  # not to hold three windows at once
        if self._windows is None:
            raise RuntimeError("nothing is being read")
        began = time.perf_counter()
        try:
            self._window = next(self._windows)
        except DataError as error:
            raise_fault(error)
        self.waited += time.perf_counter() - began
        self._first = self._end
        self._end += -(-self._window.rows // self.batch_size)

    def _within(self, start: int, stop: int) -> Logs:
        """Take steps of the window."""
        feed, rows = self._window.feed, self._window.rows
        whole = stop if self._compiled is None else min(stop, rows // self.batch_size)
        logs: Logs = {}
        if start < whole:
            logs = (self._compiled or self._loop)(feed, tf.constant(start), tf.constant(whole))
        # XLA would compile once more for the last batch, which has fewer rows.
        if whole < stop:
            last = slice(whole * self.batch_size, rows)
            logs = self._rest(tf.nest.map_structure(lambda tensor: tensor[last], feed))
        return dict(logs)

    def _looped(self, feed: Feed, start: tf.Tensor, stop: tf.Tensor) -> Logs:
        def body(number: tf.Tensor) -> tuple[tf.Tensor]:
            first = number * self.batch_size
            self._step(tf.nest.map_structure(lambda tensor: tensor[first : first + self.batch_size], feed))
            return (number + 1,)

        tf.while_loop(lambda number: number < stop, body, (start,), parallel_iterations=1)
        return self._model.get_metrics_result()  # type: ignore[no-any-return]

    def _looped_alike(self, feed: Feed, start: tf.Tensor, stop: tf.Tensor) -> Logs:
        """Take steps that all have the same number of rows, which XLA must know."""

        def cut(tensor: tf.Tensor, first: tf.Tensor) -> tf.Tensor:
            others = len(tensor.shape) - 1
            return tf.slice(tensor, [first, *[0] * others], [self.batch_size, *[-1] * others])

        def body(number: tf.Tensor) -> tuple[tf.Tensor]:
            first = number * self.batch_size
            self._step(tf.nest.map_structure(lambda tensor: cut(tensor, first), feed))
            return (number + 1,)

        tf.while_loop(lambda number: number < stop, body, (start,), parallel_iterations=1)
        return self._model.get_metrics_result()  # type: ignore[no-any-return]

    def _taken(self, feed: Feed) -> Logs:
        self._step(feed)
        return self._model.get_metrics_result()  # type: ignore[no-any-return]


def _filled(array: npt.NDArray[Any], rows: int) -> npt.NDArray[Any]:
    """Return rows with zeros after them, so many in all."""
    if len(array) == rows:
        return array
    whole = aligned_empty((rows, *array.shape[1:]), array.dtype)
    whole[: len(array)] = array
    whole[len(array) :] = 0
    return whole

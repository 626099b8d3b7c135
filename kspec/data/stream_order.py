"""Batches of rows that are read anew in every epoch, in an order that is a function of seed and epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kspec.data.aligned import aligned_empty
from kspec.data.memory import size_of
from kspec.data.part import Part, StreamedPart
from kspec.data.sources import DataError
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]
Feed = tuple[Any, ...]
FeedOf = Callable[[Part], Feed]

WINDOW_BYTES = 64_000_000
"""About how much memory the rows take that are mixed with each other."""


class StreamedRows:
    """Training data that does not fit into memory, given out in batches in the order of each epoch.

    The shards of the source come in a random order, and rows are mixed within a window of neighbouring pieces; both
    come from `numpy.random.default_rng([seed, epoch])`.

    Args:
        part: The rows.
        feed_of: Makes of some rows what a Keras model takes.
        batch_size: Rows of a batch; the last one may be smaller.
        seed: Seed of the order.
        shuffle: Whether the rows are put into a new order for every epoch.
        steps: Batches after which an epoch ends, or None for all.
    """

    def __init__(
        self, part: StreamedPart, feed_of: FeedOf, *, batch_size: int, seed: int, shuffle: bool,
        steps: int | None = None,
    ) -> None:  # fmt: skip
        self.rows = part.rows
        self.batch_size = batch_size
        self.seed = seed
        self.shuffle = shuffle
        every = -(-self.rows // batch_size)
        self.steps = min(every, steps) if steps else every
        self._part = part
        self._epoch = 0
        self.fault: Exception | None = None
        self.dataset = _dataset(part, feed_of, self._windows, batch_size, self._note).take(self.steps)
        # Without a known length Keras runs one more optimizer step at the end of each epoch, on no data.
        self.dataset = self.dataset.apply(tf.data.experimental.assert_cardinality(self.steps))

    @property
    def rows_per_epoch(self) -> int:
        """Rows that one epoch sees."""
        return min(self.rows, self.steps * self.batch_size)

    def begin(self, epoch: int) -> None:
        """Choose the order of an epoch, counted from 0."""
        self._epoch = epoch

    def check(self) -> None:
        """Raise what went wrong while rows were read, if anything did.

        Raises:
            SpecError: A value is not what training saw, or a file cannot be read any more.
        """
        if self.fault is not None:
            raise_fault(self.fault)

    def _windows(self) -> Iterator[Part]:
        return epoch_windows(self._part, self.batch_size, (self.seed, self._epoch) if self.shuffle else None)

    def _note(self, fault: Exception) -> None:
        self.fault = fault


def epoch_windows(part: StreamedPart, batch_size: int, order: tuple[int, int] | None = None) -> Iterator[Part]:
    """Yield all rows in windows of whole batches, the last as it is.

    Args:
        part: The rows.
        batch_size: Rows of a batch.
        order: Seed and epoch by which they are ordered; None for their own order.
    """
    if order is None:
        return windows(part.pieces(), batch_size)
    random = np.random.default_rng(order)
    pieces = part.pieces(random.permutation(part.shards).tolist())
    return windows(pieces, batch_size, random)


def streamed_batches(part: StreamedPart, feed_of: FeedOf, batch_size: int) -> tuple[tf.data.Dataset, list[Exception]]:
    """Return a dataset that gives out rows in their own order, and a list in which what goes wrong is noted."""
    faults: list[Exception] = []
    dataset = _dataset(part, feed_of, lambda: epoch_windows(part, batch_size), batch_size, faults.append)
    steps = -(-part.rows // batch_size)
    return dataset.apply(tf.data.experimental.assert_cardinality(steps)), faults


def raise_fault(fault: Exception) -> None:
    """Raise what went wrong while rows were read, as a problem.

    Raises:
        SpecError: It is about the rows.
    """
    if isinstance(fault, DataError):
        raise SpecError([Problem("bad-data", ("data",), fault.message, fault.hint, at="key")]) from fault
    raise fault


def windows(pieces: Iterator[Part], batch_size: int, random: np.random.Generator | None = None) -> Iterator[Part]:
    """Yield rows again in windows of whole batches, mixed within each if there are random numbers; the last as it is.

    Args:
        pieces: The rows.
        batch_size: Rows of a batch.
        random: Gives the order within a window.
    """
    held: list[Part] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += size_of(piece)
        if random is None or size >= WINDOW_BYTES:
            window = _joined(held, random)
            whole = window.rows // batch_size * batch_size
            if whole:
                yield window.take(slice(whole))
            held = [window.take(slice(whole, None))] if whole < window.rows else []
            size = sum(map(size_of, held))
    if held:
        yield _joined(held, random)


def _joined(parts: list[Part], random: np.random.Generator | None) -> Part:
    """Return rows one after the other, or in a random order."""
    first = parts[0]
    if random is None and len(parts) == 1:
        return first
    rows = sum(part.rows for part in parts)
    # Each row is copied once, from its piece to its place in the order.
    places = np.arange(rows)
    if random is not None:
        places[random.permutation(rows)] = np.arange(rows)
    x, y, weights = (
        {name: _placed([arrays[name] for arrays in every], places) for name in every[0]}
        for every in ([part.inputs for part in parts], [part.y for part in parts], [part.weights for part in parts])
    )
    return Part(x, y, weights)


def _placed(arrays: list[Array], places: npt.NDArray[np.intp]) -> Array:
    done = aligned_empty((len(places), *arrays[0].shape[1:]), arrays[0].dtype)
    first = 0
    for array in arrays:
        done[places[first : first + len(array)]] = array
        first += len(array)
    return done


def _dataset(
    part: StreamedPart, feed_of: FeedOf, parts: Callable[[], Iterator[Part]], batch_size: int,
    note: Callable[[Exception], None],
) -> tf.data.Dataset:  # fmt: skip
    """Return the batches of windows; what making them raises is noted, since TensorFlow keeps only its text."""

    def feeds() -> Iterator[Feed]:
        try:
            for window in parts():
                yield tf.nest.map_structure(tf.convert_to_tensor, feed_of(window))
        except Exception as error:
            note(error)
            raise

    def cut(*window: Any) -> tf.data.Dataset:
        rows = tf.shape(tf.nest.flatten(window)[0], out_type=tf.int64)[0]

        def batch(start: tf.Tensor) -> Any:
            return tf.nest.map_structure(lambda tensor: tensor[start : start + batch_size], window)

        return tf.data.Dataset.range(0, rows, batch_size).map(batch)

    signature = signature_of(feed_of(part.sample))
    dataset = tf.data.Dataset.from_generator(feeds, output_signature=signature).prefetch(1)
    return dataset.flat_map(cut).prefetch(tf.data.AUTOTUNE)


def signature_of(feed: Feed) -> Any:
    """Return what TensorFlow must know of rows to take any number of them that are like these."""
    return tf.nest.map_structure(_spec, feed)


def _spec(array: Array) -> tf.TensorSpec:
    dtype = tf.string if array.dtype == object else tf.as_dtype(array.dtype)
    return tf.TensorSpec((None, *array.shape[1:]), dtype)

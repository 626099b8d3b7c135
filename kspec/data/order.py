"""The order of rows: a function of seed and epoch, so that every epoch differs and every run repeats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

Array = npt.NDArray[Any]
Feed = Array | Mapping[str, Array]


def permutation(seed: int, epoch: int, rows: int) -> npt.NDArray[np.int32]:
    """Return the order in which an epoch sees its rows.

    This is `numpy.random.default_rng([seed, epoch]).permutation(rows)`, so any program can repeat it. Keras itself,
    once seeded, shows every epoch the same order.

    Args:
        seed: Seed of the spec.
        epoch: Number of the epoch, counted from 0.
        rows: Number of rows.
    """
    return np.random.default_rng([seed, epoch]).permutation(rows).astype(np.int32)


class TrainingRows:
    """Training data in memory, given out in batches in the order of each epoch.

    Args:
        feed: What a Keras model takes: `(x, y)` or `(x, y, sample_weight)`, each an array or a dict of arrays of
            shape `(rows, ...)`.
        batch_size: Rows of a batch; the last one may be smaller.
        seed: Seed of the order.
        shuffle: Whether the rows are put into a new order for every epoch.
        steps: Batches after which an epoch ends, or None for all.
    """

    def __init__(
        self, feed: tuple[Feed, ...], *, batch_size: int, seed: int, shuffle: bool, steps: int | None = None
    ) -> None:
        self.rows = len(next(iter(_arrays(feed))))
        self.batch_size = batch_size
        self.seed = seed
        self.shuffle = shuffle
        every = -(-self.rows // batch_size)
        self.steps = min(every, steps) if steps else every
        self._order = tf.Variable(tf.range(self.rows, dtype=tf.int32), trainable=False, name="row_order")
        self.dataset = self._build(feed)

    @property
    def rows_per_epoch(self) -> int:
        """Rows that one epoch sees."""
        return min(self.rows, self.steps * self.batch_size)

    def check(self) -> None:
        """Raise what went wrong while rows were read: nothing, for they are in memory."""

    def begin(self, epoch: int) -> None:
        """Put the rows into the order of an epoch, counted from 0."""
        if self.shuffle:
            self._order.assign(permutation(self.seed, epoch, self.rows))

    def _build(self, feed: tuple[Feed, ...]) -> tf.data.Dataset:
        tensors = tf.nest.map_structure(tf.convert_to_tensor, feed)
        order = self._order

        def batches(_: Any) -> tf.data.Dataset:
            return tf.data.Dataset.from_tensor_slices(tf.identity(order)).batch(self.batch_size)

        def rows(index: Any) -> Any:
            return tf.nest.map_structure(lambda tensor: tf.gather(tensor, index), tensors)

        dataset = tf.data.Dataset.range(1).flat_map(batches).take(self.steps)
        dataset = dataset.map(rows, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        # Without a known length Keras runs one more optimizer step at the end of each epoch, on no data.
        return dataset.apply(tf.data.experimental.assert_cardinality(self.steps)).prefetch(tf.data.AUTOTUNE)


def batches(feed: tuple[Feed, ...], batch_size: int) -> tf.data.Dataset:
    """Return a dataset that gives out rows in their own order."""
    tensors = tf.nest.map_structure(tf.convert_to_tensor, feed)
    return tf.data.Dataset.from_tensor_slices(tensors).batch(batch_size).prefetch(tf.data.AUTOTUNE)


def _arrays(feed: tuple[Feed, ...]) -> list[Array]:
    return [array for part in feed for array in (part.values() if isinstance(part, Mapping) else (part,))]

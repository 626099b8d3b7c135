"""Rows of a part as batches that Keras takes, whether they are in memory or read anew each time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from kspec.data.order import TrainingRows, batches
from kspec.data.part import AnyPart, Part
from kspec.data.stream_order import StreamedRows, raise_fault, streamed_batches
from kspec.engine.feeding import feed_of
from kspec.spec.spec import Spec


def training_rows(spec: Spec, model: keras.Model, part: AnyPart, seed: int) -> TrainingRows | StreamedRows:
    """Return rows to train on, in the order of seed and epoch."""
    fit = spec.fit
    how: dict[str, Any] = {
        "batch_size": fit.batch_size, "seed": seed, "shuffle": fit.shuffle, "steps": fit.steps_per_epoch,
    }  # fmt: skip
    if isinstance(part, Part):
        return TrainingRows(feed_of(part, model, spec), **how)
    return StreamedRows(part, lambda piece: feed_of(piece, model, spec), **how)


@dataclass(frozen=True, slots=True)
class Batches:
    """Rows to judge by, in their own order.

    Args:
        dataset: The batches.
        faults: What went wrong while they were made, which TensorFlow keeps only the text of.
    """

    dataset: tf.data.Dataset
    faults: list[Exception] = field(default_factory=list)

    @classmethod
    def of(cls, part: AnyPart, model: keras.Model, spec: Spec, size: int, *, steps: int | None = None) -> Batches:
        """Return the batches of a part.

        Args:
            part: The rows.
            model: The model that is fed them.
            spec: Its spec.
            size: Rows of a batch.
            steps: Batches after which to end, or None for all.
        """
        if isinstance(part, Part):
            found = cls(batches(feed_of(part, model, spec), size))
        else:
            found = cls(*streamed_batches(part, lambda piece: feed_of(piece, model, spec), size))
        return found if steps is None else cls(found.dataset.take(steps), found.faults)

    def check(self) -> None:
        """Raise what went wrong, if anything did."""
        for fault in self.faults:
            raise_fault(fault)

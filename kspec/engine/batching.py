"""Rows of a part as batches that Keras takes, whether they are in memory or read anew each time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kspec.data.order import TrainingRows, batches
from kspec.data.part import AnyPart, Part
from kspec.data.stream_order import StreamedRows, raise_fault, streamed_batches
from kspec.engine.feeding import feed_of
from kspec.engine.prediction import predict_outputs
from kspec.spec.spec import Spec

Array = npt.NDArray[Any]


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


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model says of the rows of a part, beside what is true.

    Args:
        outputs: Raw outputs of shape `(rows, ...)` by output.
        targets: Targets of shape `(rows, ...)` by output that has some.
        weights: Weight of every row by output; empty if all rows weigh the same.
    """

    outputs: Mapping[str, Array]
    targets: Mapping[str, Array]
    weights: Mapping[str, Array]

    def only(self, names: Collection[str] | None) -> Answers:
        """Return what is said of some outputs; of all if there are no names."""
        if names is None:
            return self
        kept = ({name: array for name, array in arrays.items() if name in names}
                for arrays in (self.outputs, self.targets, self.weights))  # fmt: skip
        return Answers(*kept)


def answers(
    part: AnyPart, model: keras.Model, spec: Spec, size: int, names: Collection[str] | None = None
) -> Answers:  # fmt: skip
    """Return what a model says of all rows of a part, in their order.

    Args:
        part: The rows.
        model: The model.
        spec: Its spec.
        size: Rows of a step.
        names: Outputs that are wanted; all if left out.
    """
    found = [item.only(names) for item in _answers(part, model, spec, size)]

    def joined(arrays: list[Mapping[str, Array]]) -> dict[str, Array]:
        return {name: np.concatenate([item[name] for item in arrays]) for name in arrays[0]}

    return Answers(
        joined([item.outputs for item in found]),
        joined([item.targets for item in found]),
        joined([item.weights for item in found]),
    )


def _answers(part: AnyPart, model: keras.Model, spec: Spec, size: int) -> Iterator[Answers]:
    for piece in part.pieces():
        x = piece.inputs if spec.graph.several_inputs else next(iter(piece.inputs.values()))
        outputs = predict_outputs(model, x, list(spec.graph.outputs), size)
        yield Answers(outputs, piece.y, piece.weights)

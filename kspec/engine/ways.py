"""The two ways of training: a loop of steps inside one graph, and Keras' own `fit`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import keras

from kspec.data.order import TrainingRows
from kspec.data.part import Part
from kspec.data.prepare import Prepared
from kspec.data.stream_order import StreamedRows
from kspec.engine.batching import Batches, training_rows
from kspec.engine.feeding import feed_of
from kspec.engine.loop import Training
from kspec.engine.steps import LoopedRows, Steps
from kspec.spec.sections import Fit
from kspec.spec.spec import Spec

Rows = LoopedRows | TrainingRows | StreamedRows


class Way(Protocol):
    """A way of training."""

    @property
    def rows(self) -> Rows:
        """The training rows."""

    def fit(self, epochs: int, callbacks: Sequence[keras.callbacks.Callback], *, first: int) -> None:
        """Train from epoch `first`, counted from 0, until `epochs` are done."""

    @property
    def notice(self) -> str:
        """What must be said once it is over; empty otherwise."""

    def check(self) -> None:
        """Raise what went wrong while rows were read, if anything did."""


@dataclass(frozen=True, slots=True)
class Looped:
    """Steps in one graph over rows in memory."""

    rows: LoopedRows
    training: Training

    @classmethod
    def of(cls, spec: Spec, model: keras.Model, data: Prepared, seed: int, *, compiled: bool) -> Self:
        """Return this way for a spec's model and data.

        Args:
            spec: The spec.
            model: Its model.
            data: Its data, the rows to train on and to validate with in memory.
            seed: Seed of the order of rows.
            compiled: Whether XLA compiles the training steps. Validation is left to TensorFlow, so that it gives what
                `evaluate` gives.
        """
        fit = spec.fit
        steps = Steps(
            model, model.train_step, _feed(data.train, model, spec), batch_size=fit.batch_size,
            steps=fit.steps_per_epoch, compiled=compiled,
        )  # fmt: skip
        validation = None
        if data.validation is not None:
            validation = Steps(
                model, model.test_step, _feed(data.validation, model, spec), batch_size=_validation_size(fit),
                steps=fit.validation_steps,
            )  # fmt: skip
        return cls(
            LoopedRows(steps, seed=seed, shuffle=fit.shuffle), Training(model, steps, validation, fit.validation_freq)
        )

    def fit(self, epochs: int, callbacks: Sequence[keras.callbacks.Callback], *, first: int) -> None:
        """Train from epoch `first`, counted from 0, until `epochs` are done."""
        self.training.fit(epochs, callbacks, first=first)

    @property
    def notice(self) -> str:
        """What must be said once it is over: that XLA could not compile the steps."""
        why = self.training.steps.not_compiled
        return f"XLA could not compile the steps, and TensorFlow took them: {why}" if why else ""

    def check(self) -> None:
        """Raise nothing: the rows are in memory."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Keras' own `fit`."""

    rows: TrainingRows | StreamedRows
    model: keras.Model
    validation: Batches | None
    validation_freq: int | Sequence[int]

    @classmethod
    def of(cls, spec: Spec, model: keras.Model, data: Prepared, seed: int) -> Self:
        """Return this way for a spec's model and data."""
        fit = spec.fit
        validation = None
        if data.validation is not None:
            validation = Batches.of(data.validation, model, spec, _validation_size(fit), steps=fit.validation_steps)
        return cls(training_rows(spec, model, data.train, seed), model, validation, fit.validation_freq)

    def fit(self, epochs: int, callbacks: Sequence[keras.callbacks.Callback], *, first: int) -> None:
        """Train from epoch `first`, counted from 0, until `epochs` are done."""
        self.model.fit(
            self.rows.dataset, epochs=epochs, initial_epoch=first, callbacks=list(callbacks),
            validation_data=self.validation.dataset if self.validation else None,
            validation_freq=self.validation_freq, verbose=0, shuffle=False,
        )  # fmt: skip

    @property
    def notice(self) -> str:
        """What must be said once it is over: nothing."""
        return ""

    def check(self) -> None:
        """Raise what went wrong while rows were read, if anything did."""
        self.rows.check()
        if self.validation is not None:
            self.validation.check()


def _validation_size(fit: Fit) -> int:
    return fit.validation_batch_size or fit.batch_size


def _feed(part: object, model: keras.Model, spec: Spec) -> tuple[object, ...]:
    if not isinstance(part, Part):
        raise TypeError("only rows in memory can be taken by steps in one graph")
    return feed_of(part, model, spec)

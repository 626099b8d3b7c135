"""The two ways of training: a loop of steps inside one graph, and Keras' own `fit`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Protocol, Self

import keras

from kspec.data.order import TrainingRows
from kspec.data.part import AnyPart, Part
from kspec.data.prepare import Prepared
from kspec.data.stream_order import FeedOf, StreamedRows
from kspec.engine.batching import Batches, training_rows
from kspec.engine.feeding import feed_of
from kspec.engine.stepping.entering import entering
from kspec.engine.stepping.fused import fused
from kspec.engine.stepping.loop import AnySteps, Training
from kspec.engine.stepping.paths import TrainingPath
from kspec.engine.stepping.shared_steps import SharedRows, SharedSteps
from kspec.engine.stepping.steps import LoopedRows, Steps
from kspec.engine.stepping.stream_epochs import StreamedEpochs
from kspec.engine.stepping.stream_steps import StreamedSteps
from kspec.spec.sections import Fit
from kspec.spec.spec import Spec

Rows = LoopedRows | StreamedEpochs | SharedRows | TrainingRows | StreamedRows


class Way(Protocol):
    """A way of training."""

    @property
    def rows(self) -> Rows:
        """The training rows."""

    def fit(self, epochs: int, callbacks: Sequence[keras.callbacks.Callback], *, first: int, step: int = 0) -> None:
        """Train from step `step` of epoch `first`, both counted from 0, until `epochs` are done."""

    @property
    def notice(self) -> str:
        """What must be said once it is over; empty otherwise."""

    @property
    def waited(self) -> float | None:
        """Seconds in which training steps waited for their rows; None where nobody knows."""

    def check(self) -> None:
        """Raise what went wrong while rows were read, if anything did."""

    def close(self) -> None:
        """Read no more rows."""


@dataclass(frozen=True, slots=True)
class Looped:
    """Steps in one graph, over rows in memory, over windows of rows that are read meanwhile, or over batches that
    devices share."""

    rows: LoopedRows | StreamedEpochs | SharedRows
    training: Training
    fused: bool = False

    @classmethod
    def of(cls, spec: Spec, model: keras.Model, data: Prepared, seed: int, path: TrainingPath) -> Self:
        """Return this way for a spec's model and data.

        Args:
            spec: The spec.
            model: Its model.
            data: Its data.
            seed: Seed of the order of rows.
            path: How it is trained. Validation is not compiled by XLA, so that it gives what `evaluate` gives.
        """
        rows, validation = _training(spec, model, data.train, seed, path), None
        if data.validation is not None:
            validation = _validation(spec, model, data.validation, path)
        return cls(rows, Training(model, rows.by_steps, validation, spec.fit.validation_freq), path.fused)

    def fit(self, epochs: int, callbacks: Sequence[keras.callbacks.Callback], *, first: int, step: int = 0) -> None:
        """Train from step `step` of epoch `first`, both counted from 0, until `epochs` are done."""
        with fused(self.training.model.optimizer) if self.fused else nullcontext():
            self.training.fit(epochs, callbacks, first=first, step=step)

    def close(self) -> None:
        """Read no more rows."""
        for steps in (self.rows, self.training.validation):
            if isinstance(steps, StreamedEpochs | SharedRows | StreamedSteps | SharedSteps):
                steps.close()

    @property
    def notice(self) -> str:
        """What must be said once it is over: that XLA could not compile the steps."""
        why = self.training.steps.not_compiled
        return f"XLA could not compile the steps, and TensorFlow took them: {why}" if why else ""

    @property
    def waited(self) -> float | None:
        """Seconds in which training steps waited for their rows; None where devices share batches."""
        if isinstance(self.rows, SharedRows):
            return None
        return self.rows.by_steps.waited if isinstance(self.rows, StreamedEpochs) else 0.0

    def check(self) -> None:
        """Raise what went wrong while rows were read, if a step that lacks rows has not raised it itself."""
        self.rows.check()
        if isinstance(self.training.validation, SharedSteps):
            self.training.validation.check()


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

    def fit(self, epochs: int, callbacks: Sequence[keras.callbacks.Callback], *, first: int, step: int = 0) -> None:
        """Train from step `step` of epoch `first`, both counted from 0, until `epochs` are done."""
        with entering(step):
            self.model.fit(
                self.rows.dataset, epochs=epochs, initial_epoch=first, callbacks=list(callbacks),
                validation_data=self.validation.dataset if self.validation else None,
                validation_freq=self.validation_freq, verbose=0, shuffle=False,
            )  # fmt: skip

    @property
    def notice(self) -> str:
        """What must be said once it is over: nothing."""
        return ""

    @property
    def waited(self) -> None:
        """Seconds in which training steps waited for their rows, which Keras' own `fit` does not tell."""
        return None

    def check(self) -> None:
        """Raise what went wrong while rows were read, if anything did."""
        self.rows.check()
        if self.validation is not None:
            self.validation.check()

    def close(self) -> None:
        """Do nothing: Keras' own `fit` has ended its pipelines."""


def way_of(spec: Spec, model: keras.Model, data: Prepared, seed: int, path: TrainingPath) -> Looped | Fitted:
    """Return the way that a training goes.

    Args:
        spec: The spec.
        model: Its model.
        data: Its data.
        seed: Seed of the order of rows.
        path: Which way it is.
    """
    return Looped.of(spec, model, data, seed, path) if path.kind == "loop" else Fitted.of(spec, model, data, seed)


def _training(
    spec: Spec, model: keras.Model, part: AnyPart, seed: int, path: TrainingPath
) -> LoopedRows | StreamedEpochs | SharedRows:
    if path.shared:
        return SharedRows(training_rows(spec, model, part, seed), model, compiled=path.compiled)
    fit = spec.fit
    how: dict[str, Any] = {
        "batch_size": fit.batch_size, "steps": fit.steps_per_epoch, "compiled": path.compiled,
    }  # fmt: skip
    if isinstance(part, Part):
        steps = Steps(model, model.train_step, feed_of(part, model, spec), **how)
        return LoopedRows(steps, seed=seed, shuffle=fit.shuffle)
    streamed = StreamedSteps(model, model.train_step, part, _feeder(model, spec), **how)
    return StreamedEpochs(streamed, part, seed=seed, shuffle=fit.shuffle, epochs=fit.epochs)


def _validation(spec: Spec, model: keras.Model, part: AnyPart, path: TrainingPath) -> AnySteps:
    size, steps = _validation_size(spec.fit), spec.fit.validation_steps
    if path.shared:
        return SharedSteps(model, model.test_step, Batches.of(part, model, spec, size, steps=steps))
    if isinstance(part, Part):
        return Steps(model, model.test_step, feed_of(part, model, spec), batch_size=size, steps=steps)
    feeder = _feeder(model, spec)
    return StreamedSteps(model, model.test_step, part, feeder, batch_size=size, steps=steps, anew=True)


def _validation_size(fit: Fit) -> int:
    return fit.validation_batch_size or fit.batch_size


def _feeder(model: keras.Model, spec: Spec) -> FeedOf:
    return lambda piece: feed_of(piece, model, spec)

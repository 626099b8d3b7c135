"""The two ways of training: a loop of steps inside one graph, and Keras' own `fit`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Protocol, Self

import keras

from kspec.data.order import TrainingRows
from kspec.data.part import Part
from kspec.data.prepare import Prepared
from kspec.data.stream_order import FeedOf, StreamedRows
from kspec.engine.batching import Batches, training_rows
from kspec.engine.entering import entering
from kspec.engine.feeding import feed_of
from kspec.engine.fused import fused
from kspec.engine.loop import Training
from kspec.engine.paths import TrainingPath
from kspec.engine.steps import LoopedRows, Steps
from kspec.engine.stream_epochs import StreamedEpochs
from kspec.engine.stream_steps import StreamedSteps
from kspec.spec.sections import Fit
from kspec.spec.spec import Spec

Rows = LoopedRows | StreamedEpochs | TrainingRows | StreamedRows


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
    """Steps in one graph, over rows in memory or over windows of rows that are read meanwhile."""

    rows: LoopedRows | StreamedEpochs
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
        fit = spec.fit
        rows: LoopedRows | StreamedEpochs
        size: dict[str, Any] = {"batch_size": fit.batch_size, "steps": fit.steps_per_epoch}
        if isinstance(data.train, Part):
            steps = Steps(model, model.train_step, feed_of(data.train, model, spec), compiled=path.compiled, **size)
            rows = LoopedRows(steps, seed=seed, shuffle=fit.shuffle)
        else:
            streamed = StreamedSteps(
                model, model.train_step, data.train, _feeder(model, spec), compiled=path.compiled, **size
            )  # fmt: skip
            rows = StreamedEpochs(streamed, data.train, seed=seed, shuffle=fit.shuffle, epochs=fit.epochs)
        validation: Steps | StreamedSteps | None = None
        size = {"batch_size": _validation_size(fit), "steps": fit.validation_steps}
        if isinstance(data.validation, Part):
            validation = Steps(model, model.test_step, feed_of(data.validation, model, spec), **size)
        elif data.validation is not None:
            validation = StreamedSteps(
                model, model.test_step, data.validation, _feeder(model, spec), anew=True, **size
            )  # fmt: skip
        return cls(rows, Training(model, rows.by_steps, validation, fit.validation_freq), path.fused)

    def fit(self, epochs: int, callbacks: Sequence[keras.callbacks.Callback], *, first: int, step: int = 0) -> None:
        """Train from step `step` of epoch `first`, both counted from 0, until `epochs` are done."""
        with fused(self.training.model.optimizer) if self.fused else nullcontext():
            self.training.fit(epochs, callbacks, first=first, step=step)

    def close(self) -> None:
        """Read no more rows."""
        if isinstance(self.rows, StreamedEpochs):
            self.rows.close()
        if isinstance(self.training.validation, StreamedSteps):
            self.training.validation.close()

    @property
    def notice(self) -> str:
        """What must be said once it is over: that XLA could not compile the steps."""
        why = self.training.steps.not_compiled
        return f"XLA could not compile the steps, and TensorFlow took them: {why}" if why else ""

    @property
    def waited(self) -> float:
        """Seconds in which training steps waited for their rows."""
        return self.rows.by_steps.waited if isinstance(self.rows, StreamedEpochs) else 0.0

    def check(self) -> None:
        """Raise nothing: a step that lacks rows has raised why."""


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


def _validation_size(fit: Fit) -> int:
    return fit.validation_batch_size or fit.batch_size


def _feeder(model: keras.Model, spec: Spec) -> FeedOf:
    return lambda piece: feed_of(piece, model, spec)

"""Training by steps inside one graph: the events of `keras.Model.fit`, with many steps between two looks at them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras

from kspec.engine.stepping.shared_steps import SharedSteps
from kspec.engine.stepping.steps import Logs, Steps
from kspec.engine.stepping.stream_steps import StreamedSteps

AnySteps = Steps | StreamedSteps | SharedSteps

_LOOK_SECONDS = 0.2
"""How long steps are taken before callbacks, the display and a request to stop have their turn."""

_FIRST = 8
"""Steps of the first call whose time is measured."""

_FASTER = 4
"""How many times longer one call may be than the one before."""


@dataclass(slots=True)
class Pace:
    """How many steps to take in one call: as many as take the time between two looks.

    Args:
        steps: Steps of the next call.
        fixed: Whether it stays so, because a callback wants to see every step.
    """

    steps: int = 1
    fixed: bool = False
    _begun: bool = False

    def note(self, steps: int, seconds: float) -> None:
        """Take note of how long a call took; the first one traces the graph, and says nothing."""
        if self.fixed:
            return
        if not self._begun:
            self._begun, self.steps = True, _FIRST
            return
        wanted = int(steps * _LOOK_SECONDS / max(seconds, 1e-6))
        self.steps = max(1, min(wanted, _FASTER * max(steps, self.steps)))


@dataclass(frozen=True, slots=True)
class Training:
    """A model in training.

    Args:
        model: The model, compiled.
        steps: Its steps over the training rows.
        validation: Its steps over the validation rows, or None.
        validation_freq: Epochs after which it is validated, or the epochs, counted from 1.
    """

    model: keras.Model
    steps: AnySteps
    validation: AnySteps | None
    validation_freq: int | Sequence[int]

    def fit(self, epochs: int, callbacks: Sequence[keras.callbacks.Callback], *, first: int = 0, step: int = 0) -> None:
        """Train, and call callbacks as `keras.Model.fit` does.

        Args:
            epochs: Number of the last epoch.
            callbacks: The callbacks.
            first: Epochs that were trained before.
            step: Steps of the next one that were taken before.
        """
        model = self.model
        told = keras.callbacks.CallbackList(
            list(callbacks),
            add_history=True,
            add_progbar=False,
            verbose=0,
            epochs=epochs,
            steps=self.steps.count,
            model=model,
        )
        pace = Pace(fixed=wants_every_step(callbacks, "train"))
        judging = Pace(fixed=wants_every_step(callbacks, "test"))
        model.stop_training = False
        told.on_train_begin()
        logs: dict[str, Any] | None = None
        for epoch in range(first, epochs):
            model.reset_metrics()
            told.on_epoch_begin(epoch)
            self._train(told, pace, step if epoch == first else 0)
            logs = dict(model.get_metrics_result())
            if self.validation is not None and self._validates(epoch):
                found = judge(model, self.validation, told, judging)
                logs |= {f"val_{name}": value for name, value in found.items()}
            told.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
        if epochs > 0:
            model.optimizer.finalize_variable_values(model.trainable_weights)
        told.on_train_end(logs)

    def _train(self, told: keras.callbacks.CallbackList, pace: Pace, start: int) -> None:
        while start < self.steps.count and not self.model.stop_training:
            stop = min(start + pace.steps, self.steps.count)
            told.on_train_batch_begin(start)
            logs = _timed(self.steps, start, stop, pace)
            told.on_train_batch_end(stop - 1, logs)
            start = stop

    def _validates(self, epoch: int) -> bool:
        freq = self.validation_freq
        return (epoch + 1) % freq == 0 if isinstance(freq, int) else epoch + 1 in freq


def judge(model: keras.Model, steps: AnySteps, told: keras.callbacks.CallbackList, pace: Pace) -> dict[str, Any]:
    """Return the loss and the metrics of a model over some rows, and call callbacks as `keras.Model.evaluate` does."""
    model.stop_evaluating = False
    told.on_test_begin()
    model.reset_metrics()
    start = 0
    while start < steps.count and not model.stop_evaluating:
        stop = min(start + pace.steps, steps.count)
        told.on_test_batch_begin(start)
        logs = _timed(steps, start, stop, pace)
        told.on_test_batch_end(stop - 1, logs)
        start = stop
    found = {name: keras.ops.convert_to_numpy(value) for name, value in model.get_metrics_result().items()}
    told.on_test_end(found)
    return found


def wants_every_step(callbacks: Sequence[keras.callbacks.Callback], kind: Literal["train", "test"]) -> bool:
    """Say whether a callback is to be called at every step, and not only now and then."""
    return any(_sees_steps(callback, kind) for callback in callbacks)


def _sees_steps(callback: keras.callbacks.Callback, kind: str) -> bool:
    if getattr(callback, "looks_now_and_then", False):
        return False
    if kind == "train" and isinstance(callback, keras.callbacks.ModelCheckpoint | keras.callbacks.BackupAndRestore):
        return bool(callback.save_freq != "epoch")
    if isinstance(callback, keras.callbacks.TensorBoard):  # at other times it only counts steps
        return bool(callback.update_freq != "epoch" or callback.write_steps_per_second or callback._should_trace)
    names = [f"on_{kind}_batch_begin", f"on_{kind}_batch_end"]
    names += ["on_batch_begin", "on_batch_end"] if kind == "train" else []
    return not all(getattr(getattr(callback, name), "_is_default", False) for name in names)


def _timed(steps: AnySteps, start: int, stop: int, pace: Pace) -> Logs:
    """Take some steps, wait for them, and note how long they took."""
    began = time.perf_counter()
    logs = {name: keras.ops.convert_to_numpy(value) for name, value in steps.take(start, stop).items()}
    pace.note(stop - start, time.perf_counter() - began)
    return logs

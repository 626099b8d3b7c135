"""Those that train the same rows beside each other: kspec, and Keras' own `fit` on arrays."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from kspec.data.order import permutation
from kspec.engine.carried import carried_states
from kspec.engine.keeping.recorder import RowOrder
from kspec.engine.stepping.ways import Fitted, Looped
from kspec.spec.sections import Fit

_SECONDS = 1.0
"""How long steps are tried to see how long one takes."""


class Contender(Protocol):
    """A model that is trained an epoch at a time."""

    @property
    def model(self) -> keras.Model:
        """The model."""

    def train(self, epoch: int, callback: keras.callbacks.Callback) -> None:
        """Train one epoch, counted from 0."""


@dataclass(frozen=True, slots=True)
class Ours:
    """A model trained as `kspec train` does, without callbacks and run folder."""

    model: keras.Model
    way: Looped | Fitted

    def train(self, epoch: int, callback: keras.callbacks.Callback) -> None:
        """Train one epoch, counted from 0."""
        # The clock runs before the rows are put into order, which is a part of kspec's epoch.
        self.way.fit(epoch + 1, [callback, RowOrder(self.way.rows)], first=epoch)

    def shortened(self, steps: int) -> Ours:
        """Return the same with epochs of so many steps and without validation."""
        if isinstance(self.way, Looped):
            self.way.rows.shorten(steps)
            training = replace(self.way.training, validation=None)
            return replace(self, way=replace(self.way, training=training))
        rows = self.way.rows
        rows.steps, rows.dataset = steps, rows.dataset.take(steps)
        return replace(self, way=replace(self.way, validation=None))


@dataclass(frozen=True, slots=True)
class Keras:
    """A model trained by `keras.Model.fit` on arrays.

    It is handed the rows in the order in which kspec takes them, so that both make the same updates. Putting them into
    that order is not timed, and `fit` is spared its own.

    Args:
        model: The model.
        feed: What it takes: `(x, y)` or `(x, y, weights)`, each an array or a dict of arrays, or
            what is kept in place of one.
        fit: The `fit` section of the spec.
        seed: Seed of the order.
        steps: Steps of an epoch.
    """

    model: keras.Model
    feed: tuple[Any, ...]
    fit: Fit
    seed: int
    steps: int

    def train(self, epoch: int, callback: keras.callbacks.Callback) -> None:
        """Train one epoch, counted from 0."""
        rows = len(tf.nest.flatten(self.feed)[0])
        order = permutation(self.seed, epoch, rows) if self.fit.shuffle else np.arange(rows)
        order = order[: self.steps * self.fit.batch_size]
        x, y, *weights = tf.nest.map_structure(lambda rows: np.asarray(rows[order]), self.feed)
        self.model.fit(
            x, y, sample_weight=weights[0] if weights else None, batch_size=self.fit.batch_size, epochs=epoch + 1,
            initial_epoch=epoch, shuffle=False, verbose=0, callbacks=[callback],
        )  # fmt: skip


class Clock(keras.callbacks.Callback):
    """Times an epoch.

    Attributes:
        training: Seconds of training.
        validation: Seconds of validation; 0 without.
        loss: Loss of the epoch.
    """

    looks_now_and_then = True

    def __init__(self) -> None:
        super().__init__()
        self.training = self.validation = 0.0
        self.loss = float("nan")
        self._began = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start."""
        self._began = time.perf_counter()

    def on_test_begin(self, logs: Any = None) -> None:
        """Note that training is done."""
        self.training = time.perf_counter() - self._began

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Stop."""
        seconds = time.perf_counter() - self._began
        self.loss = float((logs or {}).get("loss", "nan"))
        if self.training:
            self.validation = seconds - self.training
        else:
            self.training = seconds


def timed(contender: Contender, epoch: int) -> Clock:
    """Train one epoch, counted from 0, and return how long it took."""
    clock = Clock()
    contender.train(epoch, clock)
    return clock


def tried(contender: Contender) -> tuple[float, float]:
    """Train some steps for a second, and return the seconds until the first one was done and of each one after it."""
    trial = _Trial()
    began = time.perf_counter()
    with contextlib.suppress(_EnoughError):
        contender.train(0, trial)
    return trial.first - began, trial.later


def start_alike(one: keras.Model, other: keras.Model) -> None:
    """Give a model the weights, the optimizer's state and the seeds of another one of the same spec."""
    _assign(one, _values(other))


@contextlib.contextmanager
def unchanged(model: keras.Model) -> Iterator[None]:
    """Leave a model as it was before the block."""
    kept = _values(model)
    try:
        yield
    finally:
        _assign(model, kept)


def _values(model: keras.Model) -> list[Any]:
    return [keras.ops.convert_to_numpy(variable) for variable in _variables(model)]


def _assign(model: keras.Model, values: Sequence[Any]) -> None:
    with model.distribute_strategy.scope():
        for variable, value in zip(_variables(model), values, strict=True):
            variable.assign(value)


def _variables(model: keras.Model) -> Sequence[Any]:
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return [*model.variables, *carried_states(model), *model.optimizer.variables]


class _EnoughError(Exception):
    """Enough steps were tried."""


class _Trial(keras.callbacks.Callback):
    """Notes when the first steps were done, and ends the training after a second, or when the epoch ends."""

    looks_now_and_then = True

    def __init__(self) -> None:
        super().__init__()
        self.first = self.later = 0.0
        self._before = 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the time."""
        now = time.perf_counter()
        if not self.first:
            self.first, self._before = now, batch
            return
        self.later = (now - self.first) / (batch - self._before)
        if now - self.first > _SECONDS:
            raise _EnoughError

    def on_test_begin(self, logs: Any = None) -> None:
        """End before validation."""
        raise _EnoughError

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """End."""
        raise _EnoughError

"""Callbacks of kspec's own: the order of rows, the history, the best model, the checkpoint."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from kspec.data import saved_models
from kspec.engine.checkpoint import State, restore_callbacks, save_state
from kspec.runs import atomic
from kspec.runs.events import BatchEnded, EpochEnded, EpochStarted, Observer, ValidationStarted
from kspec.runs.folder import RunFolder
from kspec.runs.history import EPOCH, LEARNING_RATE, SECONDS, History

if TYPE_CHECKING:
    from kspec.engine.ways import Rows


class RowOrder(keras.callbacks.Callback):
    """Puts the rows into the order of each epoch. Stands first, so that it also sees the learning rate of the epoch
    before other callbacks change it."""

    looks_now_and_then = True

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self.rows = rows
        self.learning_rate: float | None = None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Order the rows."""
        self.rows.begin(epoch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note the learning rate."""
        self.learning_rate = learning_rate(self.model)


class Recorder(keras.callbacks.Callback):
    """Keeps what happens: history, best model, checkpoint; and says it to an observer.

    Args:
        folder: The run folder.
        history: Epochs that were trained before; new ones are added to it.
        order: The callback that orders the rows.
        monitor: Metric by which the best model is chosen.
        observe: Is told of every event.
        kept: The callbacks of the spec, whose state goes into the checkpoint.
        state: Where training goes on, or None.
        stop: Says whether training is to stop; it is asked at every step.
        on_epoch: Is called after every epoch with its number, counted from 1.
    """

    looks_now_and_then = True

    def __init__(
        self, *, folder: RunFolder, history: History, order: RowOrder, monitor: str, observe: Observer,
        kept: Sequence[keras.callbacks.Callback], state: State | None, stop: Callable[[], bool],
        on_epoch: Callable[[int], None],
    ) -> None:  # fmt: skip
        super().__init__()
        self.folder = folder
        self.history = history
        self.order = order
        self.monitor = monitor
        self.observe = observe
        self.kept = kept
        self.state = state
        self.stop = stop
        self.on_epoch = on_epoch
        self.epoch = 0
        self.saved = state.epoch if state else 0
        self._began = self._trained = 0.0

    def on_train_begin(self, logs: Any = None) -> None:
        """Give the callbacks of the spec, which stand before this one, their state back."""
        if self.state is not None:
            restore_callbacks(self.state, self.kept)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock of the epoch."""
        self.epoch = epoch + 1
        self._began, self._trained = time.perf_counter(), 0.0
        self.observe(EpochStarted(self.epoch, self.order.rows.steps, learning_rate(self.model)))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Tell of a step."""
        rows = self.order.rows
        done = min((batch + 1) * rows.batch_size, rows.rows_per_epoch)
        self.observe(BatchEnded(self.epoch, batch + 1, rows.steps, done, _numbers(logs)))
        self._obey()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Ask whether to stop."""
        self._obey()

    def on_test_begin(self, logs: Any = None) -> None:
        """Stop the clock of training proper."""
        self._trained = time.perf_counter() - self._began
        self.observe(ValidationStarted(self.epoch))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write the epoch down."""
        seconds = time.perf_counter() - self._began
        numbers = _numbers(logs)
        numbers.pop(LEARNING_RATE, None)
        rate = self.order.learning_rate
        row: dict[str, float] = {EPOCH: self.epoch, **numbers}
        row |= {} if rate is None else {LEARNING_RATE: rate}
        self.history.rows.append({**row, SECONDS: round(seconds, 4)})
        write_history(self.folder, self.history)
        best = self.history.best(self.monitor)
        if best and best.epoch == self.epoch:
            with self._as_validated():
                save_model(self.model, self.folder.best_model)
        save_state(self.folder.checkpoint, self.model, self.kept, self.epoch)
        self.saved = self.epoch
        self.on_epoch(self.epoch)
        speed = self.order.rows.rows_per_epoch / max(self._trained or seconds, 1e-9)
        self.observe(EpochEnded(self.epoch, numbers, rate, seconds, speed))
        self._obey()

    def _obey(self) -> None:
        """End training where a request to stop has come: here no native code is at work and no file is half written."""
        if self.stop():
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def _as_validated(self) -> Iterator[None]:
        """Give the model the weights that it was validated with: averaged ones, where a callback swaps them in.

        The callback's own swap adds and subtracts, which would change the last bits of the weights.
        """
        swaps = any(isinstance(item, keras.callbacks.SwapEMAWeights) and not item.swap_on_epoch for item in self.kept)
        optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
        pairs = (
            list(zip(optimizer._trainable_variables, optimizer._model_variables_moving_average, strict=True))
            if swaps
            else []
        )
        raw = [keras.ops.convert_to_numpy(variable) for variable, _ in pairs]
        for variable, average in pairs:
            variable.assign(average)
        try:
            yield
        finally:
            for (variable, _), value in zip(pairs, raw, strict=True):
                variable.assign(value)


def write_history(folder: RunFolder, history: History) -> None:
    """Write history.csv, whole or not at all."""
    atomic.write_text(folder.history, history.to_csv())


def learning_rate(model: keras.Model) -> float | None:
    """Return the rate that the optimizer uses now, as the shortest number that is the same in float32."""
    rate = getattr(model.optimizer, "learning_rate", None)
    return None if rate is None else float(str(np.float32(keras.ops.convert_to_numpy(rate))))


def save_model(model: keras.Model, path: Any) -> None:
    """Write a whole model, whole or not at all."""
    with atomic.replacing(path) as unfinished:
        saved_models.save_model(model, unfinished)


def _numbers(logs: Any) -> dict[str, float]:
    """Return logs as numbers; a metric with several values gives one for each."""
    numbers: dict[str, float] = {}
    for name, value in (logs or {}).items():
        flat = keras.ops.convert_to_numpy(value).ravel()
        if flat.size == 1:
            numbers[name] = float(flat[0])
        else:
            numbers |= {f"{name}_{index}": float(item) for index, item in enumerate(flat)}
    return numbers


def is_finite(history: History) -> bool:
    """Say whether the last epoch's loss is a number."""
    return not history.rows or math.isfinite(history.rows[-1].get("loss", 0.0))

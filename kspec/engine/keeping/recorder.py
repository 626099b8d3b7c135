"""Callbacks of kspec's own: the order of rows, and what is kept and told of a training."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from kspec.data.order import TrainingRows
from kspec.data.stream_order import StreamedRows
from kspec.engine.keeping.checkpoint import State, restore_callbacks, restore_model
from kspec.engine.keeping.keeper import Keeper
from kspec.runs.events import BatchEnded, EpochEnded, EpochStarted, Observer, ValidationStarted
from kspec.runs.history import EPOCH, LEARNING_RATE, SECONDS, History

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kspec.engine.stepping.ways import Rows


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
    """Adds to the history, has the state kept, says what happens to an observer, and obeys requests to stop.

    Args:
        keeper: Keeps states.
        history: Epochs that were trained before; new ones are added to it.
        order: The callback that orders the rows.
        observe: Is told of every event.
        kept: The callbacks of the spec, which stand before this one.
        state: Where training goes on, or None.
        stop: Says whether training is to stop; it is asked at every step.
        on_epoch: Is called after every epoch with its number, counted from 1.
    """

    looks_now_and_then = True

    def __init__(
        self, *, keeper: Keeper, history: History, order: RowOrder, observe: Observer,
        kept: Sequence[keras.callbacks.Callback], state: State | None, stop: Callable[[], bool],
        on_epoch: Callable[[int], None],
    ) -> None:  # fmt: skip
        super().__init__()
        self.keeper = keeper
        self.history = history
        self.order = order
        self.observe = observe
        self.kept = kept
        self.state = state
        self.stop = stop
        self.on_epoch = on_epoch
        self.epoch = 0
        self._began = self._trained = 0.0

    def on_train_begin(self, logs: Any = None) -> None:
        """Undo what beginning has done to the model, to random numbers and to the callbacks, if training goes on."""
        if self.state is not None:
            self._restore(self.state)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock of the epoch; in the middle of one, undo what beginning it has done."""
        self.epoch = epoch + 1
        self._began, self._trained = time.perf_counter(), 0.0
        if self.state is not None and self.state.step and self.state.epoch == epoch:
            self._restore(self.state)
            self._began -= self.state.seconds
        self.observe(EpochStarted(self.epoch, self.order.rows.steps, learning_rate(self.model)))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Tell of a step, and keep where training stands if it is time, or if it is to stop."""
        rows = self.order.rows
        step = batch + 1
        done = min(step * rows.batch_size, rows.rows_per_epoch)
        numbers = _numbers(logs)
        self.keeper.check_loss(numbers.get("loss", 0.0), self.epoch, step)
        self.observe(BatchEnded(self.epoch, step, rows.steps, done, numbers))
        # `fit` cannot go on with an epoch without steps, and no way with one that a callback has cut short.
        open_ended = step < rows.steps or not isinstance(rows, TrainingRows | StreamedRows)
        if open_ended and not self.model.stop_training and (self.stop() or self.keeper.due):
            self.keeper.keep_step(self.epoch - 1, step, time.perf_counter() - self._began)
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
        self.keeper.check_loss(numbers.get("loss", 0.0), self.epoch)
        last = self.model.stop_training or self.epoch >= self.params["epochs"] or self.stop()
        self.keeper.keep_epoch(self.epoch, self.on_epoch, last=last)
        speed = self.order.rows.rows_per_epoch / max(self._trained or seconds, 1e-9)
        self.observe(EpochEnded(self.epoch, numbers, rate, seconds, speed))
        self._obey()

    def _restore(self, state: State) -> None:
        with self.model.distribute_strategy.scope():
            restore_model(state, self.model)
        restore_callbacks(state, self.kept)

    def _obey(self) -> None:
        """End training where a request to stop has come: here no native code is at work and no file is half written."""
        if self.stop():
            raise KeyboardInterrupt


def learning_rate(model: keras.Model) -> float | None:
    """Return the rate that the optimizer uses now, as the shortest number that is the same in float32."""
    rate = getattr(model.optimizer, "learning_rate", None)
    return None if rate is None else float(str(np.float32(keras.ops.convert_to_numpy(rate))))


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

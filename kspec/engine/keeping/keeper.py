"""Keeping the states of a training: after every epoch, and every few minutes within long ones."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kspec.data import saved_models
from kspec.engine.keeping.best_models import BestModels
from kspec.engine.keeping.checkpoint import Array, Moment, State, first_broken, never_finite, taken
from kspec.engine.keeping.remembering import forgets_steps
from kspec.runs import atomic, states
from kspec.runs.folder import RunFolder
from kspec.runs.history import History
from kspec.runs.states import BestModel

_MINUTE = 60.0
_BESIDE = 50_000_000
"""Bytes of a state from which on it is written beside the training: a tenth of a second, or more."""


_SHARE = 0.01
"""Share of the time that keeping states may take where epochs are short."""


class NotFinite(Exception):  # noqa: N818 - it is no error of the program
    """A loss or a variable is not finite any more; says which, and when."""


class Keeper:
    """Keeps where a training stands in its run folder.

    What a state decides is written after it: were the process killed between the two, the state would tell it again.
    A large state is copied, and written while training goes on; the next one waits for it. Where epochs are short, not
    every state is written: it is copied, and written only if training ends before the next one.

    Attributes:
        epochs: Epochs that the newest state has finished.

    Args:
        folder: The run folder.
        model: The model in training.
        callbacks: The callbacks of the spec, whose state is kept, too.
        history: The epochs so far; new ones are added to it by whoever trains.
        monitor: Metric by which the best model is chosen.
        state: Where training goes on, or None.
        every: Minutes after which a state is kept within an epoch, or None for never.
    """

    def __init__(
        self, *, folder: RunFolder, model: keras.Model, callbacks: Sequence[keras.callbacks.Callback],
        history: History, monitor: str, state: State | None, every: float | None,
    ) -> None:  # fmt: skip
        self.epochs = state.epoch if state else 0
        self._folder = folder
        self._model = model
        self._callbacks = callbacks
        self._history = history
        self._monitor = monitor
        self._best = BestModels(folder, model, callbacks, state.best if state else None)
        self._named: list[BestModel | None] = []
        self._learnt = states.learnt(folder)
        self._never_finite = never_finite(model)
        # What several devices have measured of an epoch so far is not put back alike.
        whole = model.distribute_strategy.num_replicas_in_sync == 1 and not any(map(forgets_steps, callbacks))
        self._within = whole
        self._every = every * _MINUTE if every is not None and whole else math.inf
        self._kept_at = time.monotonic()
        self._cost = 0.0
        self._waiting: Callable[[], None] | None = None
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")
        self._writing: Future[None] | None = None

    @property
    def due(self) -> bool:
        """Whether a state is to be kept within the epoch now."""
        return time.monotonic() - self._kept_at >= self._every

    def check_loss(self, loss: float, epoch: int, step: int | None = None) -> None:
        """End a training whose loss is no number: it never will be one again.

        Where losses are scaled, one that is too large is only left out.

        Args:
            loss: Mean of the epoch so far.
            epoch: The epoch, counted from 1.
            step: The step, counted from 1, or None at the end of the epoch.

        Raises:
            NotFinite: It is not finite.
        """
        if not math.isfinite(loss) and not isinstance(self._model.optimizer, keras.optimizers.LossScaleOptimizer):
            raise NotFinite(f"the loss of epoch {epoch} is not a number{f', at step {step}' if step else ''}")

    def keep_step(self, epoch: int, step: int, seconds: float) -> None:
        """Keep where training stands within an epoch, if that can be kept.

        Args:
            epoch: Finished epochs.
            step: Finished steps of the one after them.
            seconds: Time that these took.

        Raises:
            NotFinite: A variable is not finite.
        """
        if self._within:
            self.finish()
            record, arrays = self._taken(Moment(epoch, self._history.rows, step, seconds))
            self._save(record, arrays, lambda: None)

    def keep_epoch(self, epoch: int, then: Callable[[int], None], *, last: bool) -> None:
        """Keep where training stands after an epoch, which is the last one in the history, and the model if it is best.

        Args:
            epoch: The epoch, counted from 1.
            then: Is called with it once that is kept.
            last: Whether training ends here.

        Raises:
            NotFinite: A variable is not finite.
            OSError: This state, or the one before it, could not be written.
        """
        self._wait()  # or else it would take the best model that is written now for one that no state names
        record, arrays = self._taken(Moment(epoch, self._history.rows))
        self._waiting = None  # a later state takes the place of one that was not written
        began = time.monotonic()
        large = sum(array.nbytes for array in arrays.values()) >= _BESIDE
        now = last or large or began - self._kept_at >= self._cost / _SHARE
        best = self._history.best(self._monitor)
        if best is not None and best.epoch == epoch:
            self._best.note(epoch, now=now)
        history = History(list(self._history.rows), self._history.directions)

        def write() -> None:
            self._best.write()

            def after() -> None:
                self.epochs = epoch
                self._best.publish()
                atomic.write_text(self._folder.history, history.to_csv())
                then(epoch)

            self._save(record, arrays, after)

        if now:
            write()
            self._cost = time.monotonic() - began
        else:
            arrays = {name: np.array(array) for name, array in arrays.items()}
            self._waiting = write

    def finish(self) -> None:
        """Write what is to be kept, and wait until it has been written.

        Raises:
            OSError: It could not be.
        """
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            waiting()
        self._wait()

    def _wait(self) -> None:
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.result()

    def close(self) -> None:
        """Wait until nothing is being written any more, whatever has come of it."""
        self._writer.shutdown()

    def write_history(self) -> None:
        """Write history.csv, whole or not at all."""
        atomic.write_text(self._folder.history, self._history.to_csv())

    def _taken(self, moment: Moment) -> tuple[dict[str, Any], dict[str, Array]]:
        record, arrays = taken(self._model, self._callbacks, moment)
        if broken := first_broken(record, arrays, self._never_finite):
            when = (
                f"at step {moment.step} of epoch {moment.epoch + 1}" if moment.step else f"after epoch {moment.epoch}"
            )
            name = broken.removeprefix(f"{self._model.name}/")
            raise NotFinite(f"values of `{name}` are not finite {when}")
        return record, arrays

    def _save(self, record: dict[str, Any], arrays: dict[str, Array], after: Callable[[], None]) -> None:
        self._wait()
        record["learnt"] = self._learnt
        newest = self._best.newest
        record["best"] = asdict(newest) if newest else None
        # Those of the newest state and of the one before it; what was before this process began is not known.
        self._named = [*self._named[-1:], newest]
        named = {best.file for best in self._named if best} if len(self._named) == 2 else None

        def write(arrays: Mapping[str, Array]) -> None:
            states.save_state(self._folder, record, arrays)
            if named is not None:
                states.drop_best(self._folder, named)
            after()

        if sum(array.nbytes for array in arrays.values()) < _BESIDE:
            write(arrays)
        else:
            self._writing = self._writer.submit(write, {name: np.array(array) for name, array in arrays.items()})
        self._kept_at = time.monotonic()


def save_model(model: keras.Model, path: Path) -> None:
    """Write a whole model, whole or not at all."""
    with atomic.replacing(path) as unfinished:
        saved_models.save_model(model, unfinished)

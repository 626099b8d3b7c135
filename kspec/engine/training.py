"""Training: Keras' own `fit` over rows in the order of seed and epoch, everything that happens kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import keras
import tensorflow as tf

from kspec.data import saved_models
from kspec.data.prepare import Prepared
from kspec.engine.blaming import blaming
from kspec.engine.building.compiling import metric_directions
from kspec.engine.callbacks import make_callback
from kspec.engine.keeping.checkpoint import State, restore_model
from kspec.engine.keeping.keeper import Keeper, NotFinite, save_model
from kspec.engine.keeping.recorder import Recorder, RowOrder
from kspec.engine.stepping.paths import TrainingPath, choose_path
from kspec.engine.stepping.ways import way_of
from kspec.runs.events import Direction, Notice, Observer, TrainingEnded, TrainingStarted
from kspec.runs.folder import RunFolder
from kspec.runs.history import EPOCH, History, guess_direction
from kspec.runs.states import load_state
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec

Ending = Literal["done", "stopped", "interrupted", "failed"]


@dataclass(frozen=True, slots=True)
class Trained:
    """How training ended.

    Args:
        status: `done`, `stopped` early by a callback, `interrupted`, or `failed` because the loss is no number.
        history: All epochs.
        monitor: Metric by which the best model was chosen.
        reason: Why it did not reach its last epoch.
        usable: Whether the model has finite values.
        waited: Seconds in which training steps waited for their rows; None where nobody knows.
    """

    status: Ending
    history: History
    monitor: str
    reason: str = ""
    usable: bool = True
    waited: float | None = None


def train(
    spec: Spec,
    model: keras.Model,
    data: Prepared,
    folder: RunFolder,
    *,
    seed: int,
    observe: Observer,
    on_epoch: Callable[[int], None],
    stop: Callable[[], bool] = bool,
    state: State | None = None,
    history: History | None = None,
) -> Trained:
    """Train a compiled model and keep what happens in a run folder.

    Args:
        spec: The spec.
        model: Its model, built and compiled.
        data: Its data.
        folder: The run folder.
        seed: Seed of the row order.
        observe: Is told of every event.
        on_epoch: Is called after every epoch with its number, counted from 1.
        stop: Says whether to stop; it is asked at every step.
        state: Where to go on, or None to begin.
        history: Epochs that were trained before.

    Raises:
        SpecError: Training fails for a reason of the spec's.
    """
    path = choose_path(spec, model, data)
    way = way_of(spec, model, data, seed, path)
    callbacks = [
        make_callback(component, folder, state=state, number=number) for number, component in enumerate(spec.callbacks)
    ]
    if state is not None:
        with model.distribute_strategy.scope():
            restore_model(state, model)
    directions = _directions(model)
    monitor = chosen_monitor(spec, validated=data.validation is not None)
    history = History(history.rows if history else [], directions)
    order = RowOrder(way.rows)
    keeper = Keeper(
        folder=folder, model=model, callbacks=callbacks, history=history, monitor=monitor, state=state,
        every=spec.checkpoint.every,
    )  # fmt: skip
    recorder = Recorder(
        keeper=keeper, history=history, order=order, observe=observe, kept=callbacks, state=state, stop=stop,
        on_epoch=on_epoch,
    )  # fmt: skip
    first = state.epoch if state else 0
    last = first if state and state.stopped else spec.fit.epochs
    observe(
        TrainingStarted(
            folder.name, str(folder.path), spec.fit.epochs, first + 1, spec.fit.batch_size,
            {name: part.rows for name, part in data.parts.items()}, model.count_params(), directions,
            tuple(history.rows),
        )
    )  # fmt: skip
    for said in _other_bits(path):
        observe(Notice(said, "note"))
    try:
        with blaming(spec, model, data, way, callbacks):
            way.fit(last, [order, *callbacks, recorder], first=first, step=state.step if state else 0)
        keeper.finish()
    except KeyboardInterrupt:
        keeper.finish()
        # An epoch counts once its checkpoint stands; the one after it is trained again.
        history.rows = [row for row in history.rows if row[EPOCH] <= keeper.epochs]
        keeper.write_history()
        ended = Trained("interrupted", history, monitor)
    except NotFinite as broken:
        keeper.finish()
        keeper.write_history()
        return _ended_broken(folder, model, Trained("failed", history, monitor, str(broken)), observe)
    except Exception:
        with suppress(OSError, MemoryError, tf.errors.OpError):
            keeper.finish()
        raise
    else:
        if way.notice:
            observe(Notice(way.notice, "note"))
        ended = _ending(history, monitor, spec.fit.epochs, callbacks)
    finally:
        way.close()
        keeper.close()
    ended = replace(ended, waited=way.waited)
    save_model(model, folder.model)
    observe(TrainingEnded(ended.status, len(history.rows), ended.reason))
    return ended


def _other_bits(path: TrainingPath) -> Iterator[str]:
    """Yield what is done that may change the last bits of the weights, and how to have those of Keras' own `fit`."""
    if path.compiled:
        yield "XLA compiles the steps; `compile: {jit_compile: false}` gives the last bits of Keras' own"
    if path.fused:
        yield "each step of Adam is one operation; `compile: {jit_compile: false}` gives the last bits of Keras' own"


def _ended_broken(folder: RunFolder, model: keras.Model, ended: Trained, observe: Observer) -> Trained:
    """Give a model whose numbers have become useless its last finite state, and write it, if there is one."""
    if stored := load_state(folder):
        with model.distribute_strategy.scope():
            restore_model(State.of(stored), model)
        save_model(model, folder.model)
    else:
        ended = replace(ended, usable=False)
    observe(TrainingEnded(ended.status, len(ended.history.rows), ended.reason))
    return ended


def chosen_monitor(spec: Spec, *, validated: bool) -> str:
    """Return the metric by which the best model is chosen.

    It is what EarlyStopping watches, else what a ModelCheckpoint saves the best of, else the loss.
    """
    stopping = [callback for callback in spec.callbacks if callback.name == "EarlyStopping"]
    saving = [callback for callback in spec.callbacks if callback.name == "ModelCheckpoint"]
    saving = [callback for callback in saving if callback.arguments.get("save_best_only")]
    for callback in (*stopping, *saving):
        monitor = str(callback.arguments.get("monitor", "val_loss"))
        if validated or not monitor.startswith("val_"):
            return monitor
    return "val_loss" if validated else "loss"


def _ending(history: History, monitor: str, epochs: int, callbacks: list[keras.callbacks.Callback]) -> Trained:
    if history.rows and not math.isfinite(history.rows[-1].get("loss", 0.0)):  # a scaled loss
        return Trained("failed", history, monitor, f"the loss of epoch {history.epochs[-1]} is not a number")
    if history.rows and history.epochs[-1] < epochs:
        names = [type(callback).__name__ for callback in callbacks if getattr(callback, "stopped_epoch", 0)]
        by = f" by {names[0]}" if names else ""
        return Trained("stopped", history, monitor, f"stopped{by} after epoch {history.epochs[-1]} of {epochs}")
    return Trained("done", history, monitor)


def _directions(model: keras.Model) -> Mapping[str, Direction]:
    """Return the direction of every metric, asked of the metric objects, which exist once a batch is known."""
    directions: dict[str, Direction] = {name: guess_direction(name) for name in model.get_metrics_result()}
    return directions | metric_directions(model) | {"loss": "min"}


def load_model(path: Path) -> keras.Model:
    """Read a whole model that a run has written, never running code that the file might bring along.

    Raises:
        SpecError: It is missing or damaged.
    """
    try:
        return saved_models.load_model(path)
    except Exception as error:  # a damaged file can make the readers below raise anything
        state = "cannot be read" if path.exists() else "does not exist"
        text = f": {str(error).splitlines()[0]}" if path.exists() and str(error) else ""
        hint = "train anew from `resolved.yaml`"
        raise SpecError([Problem("damaged-run", (), f"`{path}` {state}{text}", hint)]) from error

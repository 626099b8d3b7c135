"""All that decides how training goes on, written as one file after every epoch."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras.src.random.seed_generator import global_seed_generator

from kspec.runs import atomic
from kspec.runs.tensors import DamagedTensors, read_tensors, write_tensors
from kspec.spec.problems import Problem, SpecError

FORMAT = 2
_SHORT = ("float16", "bfloat16")

_CALLBACK_STATE: Mapping[str, Sequence[str]] = {
    "EarlyStopping": ("wait", "stopped_epoch", "best", "best_epoch", "best_weights"),
    "ReduceLROnPlateau": ("best", "wait", "cooldown_counter"),
    "ModelCheckpoint": ("best", "_batches_seen_since_last_saving", "_last_batch_seen"),
    "TensorBoard": ("_global_train_batch", "_global_test_batch", "_previous_epoch_iterations"),
    "SwapEMAWeights": ("_ema_weights_in_model",),
}
"""What each callback remembers from one epoch to the next. Settings such as `min_delta` stay those of the spec."""


@dataclass(frozen=True, slots=True)
class State:
    """A checkpoint that was read.

    Args:
        epoch: Number of finished epochs.
        arrays: Variables and callback arrays by name.
        record: Everything else.
    """

    epoch: int
    arrays: Mapping[str, np.ndarray]
    record: Mapping[str, Any]

    @property
    def stopped(self) -> bool:
        """Whether a callback had asked to stop after this epoch."""
        return bool(self.record["stop"])


def save_state(path: Path, model: keras.Model, callbacks: Sequence[keras.callbacks.Callback], epoch: int) -> None:
    """Write the state after an epoch, whole or not at all.

    Args:
        path: The file.
        model: The model, with its optimizer.
        callbacks: The callbacks of the spec, in order.
        epoch: Number of finished epochs.
    """
    arrays = {f"variable/{index}": widened(np.asarray(value)) for index, value in enumerate(_variables(model))}
    remembered = []
    for number, callback in enumerate(callbacks):
        plain: dict[str, Any] = {}
        for name in _remembered_by(callback):
            value = getattr(callback, name, None)
            if isinstance(value, list):
                arrays.update(
                    {f"callback/{number}/{name}/{place}": widened(np.asarray(item)) for place, item in enumerate(value)}
                )
                plain[name] = {"arrays": len(value)}
            else:
                plain[name] = value.item() if isinstance(value, np.generic) else value
        remembered.append({"kind": type(callback).__name__, "state": plain})
    kind, keys, position, has_gauss, gauss = np.random.get_state()
    record = {
        "format": FORMAT,
        "epoch": epoch,
        "stop": bool(model.stop_training),
        "variables": [variable.path for variable in _variables(model)],
        "callbacks": remembered,
        "python": _python_state(),
        "numpy": [kind, np.asarray(keys).tolist(), position, has_gauss, gauss],
    }
    with atomic.replacing(path) as unfinished:
        write_tensors(unfinished, record, arrays)


def load_state(path: Path) -> State:
    """Read a checkpoint.

    Raises:
        SpecError: It is missing or damaged.
    """
    try:
        record, arrays = read_tensors(path)
        if record["format"] != FORMAT:
            raise ValueError(f"its format is {record['format']}, this kspec reads {FORMAT}")
        return State(int(record["epoch"]), arrays, record)
    except (OSError, ValueError, KeyError, TypeError, DamagedTensors) as error:
        message = f"the checkpoint `{path}` cannot be read: {error}"
        raise SpecError([Problem("damaged-run", (), message, "train anew from `resolved.yaml`")]) from None


def restore_model(state: State, model: keras.Model) -> None:
    """Put a state back into a model that was built and compiled from the same spec, before it is fitted.

    Raises:
        SpecError: The state belongs to another model.
    """
    if not model.optimizer.built:  # one that scales losses would make its variables twice
        model.optimizer.build(model.trainable_variables)
    variables = _variables(model)
    for index, variable in enumerate(variables):
        value = state.arrays.get(f"variable/{index}")
        if value is None or value.shape != tuple(variable.shape) or len(state.record["variables"]) != len(variables):
            message = "the checkpoint belongs to another model than the spec of this run"
            raise SpecError([Problem("damaged-run", (), message)])
    for index, variable in enumerate(variables):
        variable.assign(state.arrays[f"variable/{index}"])
    version, internal, gauss = state.record["python"]
    random.setstate((version, tuple(internal), gauss))
    kind, keys, position, has_gauss, cached = state.record["numpy"]
    np.random.set_state((kind, np.array(keys, dtype=np.uint32), position, has_gauss, cached))


def restore_callbacks(state: State, callbacks: Sequence[keras.callbacks.Callback]) -> None:
    """Put back what callbacks remember, after `on_train_begin` has made them forget it."""
    for number, (callback, remembered) in enumerate(zip(callbacks, state.record["callbacks"], strict=True)):
        for name, value in remembered["state"].items():
            stored = isinstance(value, dict)
            kept = [state.arrays[f"callback/{number}/{name}/{i}"] for i in range(value["arrays"])] if stored else value
            setattr(callback, name, kept)


def _remembered_by(callback: keras.callbacks.Callback) -> Sequence[str]:
    """Return what a callback remembers, by the class of Keras that it is, or is derived from."""
    names = (kind.__name__ for kind in type(callback).__mro__)
    return next((_CALLBACK_STATE[name] for name in names if name in _CALLBACK_STATE), ())


def _variables(model: keras.Model) -> list[Any]:
    """Return everything that a training step reads or writes: weights, seed states, optimizer slots."""
    return [*model.variables, *model.optimizer.variables, global_seed_generator().state]


def widened(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return short floats as float32, which holds all of them: NumPy's files do not know bfloat16."""
    return values.astype(np.float32) if values.dtype.name in _SHORT else values


def _python_state() -> list[Any]:
    version, internal, gauss = random.getstate()
    return [version, list(internal), gauss]

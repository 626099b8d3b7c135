"""All that decides how training goes on, as one state: taken of a model in training, and put back into a new one."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import keras
import numpy as np
import numpy.typing as npt
from keras.src.random.seed_generator import global_seed_generator

from kspec.engine.carried import carried_states
from kspec.engine.keeping.remembering import remembered, remind, value_of, widened
from kspec.engine.own_code import code_reason
from kspec.runs.states import BestModel, Stored
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class State:
    """Where a training stands.

    Args:
        epoch: Number of finished epochs.
        arrays: Variables and callback arrays by name.
        record: Everything else.
    """

    epoch: int
    arrays: Mapping[str, Array]
    record: Mapping[str, Any]

    @classmethod
    def of(cls, stored: Stored) -> Self:
        """Return the state that was read.

        Raises:
            SpecError: It is not what kspec writes.
        """
        try:
            found = cls(int(stored.record["epoch"]), stored.arrays, stored.record)
            _ = found.step, found.stopped, found.rows, found.best, found.seconds, found.learnt
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError):
            message = f"the checkpoint `{stored.path}` is not what kspec writes"
            raise SpecError([Problem("damaged-run", (), message, "train anew from `resolved.yaml`")]) from None
        return found

    @property
    def step(self) -> int:
        """Number of finished steps of the epoch after the finished ones."""
        return int(self.record["step"])

    @property
    def seconds(self) -> float:
        """Time that these steps took."""
        return float(self.record["seconds"])

    @property
    def stopped(self) -> bool:
        """Whether a callback had asked to stop after the last finished epoch."""
        return bool(self.record["stop"])

    @property
    def rows(self) -> list[dict[str, float]]:
        """The history: a row for each finished epoch."""
        return [{str(name): value for name, value in row.items()} for row in self.record["history"]]

    @property
    def best(self) -> BestModel | None:
        """The best model so far."""
        best = self.record["best"]
        return BestModel(**best) if best else None

    @property
    def learnt(self) -> dict[str, str]:
        """Digests of the files that hold what was learnt of the data, by their paths."""
        return dict(self.record["learnt"])

    def text_of(self, number: int) -> str | None:
        """Return what stood in the file of a CSVLogger, by the callback's place in the spec; None if it had none."""
        return self.record["callbacks"][number].get("text")  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a training.

    Args:
        epoch: Number of finished epochs.
        rows: The history.
        step: Number of finished steps of the epoch after the finished ones.
        seconds: Time that these steps took.
    """

    epoch: int
    rows: Sequence[Mapping[str, float]]
    step: int = 0
    seconds: float = 0.0


def taken(
    model: keras.Model, callbacks: Sequence[keras.callbacks.Callback], moment: Moment
) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the state of a training: what JSON can say of it, and its arrays by name; there is no best model yet.

    Args:
        model: The model, with its optimizer.
        callbacks: The callbacks of the spec, in order.
        moment: When it is taken; within an epoch, what metrics have gathered belongs to it, too.

    Raises:
        SpecError: A callback remembers what cannot be kept.
    """
    variables = {"variable": _variables(model), "metric": model.metrics_variables if moment.step else []}
    arrays = {
        f"{kind}/{index}": widened(value_of(variable))
        for kind, found in variables.items()
        for index, variable in enumerate(found)
    }
    kind, keys, position, has_gauss, gauss = np.random.get_state()
    record = {
        "epoch": moment.epoch,
        "step": moment.step,
        "seconds": moment.seconds,
        "stop": bool(model.stop_training),
        "variables": [variable.path for variable in variables["variable"]],
        "metrics": [variable.path for variable in variables["metric"]],
        "callbacks": [_remembered(callback, number, arrays) for number, callback in enumerate(callbacks)],
        "python": _python_state(),
        "numpy": [kind, np.asarray(keys).tolist(), position, has_gauss, gauss],
        "history": list(moment.rows),
        "best": None,
    }
    return record, arrays


def first_broken(record: Mapping[str, Any], arrays: Mapping[str, Array], exempt: Collection[str] = ()) -> str | None:
    """Return the name of the first variable in a state that has a value which is not finite, or None.

    Args:
        record: What JSON can say of the state.
        arrays: Its arrays by name.
        exempt: Names of variables that may have such values.
    """
    for index, name in enumerate(record["variables"]):
        if name not in exempt and not np.isfinite(arrays[f"variable/{index}"]).all():
            return str(name)
    return None


def never_finite(model: keras.Model) -> set[str]:
    """Return the names of variables that are not trained and have values which are not finite, such as a mask."""
    trained = {variable.path for variable in model.trainable_variables}
    values = {variable.path: widened(np.asarray(variable)) for variable in _variables(model)}
    return {name for name, value in values.items() if name not in trained and not np.isfinite(value).all()}


def restore_model(state: State, model: keras.Model) -> None:
    """Put a state back into a model that was built and compiled from the same spec.

    Raises:
        SpecError: The state belongs to another model.
    """
    if not model.optimizer.built:  # one that scales losses would make its variables twice
        model.optimizer.build(model.trainable_variables)
    with _as_written():
        _assign(state, "variable", _variables(model), state.record["variables"])
        if state.step:
            _assign(state, "metric", model.metrics_variables, state.record["metrics"])
    with _as_written():
        version, internal, gauss = state.record["python"]
        random.setstate((version, tuple(internal), gauss))
        kind, keys, position, has_gauss, cached = state.record["numpy"]
        np.random.set_state((kind, np.array(keys, dtype=np.uint32), position, has_gauss, cached))


def restore_callbacks(state: State, callbacks: Sequence[keras.callbacks.Callback]) -> None:
    """Put back what callbacks remember, after `on_train_begin` has made them forget it."""
    with _as_written():
        pairs = list(zip(callbacks, state.record["callbacks"], strict=True))
        kinds = [kept["kind"] for _, kept in pairs]
        if kinds != [type(callback).__name__ for callback in callbacks]:
            raise ValueError(kinds)
        for callback, kept in pairs:
            remind(callback, kept, state.arrays)


@contextlib.contextmanager
def _as_written() -> Iterator[None]:
    """Refuse a state whose seal is right and whose content is not: whoever can write a file can seal it."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        if code_reason(error) is not None:
            raise
        message = "the checkpoint is not what kspec writes"
        raise SpecError([Problem("damaged-run", (), message, "train anew from `resolved.yaml`")]) from error


def _remembered(callback: keras.callbacks.Callback, number: int, arrays: dict[str, Array]) -> dict[str, Any]:
    try:
        return remembered(callback, f"callback/{number}", arrays)
    except TypeError as error:
        message = f"`state_dict` of {type(callback).__name__} gives what no checkpoint can keep: {error}"
        hint = "numbers, texts, arrays, and lists and mappings of these can be kept"
        raise SpecError([Problem("callback-failed", ("callbacks", number), message, hint)]) from None


def _assign(state: State, kind: str, variables: Sequence[Any], names: Sequence[str]) -> None:
    values = [state.arrays.get(f"{kind}/{index}") for index in range(len(variables))]
    pairs = list(zip(variables, values, strict=True))
    if len(names) != len(pairs) or any(not _fits(value, item) for item, value in pairs):
        message = "the checkpoint belongs to another model than the spec of this run"
        raise SpecError([Problem("damaged-run", (), message)])
    for variable, value in pairs:
        variable.assign(value)


def _fits(value: Array | None, variable: Any) -> bool:
    """Say whether a stored array has the shape of a variable, and its type, but for short floats, which are widened."""
    if value is None or value.shape != tuple(variable.shape):
        return False
    return value.dtype.name in (variable.dtype, "float32" if "float" in variable.dtype else variable.dtype)


def _variables(model: keras.Model) -> list[Any]:
    """Return everything that a training step reads or writes: weights, seed states, what is carried from batch to
    batch, optimizer slots."""
    return [*model.variables, *carried_states(model), *model.optimizer.variables, global_seed_generator().state]


def _python_state() -> list[Any]:
    version, internal, gauss = random.getstate()
    return [version, list(internal), gauss]

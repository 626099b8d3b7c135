"""The best model of a training: noted when it is the best, written before the state that names it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from kspec.data import saved_models
from kspec.engine.keeping.remembering import value_of
from kspec.runs import states
from kspec.runs.folder import RunFolder
from kspec.runs.states import BestModel

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """The best model before it is written.

    Args:
        epoch: Its epoch.
        values: Those of its variables; None while the model has them.
    """

    epoch: int
    values: list[Array] | None


class BestModels:
    """Writes the best model of a training, and gives it the name that it has for users.

    Attributes:
        newest: The best model that was written last, or None.

    Args:
        folder: The run folder.
        model: The model in training.
        callbacks: The callbacks of the spec.
        newest: The best model of a training that goes on, or None.
    """

    def __init__(
        self, folder: RunFolder, model: keras.Model, callbacks: Sequence[keras.callbacks.Callback],
        newest: BestModel | None,
    ) -> None:  # fmt: skip
        self.newest = newest
        self._folder = folder
        self._model = model
        self._callbacks = callbacks
        self._published = newest
        self._unwritten: _Unwritten | None = None

    def note(self, epoch: int, *, now: bool) -> None:
        """Take the model as it is for the best one.

        Args:
            epoch: Its epoch.
            now: Whether it is written at once; otherwise its values are copied.
        """
        with self._as_validated():
            self._unwritten = _Unwritten(epoch, None if now else self._values())
            if now:
                self.write()

    def write(self) -> None:
        """Write the best model, if it was not written yet."""
        if self._unwritten is None:
            return
        best, self._unwritten = self._unwritten, None
        with self._holding(best.values) if best.values is not None else contextlib.nullcontext():
            write = partial(saved_models.save_model, self._model)
            self.newest = states.write_best(self._folder, best.epoch, write)

    def publish(self) -> None:
        """Give the best model its name, once a state names it."""
        if self.newest and self.newest != self._published:
            states.publish_best(self._folder, self.newest)
            self._published = self.newest

    def _variables(self) -> list[Any]:
        """Return the variables that the file of a model has."""
        return [*self._model.variables, *self._model.optimizer.variables]

    def _values(self) -> list[Array]:
        return [np.array(value_of(variable)) for variable in self._variables()]

    @contextlib.contextmanager
    def _holding(self, values: Sequence[Array]) -> Iterator[None]:
        """Give the variables of the model, and of its optimizer, other values in the block."""
        before = self._values()
        with self._model.distribute_strategy.scope():
            self._assign(values)
            try:
                yield
            finally:
                self._assign(before)

    def _assign(self, values: Sequence[Array]) -> None:
        for variable, value in zip(self._variables(), values, strict=True):
            variable.assign(value)

    @contextlib.contextmanager
    def _as_validated(self) -> Iterator[None]:
        """Give the model the weights that it was validated with: averaged ones, where a callback swaps them in.

        The callback's own swap adds and subtracts, which would change the last bits of the weights.
        """
        swaps = any(
            isinstance(item, keras.callbacks.SwapEMAWeights) and not item.swap_on_epoch for item in self._callbacks
        )
        optimizer = getattr(self._model.optimizer, "inner_optimizer", self._model.optimizer)
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

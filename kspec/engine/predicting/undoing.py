"""What preprocessing made of targets, undone in predictions, so that they are in the units of the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from kspec.data.preprocess import Preprocessor

Array = npt.NDArray[Any]
_Step = Callable[[Array], Array]

_OPERATIONS: dict[str, _Step] = {"Log": np.exp, "Log1p": np.expm1, "Sqrt": np.square}
"""Operations that have an inverse on all that they give, by the names of their classes."""


class CannotUndoError(ValueError):
    """A layer or operation has no inverse.

    Attributes:
        layer: Its name.
    """

    def __init__(self, layer: str) -> None:
        super().__init__(layer)
        self.layer = layer


class Undoing:
    """The inverse of the layers that targets pass through.

    Args:
        layers: The layers.

    Raises:
        CannotUndoError: One of them has no inverse.
    """

    def __init__(self, layers: Preprocessor) -> None:
        model = layers.model
        steps = [step for step in model.operations if not isinstance(step, keras.layers.InputLayer)]
        self._steps: Sequence[_Step] = [_inverse(step) for step in reversed(steps)]

    def __call__(self, values: Array) -> Array:
        """Return predictions in the units of the data.

        Args:
            values: What the model gave, of the shape of its targets.
        """
        done = values.astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            for step in self._steps:
                done = step(done)
        return done.astype(values.dtype)


def _inverse(step: Any) -> _Step:
    name = type(step).__name__
    if isinstance(step, keras.layers.Normalization):
        mean = np.asarray(step.mean, np.float64)
        spread = np.maximum(np.sqrt(np.asarray(step.variance, np.float64)), keras.config.epsilon())
        if step.invert:
            return lambda values: (values - mean) / spread
        return lambda values: values * spread + mean
    if isinstance(step, keras.layers.Rescaling):
        scale, offset = np.asarray(step.scale, np.float64), np.asarray(step.offset, np.float64)
        if not scale.all():
            raise CannotUndoError(name)
        return lambda values: (values - offset) / scale
    if isinstance(step, keras.layers.Layer) or name not in _OPERATIONS:
        raise CannotUndoError(name)
    return _OPERATIONS[name]

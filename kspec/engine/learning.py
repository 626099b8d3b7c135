"""Layers inside a model that learn from data: fed the training rows as the layers before them leave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy.typing as npt

_BATCH = 4096
"""Rows that pass through the layers at once."""

Rows = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Learning:
    """The training rows at the inputs of a model.

    Args:
        inputs: Symbolic inputs of the model by name.
        rows: Training rows of each, of shape `(rows, ...)`.
    """

    inputs: Mapping[str, Any]
    rows: Rows

    def adapt(self, layer: keras.layers.Layer, tensor: Any) -> None:
        """Let a layer learn from what a tensor carries for the training rows."""
        layer.adapt(self.at(tensor))

    def at(self, tensor: Any) -> npt.NDArray[Any]:
        """Return what a symbolic tensor carries for the training rows."""
        own = next((name for name, item in self.inputs.items() if item is tensor), None)
        if own is not None:
            return self.rows[own]
        if len(self.inputs) == 1:
            ((name, first),) = self.inputs.items()
            found = keras.Model(first, tensor).predict(self.rows[name], batch_size=_BATCH, verbose=0)
        else:
            found = keras.Model(dict(self.inputs), tensor).predict(dict(self.rows), batch_size=_BATCH, verbose=0)
        return found  # type: ignore[no-any-return]  # Keras says nothing of its types

    def within(self, inputs: Mapping[str, Any], fed: list[Any]) -> Learning:
        """Return the rows at the inputs of a nested model.

        Args:
            inputs: Symbolic inputs of the nested model by name.
            fed: The outer tensors that feed them, in the same order.
        """
        return Learning(inputs, {name: self.at(tensor) for name, tensor in zip(inputs, fed, strict=True)})

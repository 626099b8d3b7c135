"""Layers inside a model that learn from data: fed the training rows as the layers before them leave them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy.typing as npt

from kspec.data.adapting import learner
from kspec.data.part import AnyPart, Part
from kspec.spec.components import ComponentSpec
from kspec.spec.graph import Graph

_BATCH = 4096
"""Rows that pass through the layers at once."""

Rows = Mapping[str, npt.NDArray[Any]]
Pieces = Callable[[], Iterator[Rows]]


@dataclass(frozen=True, slots=True)
class Learning:
    """The training rows at the inputs of a model.

    Args:
        inputs: Symbolic inputs of the model by name.
        pieces: Gives the training rows of each, of shape `(rows, ...)`, a piece at a time; in one, if they are in
            memory.
        whole: Whether they are.
    """

    inputs: Mapping[str, Any]
    pieces: Pieces
    whole: bool = True

    @classmethod
    def of(cls, inputs: Mapping[str, Any], part: AnyPart) -> Learning:
        """Return the rows of a part at the inputs of a model."""
        return cls(inputs, lambda: (piece.inputs for piece in part.pieces()), isinstance(part, Part))

    def adapt(self, layer: keras.layers.Layer, tensor: Any) -> None:
        """Let a layer learn from what a tensor carries for the training rows."""
        if self.whole:
            layer.adapt(next(self.at(tensor)))
            return
        learning = learner(layer)
        for rows in self.at(tensor):
            learning.see(rows)
        learning.end()

    def at(self, tensor: Any) -> Iterator[npt.NDArray[Any]]:
        """Yield what a symbolic tensor carries for the training rows."""
        own = next((name for name, item in self.inputs.items() if item is tensor), None)
        one = len(self.inputs) == 1
        before = None
        if own is None:
            before = keras.Model(next(iter(self.inputs.values())) if one else dict(self.inputs), tensor)
        for rows in self.pieces():
            if own is not None:
                yield rows[own]
            elif before is not None:
                fed = next(iter(rows.values())) if one else dict(rows)
                yield before.predict(fed, batch_size=_BATCH, verbose=0)

    def within(self, inputs: Mapping[str, Any], fed: list[Any]) -> Learning:
        """Return the rows at the inputs of a nested model.

        Args:
            inputs: Symbolic inputs of the nested model by name.
            fed: The outer tensors that feed them, in the same order.
        """

        def pieces() -> Iterator[Rows]:
            for arrays in zip(*(self.at(tensor) for tensor in fed), strict=True):
                yield dict(zip(inputs, arrays, strict=True))

        return Learning(inputs, pieces, self.whole)


def learns(graph: Graph) -> bool:
    """Say whether a layer in a model learns from data, be it in a nested model or wrapped."""
    return any(component.learns or _learns_each_step(component) for component in graph.components())


def learner_at(layer: Any, component: ComponentSpec | None, tensor: Any) -> tuple[Any, Any] | None:
    """Return the layer that learns where something is called, and the tensor that it learns from; None if none does.

    Args:
        layer: What is called.
        component: What the spec says of it; None for a whole model.
        tensor: What it is called with.
    """
    if component is None:
        return None
    if component.learns:
        return layer, tensor
    if _learns_each_step(component):
        return layer.layer, keras.ops.reshape(tensor, (-1, *tensor.shape[2:]))
    return None


def _learns_each_step(component: ComponentSpec) -> bool:
    """Say whether a layer that learns is applied to every step of a sequence: it learns from all of them."""
    inner = component.arguments.get("layer")
    return component.name == "TimeDistributed" and isinstance(inner, ComponentSpec) and inner.learns

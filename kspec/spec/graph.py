"""The graph of a model: every layer call in build order, fully named and wired. What the engine builds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Path


@dataclass(frozen=True, slots=True)
class InputSpec:
    """An input of a model.

    Args:
        name: Its name.
        arguments: Arguments of `keras.Input`. Without `shape`, the shape is that of the data.
        path: Its place in the document.
    """

    name: str
    arguments: Mapping[str, Any]
    path: Path

    @property
    def known(self) -> bool:
        """Whether the spec itself says the shape."""
        return any(key in self.arguments for key in ("shape", "batch_shape"))


@dataclass(frozen=True, slots=True)
class Tensor:
    """A result: that of an input or of a layer call. `index` counts the results of one call that has several."""

    name: str
    index: int | None = None

    def __str__(self) -> str:
        return self.name if self.index is None else f"{self.name}.{self.index}"


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One layer and the one call of it.

    Args:
        name: Name of the layer, unique in the graph.
        component: The layer.
        inputs: First call argument: a result, or a list of them.
        call: All other call arguments: results (also in lists) or constants.
        trainable: False if the step freezes the layer.
        path: Place of the step in the document.
    """

    name: str
    component: ComponentSpec
    inputs: Tensor | tuple[Tensor, ...]
    call: Mapping[str, Any] = field(default_factory=dict)
    trainable: bool | None = None
    path: Path = ()

    @property
    def sources(self) -> tuple[Tensor, ...]:
        """All results that the call takes."""
        first = (self.inputs,) if isinstance(self.inputs, Tensor) else self.inputs
        return (*first, *tensors_in(self.call))


@dataclass(frozen=True, slots=True)
class Graph:
    """A model.

    Args:
        inputs: Inputs by name, in order.
        nodes: Layer calls, each after those that feed it.
        outputs: Results that the model returns, by the name under which losses, metrics and predictions speak of them.
        sequential: Whether it is built as a `keras.Sequential`.
        path: Place of the model in the document.
    """

    inputs: Mapping[str, InputSpec]
    nodes: tuple[GraphNode, ...]
    outputs: Mapping[str, Tensor]
    sequential: bool
    path: Path = ("model",)

    @property
    def several_inputs(self) -> bool:
        """Whether the model is fed a dict rather than one array."""
        return len(self.inputs) > 1

    @property
    def several_outputs(self) -> bool:
        """Whether the model returns a dict rather than one array."""
        return len(self.outputs) > 1

    def node(self, name: str) -> GraphNode | None:
        """Return the layer call of this name, or None."""
        return next((node for node in self.nodes if node.name == name), None)


def tensors_in(value: Any) -> tuple[Tensor, ...]:
    """Return the results that a call argument holds, however deep."""
    if isinstance(value, Tensor):
        return (value,)
    if isinstance(value, Mapping):
        return tuple(tensor for item in value.values() for tensor in tensors_in(item))
    if isinstance(value, list | tuple):
        return tuple(tensor for item in value for tensor in tensors_in(item))
    return ()


def layer_base_name(class_name: str) -> str:
    """Return the name that Keras would give a layer of this class: `MaxPooling2D` becomes `max_pooling2d`.

    Source: the rule of `keras.src.utils.naming.to_snake_case`.
    """
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", class_name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()

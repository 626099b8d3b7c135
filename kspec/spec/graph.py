"""The graph of a model: every layer call in build order, fully named and wired. What the engine builds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Path
from kspec.spec.whole_models import ApplicationSpec, SavedModelSpec, SavedWeights


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
class SharedThing:
    """What is built once and called wherever a step names it.

    Args:
        name: Name of the layer or model.
        thing: What it is.
        trainable: False if it is frozen.
        path: Place of its entry in the document; calls of it carry this place.
    """

    name: str
    thing: Thing
    trainable: bool | None = None
    path: Path = ()


@dataclass(frozen=True, slots=True)
class SharedArgument:
    """A shared layer or model as the argument of a layer that wraps it.

    Args:
        name: Name of the entry.
        shared: Place of the entry.
        path: Place of the argument.
    """

    name: str
    shared: Path
    path: Path


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One call: of a layer, an op, or a whole model.

    Args:
        name: Name of the result, unique in the graph.
        thing: What is called. A component is of the family `layers` or `ops`.
        inputs: First call argument: a result, or a list of them. For an op, what fills its free parameters in order.
        call: All other call arguments: results (also in lists) or constants.
        trainable: False if the step freezes what it calls.
        path: Place of the step in the document.
        shared: Place of the entry under `shared` that is called: calls with the same place call one and the same
            object. None for what the step builds itself.
        called: Name of what is called, if it is not that of the result.
    """

    name: str
    thing: Thing
    inputs: Tensor | tuple[Tensor, ...]
    call: Mapping[str, Any] = field(default_factory=dict)
    trainable: bool | None = None
    path: Path = ()
    shared: Path | None = None
    called: str | None = None

    @property
    def component(self) -> ComponentSpec | None:
        """The layer or op that is called; None for a whole model."""
        return self.thing if isinstance(self.thing, ComponentSpec) else None

    @property
    def layer_name(self) -> str:
        """Name of the Keras layer or model that is called."""
        return self.called or self.name

    @property
    def kind(self) -> str:
        """What is called, for messages: `Dense`, `ops.mean`, `ResNet50`, `the model`."""
        if isinstance(self.thing, ComponentSpec):
            return f"ops.{self.thing.name}" if self.thing.family == "ops" else self.thing.name
        if isinstance(self.thing, ApplicationSpec):
            return self.thing.component.name
        return "the model" if isinstance(self.thing, Graph) else f"the model in {self.thing.file}"

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
        shared: What several calls use, in the order in which it is built; before anything else is.
        weights: What it starts from; None for fresh weights.
        whole: Whether it is nothing but one saved model or application, which its only node calls.
    """

    inputs: Mapping[str, InputSpec]
    nodes: tuple[GraphNode, ...]
    outputs: Mapping[str, Tensor]
    sequential: bool
    path: Path = ("model",)
    shared: tuple[SharedThing, ...] = ()
    weights: SavedWeights | None = None
    whole: bool = False

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

    def things(self) -> Iterator[Thing]:
        """Yield everything that is built, what is shared once, and what nested models are made of after them."""
        own = [node.thing for node in self.nodes if node.shared is None]
        for thing in [*(entry.thing for entry in self.shared), *own]:
            yield thing
            if isinstance(thing, Graph):
                yield from thing.things()

    def components(self) -> Iterator[ComponentSpec]:
        """Yield every layer and op, those of nested models too."""
        return (thing for thing in self.things() if isinstance(thing, ComponentSpec))


Thing = ComponentSpec | Graph | ApplicationSpec | SavedModelSpec
"""What a node calls."""


def freeze(graph: Graph) -> Graph:
    """Return a model none of whose layers trains."""
    return replace(
        graph,
        nodes=tuple(node if node.shared else replace(node, trainable=False) for node in graph.nodes),
        shared=tuple(replace(thing, trainable=False) for thing in graph.shared),
    )


def tensors_in(value: Any) -> tuple[Tensor, ...]:
    """Return the results that a call argument holds, however deep."""
    if isinstance(value, Tensor):
        return (value,)
    if isinstance(value, Mapping):
        return tuple(tensor for item in value.values() for tensor in tensors_in(item))
    if isinstance(value, list | tuple):
        return tuple(tensor for item in value for tensor in tensors_in(item))
    return ()

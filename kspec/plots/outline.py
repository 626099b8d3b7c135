"""What a model diagram shows, as values: nodes, edges and nested models."""

from __future__ import annotations

from dataclasses import dataclass

Shape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class OutlineNode:
    """A layer, or one use of a shared layer.

    Args:
        key: Unique in the whole outline.
        name: The layer's name.
        kind: Its class name, such as `Conv2D`.
        details: What matters of its arguments, such as `("32 filters", "3×3", "relu")`.
        parameters: Number of its parameters; 0 for a later use of a shared layer, so that sums are right.
        trainable: Whether any of them is trained.
        shapes: Shapes of its outputs, with the batch axis.
        shared: Whether the layer is used more than once.
    """

    key: str
    name: str
    kind: str
    details: tuple[str, ...]
    parameters: int
    trainable: bool
    shapes: tuple[Shape, ...]
    shared: bool = False


@dataclass(frozen=True, slots=True)
class OutlineEdge:
    """A tensor on its way from output `output` of node `tail` to node `head`."""

    tail: str
    head: str
    shape: Shape
    output: int = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """A model: its nodes in build order, the models nested in it, and the edges between all nodes inside.

    Args:
        key: Unique in the whole outline.
        name: The model's name.
        parameters: Number of its parameters.
        trainable_parameters: Number of those that are trained.
        layers: Number of its layers, those of nested models included.
        children: Nodes and nested models in build order.
        edges: All edges, those of nested models included; each end is the key of an `OutlineNode`.
        inputs: Keys of the input nodes.
        outputs: Output name and key of the node that makes it.
        shared: Whether the model is used more than once; a later use has no parameters of its own.
        kind: Its class name, such as `Sequential`.
        shapes: Shapes of its outputs, with the batch axis.
        again: Whether this is a later use of a model that stands in the outline already.
    """

    key: str
    name: str
    parameters: int
    trainable_parameters: int
    layers: int
    children: tuple[OutlineNode | Outline, ...]
    edges: tuple[OutlineEdge, ...]
    inputs: tuple[str, ...]
    outputs: tuple[tuple[str, str], ...]
    shared: bool = False
    kind: str = "Functional"
    shapes: tuple[Shape, ...] = ()
    again: bool = False

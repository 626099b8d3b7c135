"""What is drawn of an outline, after folding: boxes, groups of boxes and the lines between boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kspec.plots.outline import Outline, OutlineEdge, OutlineNode, Shape


@dataclass(frozen=True, slots=True)
class Box:
    """One or several layers drawn as one box.

    Args:
        key: Unique in the scene.
        name: Name of the first layer.
        kinds: Class names of the layers folded into the box.
        details: What matters of their arguments.
        parameters: Number of parameters, of one repetition.
        frozen: Whether it has parameters and none is trained.
        shared: Whether the layer is used more than once.
        shapes: Shapes of the outputs, with the batch axis.
        times: How often the layer follows upon itself.
        last: Name of the last repetition.
    """

    key: str
    name: str
    kinds: tuple[str, ...]
    details: tuple[str, ...]
    parameters: int
    frozen: bool
    shared: bool
    shapes: tuple[Shape, ...]
    times: int = 1
    last: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A nested model, or a block of layers that follows upon itself.

    Args:
        key: Unique in the scene.
        name: Name of the model or of the block.
        parameters: Number of parameters, of one repetition.
        children: What is drawn in it.
        shared: Whether the model is used more than once.
        times: How often the block follows upon itself.
        last: Name of the last repetition.
    """

    key: str
    name: str
    parameters: int
    children: tuple[Box | Group, ...]
    shared: bool = False
    times: int = 1
    last: str = ""


Item = Box | Group
Edges = tuple[OutlineEdge, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is drawn of a model. Ends of edges and outputs are keys of boxes."""

    name: str
    parameters: int
    trainable_parameters: int
    layers: int
    items: tuple[Item, ...]
    edges: Edges
    outputs: tuple[tuple[str, str], ...]


def plain_scene(outline: Outline) -> Scene:
    """Return the outline as a scene in which nothing is folded."""
    return Scene(
        name=outline.name,
        parameters=outline.parameters,
        trainable_parameters=outline.trainable_parameters,
        layers=outline.layers,
        items=tuple(_item(child) for child in outline.children),
        edges=outline.edges,
        outputs=outline.outputs,
    )


def boxes(item: Item) -> Iterator[Box]:
    """Yield the boxes of an item in build order."""
    if isinstance(item, Box):
        yield item
    else:
        for child in item.children:
            yield from boxes(child)


def repeated(items: Sequence[Item]) -> list[Group]:
    """Return the blocks that follow upon themselves, outer before inner."""
    found = []
    for item in items:
        if isinstance(item, Group):
            found += [item] if item.times > 1 else []
            found += repeated(item.children)
    return found


def parting(scene: Scene) -> dict[str, str]:
    """Return the innermost repeated block of every box, for blocks that several lines enter."""
    inside = {box.key: group.key for group in repeated(scene.items) for box in boxes(group)}
    entering = Counter(
        inside[edge.head] for edge in scene.edges if edge.head in inside and inside[edge.head] != inside.get(edge.tail)
    )
    return {box: group for box, group in inside.items() if entering[group] > 1}


def _item(child: OutlineNode | Outline) -> Item:
    if isinstance(child, Outline):
        children = tuple(_item(grandchild) for grandchild in child.children)
        return Group(child.key, child.name, child.parameters, children, shared=child.shared)
    return Box(
        key=child.key,
        name=child.name,
        kinds=(child.kind,),
        details=child.details,
        parameters=child.parameters,
        frozen=child.parameters > 0 and not child.trainable,
        shared=child.shared,
        shapes=child.shapes,
    )

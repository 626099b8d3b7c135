"""Folding: a convolution with its normalization and activation becomes one box."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from kspec.plots.families import ACTIVATION, CONVOLUTION, DENSE, MERGE, NORMALIZATION, Family, family_of
from kspec.plots.outline import OutlineEdge
from kspec.plots.repeat import fold_repeats
from kspec.plots.scene import Box, Group, Item, Scene

# What a box may take in, by the family of the layer that came last.
_TAKES: dict[Family, tuple[Family, ...]] = {
    CONVOLUTION: (NORMALIZATION, ACTIVATION),
    DENSE: (NORMALIZATION, ACTIVATION),
    NORMALIZATION: (ACTIVATION,),
    MERGE: (ACTIVATION,),
}


def fold(scene: Scene) -> Scene:
    """Return the scene with trains of layers folded into boxes, and with repeated boxes and blocks folded once."""
    return fold_repeats(fold_trains(scene))


def fold_trains(scene: Scene) -> Scene:
    """Fold layers that belong together, such as Conv2D + BatchNormalization + Activation, into the box of the first.

    Args:
        scene: A scene.

    Returns:
        The scene without the layers taken in; only a layer whose output goes nowhere else takes in the next.
    """
    heads: dict[str, list[OutlineEdge]] = defaultdict(list)
    tails: dict[str, list[OutlineEdge]] = defaultdict(list)
    for edge in scene.edges:
        tails[edge.tail].append(edge)
        heads[edge.head].append(edge)
    results = {key for _, key in scene.outputs}
    into: dict[str, str] = {}

    def walk(items: tuple[Item, ...]) -> tuple[Item, ...]:
        here = {item.key: item for item in items if isinstance(item, Box)}
        kept: dict[str, Item] = {}
        for item in items:
            if isinstance(item, Group):
                kept[item.key] = replace(item, children=walk(item.children))
                continue
            before = heads[item.key]
            previous = here.get(before[0].tail) if len(before) == 1 else None
            if previous is not None and len(tails[previous.key]) == 1 and previous.key not in results:
                first = kept.get(into.get(previous.key, previous.key))
                if isinstance(first, Box) and _takes(first, item):
                    kept[first.key] = _joined(first, item)
                    into[item.key] = first.key
                    continue
            kept[item.key] = item
        return tuple(kept.values())

    items = walk(scene.items)
    return replace(
        scene,
        items=items,
        edges=tuple(
            replace(edge, tail=into.get(edge.tail, edge.tail)) for edge in scene.edges if edge.head not in into
        ),
        outputs=tuple((name, into.get(key, key)) for name, key in scene.outputs),
    )


def _takes(first: Box, item: Box) -> bool:
    if first.shared or item.shared or (first.parameters and item.parameters and first.frozen != item.frozen):
        return False
    takes = _TAKES.get(family_of(first.kinds[-1]), ())
    return family_of(item.kinds[0]) in takes and len(first.shapes) == len(item.shapes) == 1


def _joined(first: Box, item: Box) -> Box:
    is_activation = family_of(item.kinds[0]) is ACTIVATION
    words = item.details if item.kinds[0] == "Activation" else (item.kinds[0], *item.details) if is_activation else ()
    return replace(
        first,
        kinds=first.kinds + item.kinds,
        details=first.details + words,
        parameters=first.parameters + item.parameters,
        shapes=item.shapes,
    )

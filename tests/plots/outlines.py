"""Outlines to be drawn, written by hand so that no test of a drawing waits for TensorFlow."""

from __future__ import annotations

from itertools import pairwise

from kspec.plots.outline import Outline, OutlineEdge, OutlineNode, Shape

IMAGE: Shape = (None, 8, 8, 4)


def node(name: str, kind: str, *details: str, parameters: int = 0, shape: Shape = IMAGE) -> OutlineNode:
    return OutlineNode(name, name, kind, details, parameters, parameters > 0, (shape,))


def model(children: list[OutlineNode | Outline], *pairs: tuple[str, str], name: str = "model") -> Outline:
    edges = tuple(OutlineEdge(tail, head, IMAGE) for tail, head in pairs)
    last = children[-1]
    output = last.key if isinstance(last, OutlineNode) else last.outputs[-1][1]
    parameters = sum(child.parameters for child in children)
    first = children[0].key
    return Outline(
        name, name, parameters, parameters, len(children), tuple(children), edges, (first,), (("y", output),)
    )


def chain(*nodes: OutlineNode, name: str = "model") -> Outline:
    names = [part.key for part in nodes]
    return model(list(nodes), *pairwise(names), name=name)


def conv(name: str, *details: str) -> OutlineNode:
    return node(name, "Conv2D", "4 filters", "3×3", *details, parameters=148)


def residual(blocks: int) -> Outline:
    """A net of equal residual blocks: conv, normalization, activation, conv, add."""
    children: list[OutlineNode | Outline] = [node("image", "InputLayer")]
    pairs = []
    before = "image"
    for number in range(1, blocks + 1):
        names = [f"block{number}_{part}" for part in ("conv_1", "norm", "relu", "conv_2", "add")]
        first, norm, relu, second, add = names
        children += [
            conv(first),
            node(norm, "BatchNormalization", parameters=16),
            node(relu, "Activation", "relu"),
            conv(second),
            node(add, "Add"),
        ]
        pairs += [(before, first), (first, norm), (norm, relu), (relu, second), (second, add), (before, add)]
        before = add
    return model(children, *pairs)

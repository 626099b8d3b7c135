"""Operations element by element."""

from __future__ import annotations

from collections.abc import Callable

from kspec.spec.shapes.calls import Call, Mistake, Result, Unsure
from kspec.spec.shapes.ops.operands import operands
from kspec.spec.shapes.sizes import UNKNOWN, Shape, Size, differ, product


def same(call: Call) -> Result:
    """Return the shape of the first parameter: one element for each."""
    first = call.component.definition.first
    if first is None:
        raise Unsure
    return operands(call).shape(first.name)


def along(name: str = "x", *, flattens: bool = False) -> Callable[[Call], Result]:
    """Return the rule of an operation along an axis that it must have.

    Args:
        name: Parameter of what it changes.
        flattens: Whether it makes one axis of all when none is named.
    """

    def rule(call: Call) -> Result:
        given = operands(call)
        shape = given.shape(name)
        if shape is None:
            return None
        axes = given.axes(shape)
        return (product(shape),) if flattens and axes is None else shape

    return rule


def broadcasting(*names: str) -> Callable[[Call], Result]:
    """Return the rule of an operation on several parameters, broadcast to one shape."""

    def rule(call: Call) -> Result:
        given = operands(call)
        found: Shape = ()
        for name in names:
            shape = given.shape(name)
            if shape is None:
                return None
            found = broadcast(found, shape)
        return found

    return rule


def broadcast(one: Shape, other: Shape) -> Shape:
    """Return the shape of two that are broadcast.

    Source: `broadcast_shapes` of Keras, which takes an open size to be that of the other, unless that is 1.
    """
    if len(one) < len(other):
        one, other = other, one
    left = len(one) - len(other)
    pairs = zip(one[left:], other, strict=True)
    return (*one[:left], *(_size(a, b, axis) for axis, (a, b) in enumerate(pairs, left)))


def _size(one: Size, other: Size, axis: int) -> Size:
    if one == 1:
        return other
    if other == 1 or one == other:
        return one
    if differ(one, other):
        hint = "sizes must be equal, or 1; axes are aligned from the last one"
        raise Mistake(f"they differ along axis {axis}, {one} and {other}", hint)
    for size in (one, other):
        if isinstance(size, int):
            return size
    return UNKNOWN

"""Layers that give the elements of a row another shape, or another order."""

from __future__ import annotations

import math

from kspec.spec.shapes.calls import Call, Mistake, Result, Unsure, whole_numbers
from kspec.spec.shapes.demands import of_rank
from kspec.spec.shapes.sizes import UNKNOWN, Shape, Size, product


def flatten(call: Call) -> Result:
    """`Flatten`: all axes but the batch axis become one."""
    shape = call.shape
    return (UNKNOWN, UNKNOWN) if shape is None else (shape[0], product(shape[1:]))


def reshape(call: Call) -> Result:
    """`Reshape`: a row keeps its elements."""
    shape = call.shape
    target = whole_numbers(call.argument("target_shape"), least=-1)
    batch, row = (UNKNOWN, None) if shape is None else (shape[0], shape[1:])
    return (batch, *reshaped(row, target, "`target_shape`", "a row of the input"))


def reshaped(old: Shape | None, target: tuple[int, ...], name: str, what: str) -> Shape:
    """Return a target shape with its `-1` filled in.

    Args:
        old: The shape before; None if not known.
        target: The shape asked for.
        name: What says so, for messages.
        what: What is reshaped, for messages.
    """
    if target.count(-1) > 1 or 0 in target:
        raise Unsure
    elements = UNKNOWN if old is None else product(old)
    known = math.prod(size for size in target if size != -1)
    rest: Size = UNKNOWN if old is None or elements is UNKNOWN else None
    if isinstance(elements, int):
        if -1 in target and elements % known:
            reason = f"{what} has {elements} elements, which cannot be divided by the {known} that {name} says"
            raise Mistake(reason, f"use sizes that divide {elements}")
        if -1 not in target and elements != known:
            reason = f"{what} has {elements} elements, {name} has {known}"
            raise Mistake(reason, "both numbers must be the same; one size may be `-1`, for what is left over")
        rest = elements // known
    return tuple(rest if size == -1 else size for size in target)


def permute(call: Call) -> Result:
    """`Permute`: the axes of a row in another order."""
    dims = whole_numbers(call.argument("dims"))
    if sorted(dims) != list(range(1, len(dims) + 1)):
        raise Unsure
    shape = call.shape
    if shape is not None and len(shape) != len(dims) + 1:
        reason = f"`dims` orders {len(dims)} axes besides the batch axis, and it gets {len(shape) - 1}"
        raise Mistake(reason, f"name the axes 1 to {len(shape) - 1} in `dims`" if len(shape) > 1 else None)
    known = of_rank(call, len(dims) + 1)
    return (known[0], *(known[axis] for axis in dims))


def repeat_vector(call: Call) -> Result:
    """`RepeatVector`: each row becomes a sequence of itself."""
    shape = of_rank(call, 2)
    return (shape[0], call.whole("n"), shape[1])

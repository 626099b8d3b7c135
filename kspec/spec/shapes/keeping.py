"""Layers whose result has the shape of what they are fed, and what some of them ask of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kspec.spec.checker import is_whole
from kspec.spec.shapes.calls import Call, Mistake, Result, Several, Unsure
from kspec.spec.shapes.demands import has_axis, no_fixed_size, of_rank, weighs


def same(call: Call) -> Result:
    """Any shape, and the same again."""
    return call.shape


def identity(call: Call) -> Result:
    """`Identity`: one result or a list of them."""
    return Several(call.inputs) if call.listed and len(call.inputs) > 1 else call.inputs[0]


def same_of_rank(rank: int) -> Callable[[Call], Result]:
    """Return the rule of a layer that takes shapes of `rank` axes and leaves them as they are."""
    return lambda call: of_rank(call, rank)


def batch_normalization(call: Call) -> Result:
    """`BatchNormalization`: weights along one axis."""
    axis = _axis(call.argument("axis"))
    if call.shape is not None:
        weighs(call, call.shape, axis)
    return call.shape


def normalization(call: Call) -> Result:
    """`Normalization`: given its means, it needs the sizes that they are for; else it learns them with the data."""
    axis, shape = call.argument("axis"), call.shape
    if call.argument("mean") is None or axis is None or shape is None or call.bound:
        return shape
    for each in axis if isinstance(axis, list | tuple) else [axis]:
        weighs(replace(call, bound={}), shape, _axis(each))
    return shape


def along_axes(call: Call) -> Result:
    """`LayerNormalization`, `RMSNormalization` and `UnitNormalization`: along one axis or several."""
    given = call.argument("axis")
    shape = call.shape
    if shape is not None:
        for axis in given if isinstance(given, list | tuple) else [given]:
            has_axis(shape, _axis(axis))
    return shape


def layer_normalization(call: Call) -> Result:
    """`LayerNormalization` and `RMSNormalization`: weights along one axis or several."""
    shape = along_axes(call)
    knows = call.component.definition.arguments
    has_weights = any(call.flag(name) for name in ("center", "scale") if name in knows) or "scale" not in knows
    given = call.argument("axis")
    if has_weights and isinstance(shape, tuple) and not call.bound:
        for axis in given if isinstance(given, list | tuple) else [given]:
            weighs(replace(call, bound={}), shape, axis)
    return shape


def group_normalization(call: Call) -> Result:
    """`GroupNormalization`: channels in groups of equal size."""
    shape, axis, groups = call.shape, _axis(call.argument("axis")), call.argument("groups")
    if shape is None or not is_whole(groups):
        return shape
    size = weighs(call, shape, axis)
    if groups > 0 and isinstance(size, int) and size % groups:
        reason = f"its {groups} groups cannot share the {size} elements of axis {has_axis(shape, axis)} evenly"
        raise Mistake(reason, "use `groups` that divide them")
    return shape


def prelu(call: Call) -> Result:
    """`PReLU`: weights along all axes but the shared ones."""
    shape = call.shape
    given = call.argument("shared_axes")
    shared = given if isinstance(given, list | tuple) else [given] if given is not None else []
    if shape is None or call.bound:
        return shape
    for axis, size in enumerate(shape[1:], 1):
        if size is None and axis not in shared:
            raise no_fixed_size(axis, "say it in the shape of the input, or share the axis: `shared_axes: [1, 2]`")
    return shape


def _axis(value: Any) -> int:
    if not is_whole(value):
        raise Unsure
    return value

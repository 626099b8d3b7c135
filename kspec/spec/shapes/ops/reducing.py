"""Operations that make one number of many."""

from __future__ import annotations

from kspec.spec.shapes.calls import Call, Result, Unsure
from kspec.spec.shapes.ops.operands import operands


def reduced(call: Call) -> Result:
    """`ops.mean` and its kin: over some axes, or over all, the batch axis among them."""
    given = operands(call)
    shape = given.shape("x")
    if given.values.get("weights") is not None:
        raise Unsure
    keeps = given.get("keepdims") if "keepdims" in call.component.definition.arguments else False
    if shape is None or not isinstance(keeps, bool):
        return () if shape is None and keeps is False and given.get("axis") is None else None
    axes = given.axes(shape)
    if axes is None:
        axes = tuple(range(len(shape)))
    if keeps:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)

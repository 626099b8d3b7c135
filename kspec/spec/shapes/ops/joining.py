"""Operations that put results side by side, or multiply them."""

from __future__ import annotations

from kspec.spec.shapes.calls import Call, Mistake, Result
from kspec.spec.shapes.demands import has_axis
from kspec.spec.shapes.merging import joined
from kspec.spec.shapes.ops.elementwise import broadcast
from kspec.spec.shapes.ops.operands import operands
from kspec.spec.shapes.sizes import UNKNOWN, differ


def concatenate(call: Call) -> Result:
    """`ops.concatenate`: side by side along an axis."""
    given = operands(call)
    shapes, axis = given.shapes("xs"), given.whole("axis")
    if shapes[0] is not None:
        has_axis(shapes[0], axis)
    return joined(shapes, axis)


def stack(call: Call) -> Result:
    """`ops.stack`: side by side along a new axis."""
    given = operands(call)
    shapes = given.shapes("x")
    known = [shape for shape in shapes if shape is not None]
    if not known:
        return None
    for shape in known:
        if len(shape) != len(known[0]) or any(map(differ, shape, known[0])):
            raise Mistake("their shapes differ", "what is stacked has one shape; `ops.concatenate` joins others")
    if len(known) < len(shapes):
        return None
    axis = has_axis((UNKNOWN, *known[0]), given.whole("axis"))
    return (*known[0][:axis], len(shapes), *known[0][axis:])


def matmul(call: Call) -> Result:
    """`ops.matmul`: the product of matrices along the last two axes, the axes before them broadcast."""
    given = operands(call)
    one, other = given.shape("x1"), given.shape("x2")
    if one is None or other is None or not one or not other:
        return None
    left = (1, *one) if len(one) == 1 else one
    right = (*other, 1) if len(other) == 1 else other
    if differ(left[-1], right[-2]):
        reason = f"the last axis of the first has size {left[-1]}, and the last but one of the second {right[-2]}"
        raise Mistake(reason, "they are summed over, and must be equal: `ops.swapaxes` or `ops.transpose` turns them")
    sizes = broadcast(left[:-2], right[:-2])
    rows = () if len(one) == 1 else (left[-2],)
    columns = () if len(other) == 1 else (right[-1],)
    return (*sizes, *rows, *columns)

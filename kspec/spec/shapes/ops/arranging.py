"""Operations that move, add, drop, repeat or cut axes."""

from __future__ import annotations

from typing import Any

from kspec.spec.checker import is_whole
from kspec.spec.shapes.calls import Call, Mistake, Result, Several, Unsure, whole_numbers
from kspec.spec.shapes.demands import has_axis
from kspec.spec.shapes.ops.operands import operands
from kspec.spec.shapes.reshaping import reshaped
from kspec.spec.shapes.sizes import UNKNOWN, Shape, Size, plus, product, times


def reshape(call: Call) -> Result:
    """`ops.reshape`: the batch axis is one like any other."""
    given = operands(call)
    target = given.get("newshape")
    sizes = whole_numbers([target] if isinstance(target, int) else target, least=-1)
    return reshaped(given.shape("x"), sizes, "`newshape`", "the input")


def transpose(call: Call) -> Result:
    """`ops.transpose`: the axes in another order, or turned round."""
    given = operands(call)
    shape, order = given.shape("x"), given.get("axes")
    if shape is None:
        return None
    if order is None:
        return shape[::-1]
    axes = [has_axis(shape, axis) for axis in whole_numbers(order, least=-len(shape) - 9)]
    if sorted(axes) != list(range(len(shape))):
        reason = f"`axes` names {len(axes)} axes, and it gets {len(shape)}, the batch axis among them"
        raise Mistake(reason, "name every axis once, counted from 0")
    return tuple(shape[axis] for axis in axes)


def expand_dims(call: Call) -> Result:
    """`ops.expand_dims`: new axes of size 1."""
    given = operands(call)
    shape, value = given.shape("x"), given.get("axis")
    if shape is None:
        return None
    named = whole_numbers([value] if isinstance(value, int) else value, least=-99)
    wide = (UNKNOWN,) * (len(shape) + len(named))
    places = {has_axis(wide, axis) for axis in named}
    if len(places) < len(named):
        raise Unsure
    rest = iter(shape)
    return tuple(1 if axis in places else next(rest) for axis in range(len(wide)))


def squeeze(call: Call) -> Result:
    """`ops.squeeze`: axes of size 1 are left out."""
    given = operands(call)
    shape = given.shape("x")
    if shape is None:
        return None
    axes = given.axes(shape)
    if axes is None:
        if UNKNOWN in shape:
            raise Unsure
        return tuple(size for size in shape if size != 1)
    for axis in axes:
        if shape[axis] != 1 and shape[axis] is not UNKNOWN:
            size = "no fixed size" if shape[axis] is None else f"size {shape[axis]}"
            raise Mistake(f"axis {axis} has {size}, and only an axis of size 1 can be left out")
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def swap_axes(call: Call) -> Result:
    """`ops.swapaxes`: two axes change places."""
    given = operands(call)
    shape = given.shape("x")
    if shape is None:
        return None
    one, other = (has_axis(shape, given.whole(name)) for name in ("axis1", "axis2"))
    sizes = list(shape)
    sizes[one], sizes[other] = sizes[other], sizes[one]
    return tuple(sizes)


def move_axis(call: Call) -> Result:
    """`ops.moveaxis`: axes go to other places, the rest keeps its order."""
    given = operands(call)
    shape = given.shape("x")
    if shape is None:
        return None
    sources, places = given.axes(shape, "source"), given.axes(shape, "destination")
    if sources is None or places is None or len(sources) != len(places):
        raise Unsure
    order = [axis for axis in range(len(shape)) if axis not in sources]
    for place, source in sorted(zip(places, sources, strict=True)):
        order.insert(place, source)
    return tuple(shape[axis] for axis in order)


def repeat(call: Call) -> Result:
    """`ops.repeat`: every element along an axis, or of all, some times."""
    given = operands(call)
    shape, count = given.shape("x"), given.whole("repeats", 0)
    if given.get("axis") is None:
        return (UNKNOWN if shape is None else times(product(shape), count),)
    return None if shape is None else _changed(shape, given.whole("axis"), lambda size: times(size, count))


def tile(call: Call) -> Result:
    """`ops.tile`: the whole some times along each axis."""
    given = operands(call)
    shape, value = given.shape("x"), given.get("repeats")
    counts = whole_numbers([value] if isinstance(value, int) else value, least=0)
    if shape is None:
        return None
    rank = max(len(shape), len(counts))
    sizes = (1,) * (rank - len(shape)) + shape
    factors = (1,) * (rank - len(counts)) + counts
    return tuple(times(size, factor) for size, factor in zip(sizes, factors, strict=True))


def pad(call: Call) -> Result:
    """`ops.pad`: more at both ends of each axis."""
    given = operands(call)
    shape, width = given.shape("x"), given.get("pad_width")
    if shape is None or not isinstance(width, list | tuple):
        return None
    pairs = [whole_numbers(pair, 2, 0) for pair in width]
    if len(pairs) not in (1, len(shape)):
        reason = f"`pad_width` has {len(pairs)} pairs, and it gets {len(shape)} axes with the batch axis"
        raise Mistake(reason, "write a pair for each axis")
    pairs = pairs * len(shape) if len(pairs) == 1 else pairs
    return tuple(plus(size, sum(pair)) for size, pair in zip(shape, pairs, strict=True))


def take(call: Call) -> Result:
    """`ops.take`: some elements along an axis."""
    given = operands(call)
    shape, value = given.shape("x"), given.values.get("indices")
    taken: Shape | None = _shape_of(value) if isinstance(value, list) else given.shape("indices")
    if taken is None:
        return None
    if given.get("axis") is None:
        return taken
    if shape is None:
        return None
    axis = has_axis(shape, given.whole("axis"))
    return (*shape[:axis], *taken, *shape[axis + 1 :])


def one_hot(call: Call) -> Result:
    """`ops.one_hot`: each number becomes a row with a single 1."""
    given = operands(call)
    shape = given.shape("x")
    if shape is None or given.whole("axis") != -1:
        return None
    return (*shape, given.whole("num_classes", 1))


def top_k(call: Call) -> Result:
    """`ops.top_k`: the greatest numbers along the last axis, and where they are."""
    given = operands(call)
    shape = given.shape("x")
    if shape is None or not shape:
        return Several((None, None))
    found = (*shape[:-1], given.whole("k", 1))
    return Several((found, found))


def split(call: Call) -> Result:
    """`ops.split`: parts along an axis."""
    given = operands(call)
    shape, parts = given.shape("x"), given.get("indices_or_sections")
    if isinstance(parts, list):
        cuts = whole_numbers(parts, least=0)
        if shape is None or list(cuts) != sorted(cuts):
            return Several((None,) * (len(cuts) + 1))
        axis = has_axis(shape, given.whole("axis"))
        ends: list[Size] = [*cuts, shape[axis]]
        size = shape[axis]
        if isinstance(size, int) and cuts and cuts[-1] > size:
            raise Mistake(f"it is cut at {cuts[-1]}, and axis {axis} has {size} elements")
        sizes = [plus(end, -start) for start, end in zip((0, *cuts), ends, strict=True)]
        return Several(tuple(_replaced(shape, axis, size) for size in sizes))
    count = given.whole("indices_or_sections", 1)
    if shape is None:
        return Several((None,) * count)
    axis = has_axis(shape, given.whole("axis"))
    size = shape[axis]
    if isinstance(size, int) and size % count:
        raise Mistake(f"axis {axis} has size {size}: it cannot be split into {count} equal parts")
    part: Size = size // count if isinstance(size, int) else size
    return Several((_replaced(shape, axis, part),) * count)


def _changed(shape: Shape, axis: int, change: Any) -> Shape:
    place = has_axis(shape, axis)
    return _replaced(shape, place, change(shape[place]))


def _replaced(shape: Shape, axis: int, size: Size) -> Shape:
    return (*shape[:axis], size, *shape[axis + 1 :])


def _shape_of(value: list[Any]) -> Shape:
    """Return the shape of a list of numbers."""
    if not all(is_whole(item) for item in value):
        raise Unsure
    return (len(value),)

"""Layers that merge several results."""

from __future__ import annotations

from kspec.spec.checker import is_whole
from kspec.spec.shapes.calls import Call, Mistake, Result, Unsure
from kspec.spec.shapes.demands import SAY_IT, has_axis
from kspec.spec.shapes.sizes import UNKNOWN, Shape, Size, differ, total

_EQUAL = "their sizes must be equal, or 1: a `Dense` or `Conv` layer in one branch can make them so"


def elementwise(call: Call) -> Result:
    """`Add`, `Multiply` and their kin: element by element, the batch axis aside aligned from the last axis.

    Source: `Merge.compute_output_shape` of Keras.
    """
    if not call.listed or not call.inputs:
        raise Unsure
    batches = {shape[0] for shape in call.inputs if shape}
    numbers = {size for size in batches if isinstance(size, int)}
    if len(numbers) > 1:
        raise Mistake(f"their batch sizes differ, {' and '.join(map(str, sorted(numbers)))}")
    row: Shape | None = None
    for shape in call.inputs:
        if not shape:
            return None  # an open size in it would go with anything after it
        row = shape[1:] if row is None else _merged(row, shape[1:])
    batch: Size = UNKNOWN if UNKNOWN in batches and not numbers else next(iter(numbers), None)
    return None if row is None else (batch, *row)


def _merged(one: Shape, other: Shape) -> Shape:
    if len(one) < len(other):
        one, other = other, one
    if not other:
        return one
    left = one[: -len(other)]
    pairs = zip(one[-len(other) :], other, strict=True)
    return (*left, *(_merged_size(a, b, axis) for axis, (a, b) in enumerate(pairs, len(left) + 1)))


def _merged_size(one: Size, other: Size, axis: int) -> Size:
    if one is None or other is None:
        return None
    if one == 1:
        return other
    if other == 1 or one == other:
        return one
    if differ(one, other):
        raise Mistake(f"they differ along axis {axis}, {one} and {other}", _EQUAL)
    return UNKNOWN


def concatenate(call: Call) -> Result:
    """`Concatenate`: side by side along one axis; along all others they are equal."""
    axis = call.argument("axis")
    if not is_whole(axis) or not call.listed:
        raise Unsure
    return joined(call.inputs, axis)


def joined(shapes: tuple[Shape | None, ...], axis: int) -> Result:
    """Return what comes of shapes that are put side by side along an axis."""
    known = [shape for shape in shapes if shape is not None]
    if not known or len(shapes) == 1:
        return shapes[0]  # a single one is left as it is, whatever the axis
    first = known[0]
    for shape in known:
        if len(shape) != len(first):
            listed = " and ".join(dict.fromkeys(str(len(item)) for item in known))
            raise Mistake(f"they have {listed} axes with the batch axis", "give them equal numbers of axes first")
    place = has_axis(first, axis)
    for other in range(len(first)):
        numbers = dict.fromkeys(shape[other] for shape in known if isinstance(shape[other], int))
        if other != place and len(numbers) > 1:
            sizes = " and ".join(map(str, numbers))
            raise Mistake(
                f"they differ along axis {other}, {sizes}", f"only along axis {place}, `axis`, they may differ"
            )
    if len(known) < len(shapes):
        return tuple(UNKNOWN for _ in first)
    return (*first[:place], total(shape[place] for shape in known), *first[place + 1 :])


def dot(call: Call) -> Result:
    """`Dot`: the sum of products along an axis of each of two."""
    if not call.listed:
        raise Unsure
    if len(call.inputs) != 2:
        raise Mistake(f"it merges two results, and is fed {len(call.inputs)}")
    one, other = call.inputs
    if one is None or other is None:
        return None
    axes = call.argument("axes")
    if isinstance(axes, int) and axes < 0:
        axes = [axes % len(one), axes % len(other)]
    pair = [axes, axes] if isinstance(axes, int) else axes
    if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(isinstance(axis, int) for axis in pair):
        raise Unsure
    a, b = has_axis(one, pair[0]), has_axis(other, pair[1])
    if differ(one[a], other[b]):
        reason = f"axis {a} of the first and axis {b} of the second differ, {one[a]} and {other[b]}"
        raise Mistake(reason, "`axes: [A, B]` names an axis of each, of equal sizes")
    if None in (one[a], other[b]) and one[a] is not other[b] and UNKNOWN not in (one[a], other[b]):
        raise Mistake(f"only one of axis {a} of the first and axis {b} of the second has a fixed size", SAY_IT)
    if not a or not b or UNKNOWN in (one[a], other[b]):
        raise Unsure
    sizes = (*one[:a], *one[a + 1 :], *other[1:b], *other[b + 1 :])
    return sizes if len(sizes) > 1 else (*sizes, 1)

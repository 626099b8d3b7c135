"""Layers that add to the spatial axes, cut them, or stretch them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kspec.spec.checker import is_whole
from kspec.spec.shapes.calls import Call, Mistake, Result, Unsure, whole_numbers
from kspec.spec.shapes.demands import of_rank
from kspec.spec.shapes.sizes import Shape, plus, times
from kspec.spec.shapes.windows import spatial_axes


def zero_padding(spatial: int) -> Callable[[Call], Result]:
    """Return the rule of padding `spatial` axes with zeros."""

    def rule(call: Call) -> Result:
        shape = of_rank(call, spatial + 2)
        pairs = _pairs(call.argument("padding"), spatial)
        return _changed(call, shape, [(1, sum(pair)) for pair in pairs])

    return rule


def cropping(spatial: int) -> Callable[[Call], Result]:
    """Return the rule of cutting `spatial` axes at both ends."""

    def rule(call: Call) -> Result:
        shape = of_rank(call, spatial + 2)
        pairs = _pairs(call.argument("cropping"), spatial)
        for axis, pair in zip(spatial_axes(call, spatial), pairs, strict=True):
            size = shape[axis]
            if isinstance(size, int) and sum(pair) >= size:
                reason = f"`cropping` takes {sum(pair)} off axis {axis}, which has size {size}"
                raise Mistake(reason, "leave at least 1")
        return _changed(call, shape, [(1, -sum(pair)) for pair in pairs])

    return rule


def up_sampling(spatial: int) -> Callable[[Call], Result]:
    """Return the rule of repeating along `spatial` axes."""

    def rule(call: Call) -> Result:
        shape = of_rank(call, spatial + 2)
        factors = (call.whole("size"),) if spatial == 1 else call.sizes("size", spatial)
        return _changed(call, shape, [(factor, 0) for factor in factors])

    return rule


def _changed(call: Call, shape: Shape, changes: list[tuple[int, int]]) -> Shape:
    """Return a shape with each spatial axis times a factor, and something added."""
    sizes = list(shape)
    for axis, (factor, more) in zip(spatial_axes(call, len(changes)), changes, strict=True):
        sizes[axis] = plus(times(sizes[axis], factor), more)
    return tuple(sizes)


def _pairs(value: Any, spatial: int) -> list[tuple[int, ...]]:
    """Return what is added or cut at the two ends of each axis.

    Keras takes one number for all ends, and of several axes one number or a pair for each.
    """
    if is_whole(value) and value >= 0:
        return [(value, value)] * spatial
    if spatial == 1:
        return [whole_numbers(value, 2, 0)]
    if not isinstance(value, list | tuple) or len(value) != spatial:
        raise Unsure
    pairs = [(item, item) if isinstance(item, int) else item for item in value]
    return [whole_numbers(pair, 2, 0) for pair in pairs]

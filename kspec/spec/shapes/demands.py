"""What layers demand of what they are fed, and how it is said where that is not met."""

from __future__ import annotations

import re

from kspec.spec.shapes.calls import Call, Mistake, unknown
from kspec.spec.shapes.sizes import Shape, Size, differ

_BY_AXES = re.compile(r"(\w*?)([123])D(\w*)")
SAY_IT = "say it in the shape of the input, or pool over the open axes first"
_SPATIAL = ("LENGTH", "HEIGHT, WIDTH", "DEPTH, HEIGHT, WIDTH")
RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"})


def of_rank(call: Call, rank: int) -> Shape:
    """Return the shape that a layer is fed, which must have `rank` axes."""
    shape = call.shape
    if shape is None:
        return unknown(rank)
    if len(shape) != rank:
        raise wrong_rank(call.name, shape, rank, channels_first=call.argument("data_format") == "channels_first")
    return shape


def at_least(call: Call, rank: int) -> Shape | None:
    """Return the shape that a layer is fed, which must have at least `rank` axes; None if it is not known."""
    shape = call.shape
    if shape is not None and len(shape) < rank:
        raise wrong_rank(call.name, shape, rank, least=True)
    return shape


def wrong_rank(name: str, shape: Shape, wanted: int, *, least: bool = False, channels_first: bool = False) -> Mistake:
    """Return the mistake of a shape with too few or too many axes."""
    reason = f"it wants {'at least ' if least else ''}{wanted} axes with the batch axis, and gets {len(shape)}"
    return Mistake(reason, _rank_hint(name, shape, wanted, channels_first))


def _rank_hint(name: str, shape: Shape, wanted: int, channels_first: bool) -> str | None:
    given = len(shape)
    if name.startswith("ConvLSTM"):
        return f"it wants a sequence of images: `Reshape: [STEPS, {_SPATIAL[wanted - 4]}, CHANNELS]` before it"
    if name in RECURRENT:
        if given < wanted:
            return "it wants a sequence: `return_sequences: true` in the recurrent layer before it, or a `Reshape`"
        return "it wants a sequence: put `Reshape: [STEPS, FEATURES]` before it"
    if parts := _BY_AXES.fullmatch(name):
        return _spatial_hint(parts, shape, wanted, channels_first)
    return "put `Flatten` or a pooling layer before it" if given > wanted else None


def _spatial_hint(parts: re.Match[str], shape: Shape, wanted: int, channels_first: bool) -> str:
    """Return the hint for a layer that counts its spatial axes in its name."""
    spatial = int(parts[2])
    if len(shape) == wanted - 1:
        sizes = ["-1" if not isinstance(size, int) else str(size) for size in shape[1:]]
        if sizes.count("-1") > 1:
            return "a channel axis is missing: `ops.expand_dims: {axis: -1}` before it adds one"
        sizes = ["1", *sizes] if channels_first else [*sizes, "1"]
        added = f"`Reshape: [{', '.join(sizes)}]`"
        if spatial == 1:
            return f"it wants steps and channels: `return_sequences: true` in a recurrent layer before it, or {added}"
        return f"a channel axis is missing: put {added} before it"
    if len(shape) == wanted + 1 and spatial < 3 and parts[1] not in _SMALL:
        return f"`{parts[1]}{spatial + 1}D{parts[3]}` takes {wanted + 1} axes"
    sizes = [_SPATIAL[spatial - 1], "CHANNELS"]
    return f"put `Reshape: [{', '.join(reversed(sizes) if channels_first else sizes)}]` before it"


_SMALL = frozenset({"DepthwiseConv", "SeparableConv"})
"""Beginnings of layers that Keras has for one and two spatial axes only."""


def has_axis(shape: Shape, axis: int) -> int:
    """Return the number of an axis, counted from the front."""
    if not -len(shape) <= axis < len(shape):
        raise Mistake(f"there is no axis {axis}: it gets {len(shape)} axes with the batch axis, counted from 0")
    return axis % len(shape)


def weighs(call: Call, shape: Shape, axis: int) -> Size:
    """Return the size of an axis that the layer has weights for: it must be fixed, and the same in every call."""
    place = has_axis(shape, axis)
    size = shape[place]
    if size is None and axis not in call.bound:
        raise no_fixed_size(place)
    wanted = call.bound.setdefault(axis, size)
    if differ(wanted, size):
        raise wrong_size(place, wanted, size)
    return size


def no_fixed_size(axis: int, hint: str = SAY_IT) -> Mistake:
    """Return the mistake of an axis that is left open where weights must have a size."""
    return Mistake(f"axis {axis} has no fixed size, which its weights need", hint)


def wrong_size(axis: int, wanted: object, given: object) -> Mistake:
    """Return the mistake of a layer that is built already, for another size of an axis."""
    hint = "a layer has one set of weights: feed it the same sizes everywhere, or use a layer of its own"
    return Mistake(f"its weights are made for {wanted} along axis {axis}, and it gets {given}", hint)


def too_small(axis: int, size: int, window: int, argument: str) -> Mistake:
    """Return the mistake of a window that does not fit into the input."""
    reason = f"the input is smaller than the window, {size} against {window} on axis {axis}"
    return Mistake(reason, f"use a smaller `{argument}`, `padding: same`, or less pooling and striding before it")

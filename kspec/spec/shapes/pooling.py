"""Pooling: over windows, over everything, and to a given size."""

from __future__ import annotations

from collections.abc import Callable

from kspec.spec.shapes.calls import Call, Result, Unsure
from kspec.spec.shapes.demands import of_rank
from kspec.spec.shapes.sizes import UNKNOWN
from kspec.spec.shapes.windows import channels_of, slid, with_channels


def pooling(spatial: int) -> Callable[[Call], Result]:
    """Return the rule of pooling over windows of `spatial` axes."""

    def rule(call: Call) -> Result:
        shape = of_rank(call, spatial + 2)
        windows = call.sizes("pool_size", spatial)
        strides = windows if call.argument("strides") is None else call.sizes("strides", spatial)
        padding = call.argument("padding")
        if padding not in ("valid", "same"):
            raise Unsure
        sizes = slid(call, shape, windows, strides, valid=padding == "valid", argument="pool_size")
        return with_channels(call, shape[0], sizes, channels_of(call, shape))

    return rule


def global_pooling(spatial: int) -> Callable[[Call], Result]:
    """Return the rule of pooling over all of `spatial` axes."""

    def rule(call: Call) -> Result:
        shape = of_rank(call, spatial + 2)
        channels = channels_of(call, shape)
        if call.flag("keepdims"):
            return with_channels(call, shape[0], (1,) * spatial, channels)
        return (shape[0], channels)

    return rule


def adaptive_pooling(spatial: int) -> Callable[[Call], Result]:
    """Return the rule of pooling to a given size along `spatial` axes."""

    def rule(call: Call) -> Result:
        shape = call.shape
        if shape is not None and len(shape) != spatial + 2:
            raise Unsure  # Keras finds it out only when the layer is used
        channels = channels_of(call, shape) if shape else UNKNOWN
        return with_channels(call, shape[0] if shape else UNKNOWN, call.sizes("output_size", spatial), channels)

    return rule

"""Convolutions: plain, depthwise, separable, transposed.

Source for the transposed ones: `compute_conv_transpose_output_shape` of Keras.
"""

from __future__ import annotations

from collections.abc import Callable

from kspec.spec.shapes.calls import Call, Mistake, Result, Unsure
from kspec.spec.shapes.demands import of_rank, weighs
from kspec.spec.shapes.sizes import Shape, Size, times
from kspec.spec.shapes.windows import slid, spatial_axes, with_channels


def convolution(spatial: int) -> Callable[[Call], Result]:
    """Return the rule of a convolution over `spatial` axes."""

    def rule(call: Call) -> Result:
        shape = of_rank(call, spatial + 2)
        channels = weighs(call, shape, _channel_axis(call))
        groups = call.whole("groups")
        if isinstance(channels, int) and channels % groups:
            reason = f"its {groups} groups cannot share {channels} channels evenly"
            raise Mistake(reason, "use `groups` that divide the channels of the input")
        return convolved(call, shape, call.whole("filters"), spatial)

    return rule


def separable(spatial: int) -> Callable[[Call], Result]:
    """Return the rule of a separable convolution over `spatial` axes."""

    def rule(call: Call) -> Result:
        shape = of_rank(call, spatial + 2)
        weighs(call, shape, _channel_axis(call))
        return convolved(call, shape, call.whole("filters"), spatial)

    return rule


def depthwise(spatial: int) -> Callable[[Call], Result]:
    """Return the rule of a depthwise convolution over `spatial` axes."""

    def rule(call: Call) -> Result:
        shape = of_rank(call, spatial + 2)
        multiplier = call.whole("depth_multiplier")
        channels = weighs(call, shape, _channel_axis(call))
        if channels is None:
            raise Unsure  # a layer that is built already, whose channels are open now
        return convolved(call, shape, times(channels, multiplier), spatial)

    return rule


def transposed(spatial: int) -> Callable[[Call], Result]:
    """Return the rule of a transposed convolution over `spatial` axes."""

    def rule(call: Call) -> Result:
        shape = of_rank(call, spatial + 2)
        weighs(call, shape, _channel_axis(call))
        strides = call.sizes("strides", spatial)
        kernel = _windows(call, spatial)
        same = _padding(call) == "same"
        given = call.argument("output_padding")
        extra = call.sizes("output_padding", spatial, 0) if given is not None else (None,) * spatial
        parts = zip(spatial_axes(call, spatial), kernel, strides, extra, strict=True)
        sizes = [_grown(shape[axis], window, stride, more, same=same) for axis, window, stride, more in parts]
        return with_channels(call, shape[0], sizes, call.whole("filters"))

    return rule


def _grown(size: Size, window: int, stride: int, more: int | None, *, same: bool) -> Size:
    """Return a spatial size after a transposed convolution; `more` is its `output_padding`."""
    if not isinstance(size, int):
        return size
    if same:
        return size * stride if more is None else (size - 1) * stride + window % 2 + more
    return (size - 1) * stride + (max(window, stride) if more is None else window + more)


def convolved(call: Call, shape: Shape, filters: Size, spatial: int) -> Shape:
    """Return what a convolution makes of a shape with `spatial` axes besides those of batch and channels."""
    valid = _padding(call, causal=spatial == 1) == "valid"
    windows, strides = _windows(call, spatial), call.sizes("strides", spatial)
    sizes = slid(call, shape, windows, strides, valid=valid, argument="kernel_size")
    return with_channels(call, shape[0], sizes, filters)


def _channel_axis(call: Call) -> int:
    return 1 if call.channels_first else -1


def _windows(call: Call, spatial: int) -> tuple[int, ...]:
    """Return what the kernel covers along each axis, its gaps included."""
    kernel = call.sizes("kernel_size", spatial)
    dilation = call.sizes("dilation_rate", spatial)
    return tuple(rate * (size - 1) + 1 for size, rate in zip(kernel, dilation, strict=True))


def _padding(call: Call, *, causal: bool = False) -> str:
    padding = call.argument("padding")
    word = padding.lower() if isinstance(padding, str) else ""
    if word not in ("valid", "same") and not (causal and word == "causal"):
        raise Unsure
    return word

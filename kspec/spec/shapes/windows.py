"""What a window leaves that slides over the spatial axes of its input.

Source: `compute_conv_output_shape` and `compute_pooling_output_shape` of Keras.
"""

from __future__ import annotations

from collections.abc import Sequence

from kspec.spec.shapes.calls import Call
from kspec.spec.shapes.demands import too_small
from kspec.spec.shapes.sizes import Shape, Size


def slid(
    call: Call, shape: Shape, windows: Sequence[int], strides: Sequence[int], *, valid: bool, argument: str
) -> list[Size]:
    """Return the sizes of the spatial axes after a window has slid over them.

    Args:
        call: The call.
        shape: What it is fed.
        windows: What the window covers along each axis.
        strides: How far it moves each time.
        valid: Whether it stays inside the input; else the input is padded as needed.
        argument: What says how large the window is, for messages.
    """
    sizes: list[Size] = []
    axes = spatial_axes(call, len(windows))
    for axis, window, stride in zip(axes, windows, strides, strict=True):
        size = shape[axis]
        if not isinstance(size, int):
            sizes.append(size)
        elif valid and size < window:
            raise too_small(axis, size, window, argument)
        else:
            sizes.append((size - (window if valid else 1)) // stride + 1)
    return sizes


def spatial_axes(call: Call, count: int) -> range:
    """Return the numbers of the spatial axes. A layer without `data_format` has its channels last."""
    first = 2 if call.channels_first else 1
    return range(first, first + count)


def with_channels(call: Call, batch: Size, spatial: Sequence[Size], channels: Size) -> Shape:
    """Return a shape with the channel axis where the layer has it."""
    return (batch, channels, *spatial) if call.channels_first else (batch, *spatial, channels)


def channels_of(call: Call, shape: Shape) -> Size:
    """Return the size of the channel axis."""
    return shape[1] if call.channels_first else shape[-1]

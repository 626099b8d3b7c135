"""Layers for images: a batch of them has four axes, a single image three."""

from __future__ import annotations

from kspec.spec.shapes.calls import Call, Mistake, Result, Unsure
from kspec.spec.shapes.sizes import Shape


def resized(call: Call) -> Result:
    """`Resizing`, `CenterCrop` and `RandomCrop`: another height and width."""
    shape = call.shape
    if shape is None:
        return None
    if len(shape) not in (3, 4):
        if call.name == "CenterCrop":
            raise _no_image(shape)
        raise Unsure
    sizes = list(shape)
    first = len(shape) - (2 if call.channels_first else 3)
    sizes[first], sizes[first + 1] = call.whole("height"), call.whole("width")
    return tuple(sizes)


def coloured(call: Call) -> Result:
    """`RandomColorDegeneration`: images of three colours."""
    shape = call.shape
    if shape is None:
        return None
    if len(shape) not in (3, 4):
        raise _no_image(shape)
    channels = shape[-3 if call.channels_first else -1]
    if isinstance(channels, int) and channels != 3:
        raise Mistake(f"it wants images of 3 channels, and gets {channels}")
    return shape


def _no_image(shape: Shape) -> Mistake:
    reason = f"it wants images, 4 axes with the batch axis, and gets {len(shape)}"
    return Mistake(reason, "put `Reshape: [HEIGHT, WIDTH, CHANNELS]` before it")

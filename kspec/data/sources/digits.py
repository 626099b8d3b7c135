"""Handwritten digits that come with scikit-learn: MNIST's little sister, there without a network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields, fingerprint_fields
from kspec.data.sources.loaded import Loaded, SourceContext
from kspec.data.sources.parts import part_fifth

_HIGHEST = 16


def digits(context: SourceContext, *, image_size: Sequence[int] | None = None) -> Loaded:
    """Digits: 1,797 images of handwritten digits, 8 by 8 pixels, that come with scikit-learn.

    A fifth of each class, always the same rows, is the test part (359 images); 1,438 are left to train on.

    Args:
        image_size: List of 2 positive integers, height and width. Brings the images to this size as MNIST's are made:
            the digit in the middle, over 20 of every 28 pixels, from 0 to 255. `[28, 28]` can take MNIST's place. Left
            out, images stay 8 by 8, from 0 to 16.

    Returns:
        `x`: uint8 images of shape `(rows, 8, 8)` or `(rows, *image_size)`. `y`: uint8 digits of shape `(rows,)`.
    """
    size = None if image_size is None else _checked_size(image_size)
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = bunch.images.astype(np.uint8) if size is None else _scaled(bunch.images, size)
    labels = bunch.target.astype(np.uint8)
    train, test = part_fifth(Fields({"x": images, "y": labels}), classes=labels)
    return Loaded(train=train, test=test, origin="scikit-learn's digits", fingerprint=fingerprint_fields(train, test))


def _checked_size(image_size: object) -> tuple[int, int]:
    match image_size:
        case [int(height), int(width)] if height > 0 and width > 0:
            return height, width
    raise DataError(f"expected [height, width] as positive integers, got {image_size!r}", argument="image_size")


def _scaled(images: Array, size: tuple[int, int]) -> Array:
    from PIL import Image

    height, width = size
    box_height, box_width = (max(1, round(side * 20 / 28)) for side in size)
    top, left = (height - box_height) // 2, (width - box_width) // 2
    scaled = np.zeros((len(images), height, width), dtype=np.uint8)
    for index, image in enumerate(images):
        grey = Image.fromarray((image / _HIGHEST * 255).astype(np.float32))
        box = np.asarray(grey.resize((box_width, box_height), Image.Resampling.LANCZOS))
        scaled[index, top : top + box_height, left : left + box_width] = np.rint(box).clip(0, 255)
    return scaled

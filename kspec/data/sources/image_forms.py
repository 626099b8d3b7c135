"""What images are brought to: size, channels, and how they are resized. Nothing of it needs NumPy or Pillow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kspec.data.sources.errors import DataError
from kspec.spec.checker import listing

CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
"""Values of an image's pixel by its colour mode."""

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos", "box", "hamming")
"""Pillow's resamplers, called what `keras.utils.load_img` calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageForm:
    """The form of all images of a source.

    Args:
        size: Height and width; None for the one that all of them have.
        color_mode: `rgb`, `rgba` or `grayscale`.
        interpolation: How they are resized.
        crop: Whether the middle of the wanted shape is cut out first.
        pad: Whether black is laid around them first, up to the wanted shape.
    """

    size: tuple[int, int] | None
    color_mode: str
    interpolation: str
    crop: bool
    pad: bool

    @property
    def channels(self) -> int:
        """Values of a pixel."""
        return CHANNELS[self.color_mode]


def image_form(
    *,
    size: Sequence[int] | None = None,
    color_mode: str = "rgb",
    interpolation: str = "bilinear",
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
) -> ImageForm:
    """Return the form that the arguments of `images` ask for.

    Raises:
        DataError: If there is no such form.
    """
    for name, value, known in (
        ("color_mode", color_mode, tuple(CHANNELS)),
        ("interpolation", interpolation, INTERPOLATIONS),
    ):
        if value not in known:
            raise DataError(f"expected {listing(known, 'or')}, got {value!r}", argument=name)
    form = ImageForm(
        size=_checked_size(size), color_mode=color_mode, interpolation=interpolation, crop=crop_to_aspect_ratio,
        pad=pad_to_aspect_ratio,
    )  # fmt: skip
    if form.crop and form.pad:
        message = "an image is cropped or padded to an aspect ratio, not both"
        raise DataError(message, hint="keep one of the two", argument="pad_to_aspect_ratio")
    if form.size is None and (form.crop or form.pad):
        argument = "crop_to_aspect_ratio" if form.crop else "pad_to_aspect_ratio"
        raise DataError("nothing says to which aspect ratio", hint="add `size: [height, width]`", argument=argument)
    return form


def _checked_size(size: object) -> tuple[int, int] | None:
    match size:
        case None:
            return None
        case [int(height), int(width)] if height > 0 and width > 0 and not {True} & {height is True, width is True}:
            return height, width
    raise DataError(f"expected [height, width] as positive integers, got {size!r}", argument="size")

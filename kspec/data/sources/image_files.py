"""Single image files: what their heads say, and their pixels."""

from __future__ import annotations

import contextlib
import hashlib
import io
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from kspec.data.sources.fields import Array
from kspec.data.sources.file_rows import FileFault, read_bytes
from kspec.data.sources.image_forms import ImageForm
from kspec.spec.checker import shortened

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
_MODES = {"rgb": "RGB", "rgba": "RGBA", "grayscale": "L"}
_TURNED = (5, 6, 7, 8)
_ORIENTATION = 0x0112
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, OverflowError)
"""What Pillow raises for a file that is not whole, each decoder in its own way."""


@dataclass(frozen=True, slots=True)
class ImageHead:
    """What an image file says of itself before it is decoded.

    Args:
        digest: SHA-256 of the file's bytes.
        size: Height and width, upright.
        alpha: Whether pixels may be transparent.
        moving: Whether it has more than one frame.
        deep: Whether a pixel's value has more than eight bits.
    """

    digest: bytes
    size: tuple[int, int]
    alpha: bool
    moving: bool
    deep: bool


def read_head(path: Path) -> ImageHead:
    """Return the head of an image file.

    Raises:
        FileFault: If it cannot be read, or is no image.
    """
    data = read_bytes(path)
    with _opened(data) as image:
        width, height = image.size
        if _orientation(image) in _TURNED:
            width, height = height, width
        return ImageHead(
            digest=hashlib.sha256(data).digest(),
            size=(height, width),
            alpha=image.has_transparency_data,
            # A photograph may bring a preview along as a second picture, which is no frame of a film.
            moving=getattr(image, "is_animated", False) and image.format != "MPO",
            deep=image.mode.startswith("I"),
        )


def decode(path: Path, form: ImageForm) -> Array:
    """Return the pixels of an image file: upright, its first frame, in the wanted channels and size.

    Returns:
        uint8 array of shape `(height, width, channels)`.

    Raises:
        FileFault: If it cannot be read, is no image, or is cut short.
    """
    with _opened(read_bytes(path)) as image:
        ImageOps.exif_transpose(image, in_place=True)
        converted = _converted(image, _MODES[form.color_mode])
        pixels = np.asarray(_resized(converted, form))
    return pixels.reshape(*pixels.shape[:2], form.channels)


class _Silence:
    """Keeps warnings off from the first thread that wants that to the last; Python's own way holds for one only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0
        self._before = contextlib.ExitStack()

    @contextlib.contextmanager
    def wanted(self) -> Iterator[None]:
        with self._lock:
            if not self._wanted:
                self._before.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore")
            self._wanted += 1
        try:
            yield
        finally:
            with self._lock:
                self._wanted -= 1
                if not self._wanted:
                    self._before.close()


_SILENCE = _Silence()


def without_warnings() -> contextlib.AbstractContextManager[None]:
    """Keep Pillow from printing what it thinks of damaged metadata, in all threads; several may want that at a time."""
    return _SILENCE.wanted()


@contextlib.contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """Give an image that is not decoded yet; what is wrong with it, then and later, becomes a fault."""
    if not data:
        raise FileFault("is empty")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            yield image
    except UnidentifiedImageError:
        raise FileFault(f"is no image: it begins with {_beginning(data)}") from None
    except Image.DecompressionBombError:
        limit = 2 * (Image.MAX_IMAGE_PIXELS or 0)
        raise FileFault(f"has more than {limit:,} pixels, as decompression bombs have") from None
    except _DAMAGED as error:
        raise FileFault(f"is cut short or damaged: {error}") from error


def _orientation(image: Image.Image) -> int:
    if image.format == "PNG" and "exif" not in image.info:
        return 1  # to look for it behind the pixels, Pillow would decode them
    return int(image.getexif().get(_ORIENTATION, 1))


def _converted(image: Image.Image, mode: str) -> Image.Image:
    if image.mode.startswith("I"):  # Pillow would cut 16 bits off at 255, not scale them
        image = Image.fromarray((np.asarray(image).clip(0, 0xFFFF) >> 8).astype(np.uint8))
    return image if image.mode == mode else image.convert(mode)


def _resized(image: Image.Image, form: ImageForm) -> Image.Image:
    """Return an image in the wanted size. Source of the crop: `keras.utils.load_img` with `keep_aspect_ratio`."""
    if form.size is None or image.size == (form.size[1], form.size[0]):
        return image
    (width, height), (wanted_height, wanted_width) = image.size, form.size
    resample = Image.Resampling[form.interpolation.upper()]
    if form.pad:
        return ImageOps.pad(image, (wanted_width, wanted_height), resample, color=0)
    box = (0, 0, width, height)
    if form.crop:
        cut_height = min(height, width * wanted_height // wanted_width) or 1
        cut_width = min(width, height * wanted_width // wanted_height) or 1
        top, left = (height - cut_height) // 2, (width - cut_width) // 2
        box = (left, top, left + cut_width, top + cut_height)
    return image.resize((wanted_width, wanted_height), resample, box)


def _beginning(data: bytes) -> str:
    text = data[:64].decode("latin-1")
    plain = text.split("\n")[0].strip() or text.strip()
    return f"`{shortened(plain, 24)}`" if plain.isascii() and plain.isprintable() else f"0x{data[:4].hex()}"

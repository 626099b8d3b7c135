"""A folder of images as a spec will name it, and what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median_low

import numpy as np

from kspec.commands.starters.sheet import shown
from kspec.commands.starters.targets import Target
from kspec.data.sources import DataError
from kspec.data.sources.file_rows import read_all
from kspec.data.sources.folder_search import IMAGES, FolderPart
from kspec.data.sources.folders import read_folder
from kspec.data.sources.image_files import decode, read_head, without_warnings
from kspec.data.sources.image_forms import image_form
from kspec.spec.problems import Problem, SpecError

LABEL = "label"
"""Field in which the names of class folders are."""
LEAST = 8
"""Height and width below which two convolutions see nothing new."""

_LARGEST = 128
"""Height or width that images are brought down to, so that a processor trains on them in minutes."""
_HEADS, _PIXELS = 400, 24
"""Images of which the size, and of which the colours are looked at."""
_ALIKE = 1.05
"""How many times wider for its height one image may be than another before resizing distorts it."""
_LEAST_OF_A_CLASS = 5


@dataclass(frozen=True, slots=True)
class ImageFolder:
    """A folder with a folder of images for each class.

    Args:
        path: The folder, as it was named.
        rows: Number of images by part: `train`, and `validation` and `test` where the folder has them.
        target: The classes of the training images.
        size: Height and width that a model is to be fed.
        smallest: Height and width of the smallest image that was looked at.
        largest: The same of the largest.
        grey: Whether the images have no colours.
        distorted: Whether some are distorted if they are resized as they are.
    """

    path: str
    rows: Mapping[str, int]
    target: Target
    size: tuple[int, int]
    smallest: tuple[int, int]
    largest: tuple[int, int]
    grey: bool
    distorted: bool

    @property
    def resized(self) -> bool:
        """Whether images are brought to another size, or to one."""
        return not self.smallest == self.largest == self.size

    @property
    def name(self) -> str:
        """Name of the folder, without those that it lies in."""
        return Path(self.path).resolve().name

    @classmethod
    def look(cls, path: str) -> ImageFolder:
        """Look at the names of the files in a folder, and at some of the images.

        Raises:
            SpecError: There are no images in folders for classes, or some cannot be read.
        """
        root = Path(path).expanduser()
        try:
            with without_warnings():
                parts = read_folder(root, IMAGES, labelled=True).parts
                target = _target(path, parts["train"])
                _check_other_parts(path, parts, target)
                files = [root / name for name in parts["train"].names]
                sizes = [head.size for head in read_all(_some(files, _HEADS), read_head, kind=IMAGES.name)]
                colours = partial(decode, form=image_form(color_mode="rgb"))
                pixels = read_all(_some(files, _PIXELS), colours, kind=IMAGES.name)
        except DataError as error:
            raise SpecError([Problem("bad-data", (), error.message, error.hint)]) from None
        size = _size(sizes)
        return cls(
            path=path,
            rows={name: len(part.names) for name, part in parts.items()},
            target=target,
            size=size,
            smallest=min(sizes, key=np.prod),
            largest=max(sizes, key=np.prod),
            grey=all((image == image[..., :1]).all() for image in pixels),
            distorted=any(_times_wider(size, other) > _ALIKE for other in sizes),
        )


def _target(path: str, part: FolderPart) -> Target:
    if part.labels is None:
        message = f"the images of {shown(path)} lie in no folders for classes"
        raise SpecError([Problem("bad-data", (), message, "make a folder for each class, named after it")])
    classes = tuple(sorted(Counter(part.labels).items()))
    if len(classes) == 1:
        message = f"{shown(path)} has images of one class only, {shown(classes[0][0])}"
        raise SpecError([Problem("bad-target", (), message, "make a folder for each class, named after it")])
    target = Target(LABEL, classes)
    name, rows = target.rarest
    if rows < _LEAST_OF_A_CLASS:
        images = "1 image" if rows == 1 else f"{rows} images"
        message = f"the class {shown(name)} of {shown(path)} has {images}"
        hint = f"{_LEAST_OF_A_CLASS} of each class are the least to learn from and to judge by"
        raise SpecError([Problem("too-few-rows", (), message, hint)])
    return target


def _check_other_parts(path: str, parts: Mapping[str, FolderPart], target: Target) -> None:
    known = {name for name, _ in target.classes}
    for part, found in parts.items():
        if other := sorted(set(found.labels or ()) - known):
            message = (
                f"the {part} part of {shown(path)} has the class {shown(other[0])}, which the training part has not"
            )
            raise SpecError([Problem("bad-target", (), message, "every class must be trained on")])


def _some(files: Sequence[Path], most: int) -> list[Path]:
    """Return some of the files, from all over the list."""
    return [*files[:: -(-len(files) // most)]]


def _size(sizes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the size of all images if they have one that is small, else one that is as wide for its height as most."""
    if len(set(sizes)) == 1 and min(sizes[0]) >= LEAST and max(sizes[0]) <= _LARGEST:
        return sizes[0]
    height, width = (median_low(side) for side in zip(*sizes, strict=True))
    by = min(1.0, _LARGEST / max(height, width))
    return (_even(height * by), _even(width * by))


def _even(side: float) -> int:
    """Return a length that can be halved three times."""
    return max(LEAST, round(side / 8) * 8)


def _times_wider(one: tuple[int, int], other: tuple[int, int]) -> float:
    ratio = one[1] / one[0] * other[0] / other[1]
    return max(ratio, 1 / ratio)

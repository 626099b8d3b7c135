"""Images in files: a folder for each class, a flat folder, or a CSV file that names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields
from kspec.data.sources.file_rows import ROWS_OF_A_SHARD, FileRows, fingerprint_of, read_all
from kspec.data.sources.folder_heads import is_table
from kspec.data.sources.folder_search import IMAGES
from kspec.data.sources.folders import check_labels, find_place, read_folder
from kspec.data.sources.image_files import ImageHead, decode, read_head, without_warnings
from kspec.data.sources.image_forms import ImageForm, image_form
from kspec.data.sources.image_table import table_rows
from kspec.data.sources.loaded import Loaded, Progress, SourceContext, unwatched
from kspec.data.sources.stream import Shard, Stream, hold, rows_of_a_piece

_SHARD_BYTES = 1_000_000
"""About how many bytes of pixels make a shard of a stream: little, since the neighbours in a folder are of one class,
and rows are mixed with those of as many shards as fit into some memory."""


def images(
    context: SourceContext,
    *,
    path: str | Sequence[str],
    size: Sequence[int] | None = None,
    color_mode: str = "rgb",
    interpolation: str = "bilinear",
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    labels: str | None = "inferred",
    file: str = "file",
) -> Loaded:
    """Images in a folder for each class, in a flat folder, or named by a CSV file.

    PNG, JPEG, GIF, BMP and WebP; of several frames the first. They are turned upright as their EXIF data says. A folder
    that holds `train` and `test` or `validation` has these parts.

    Args:
        path: String, or list of strings. The folder, relative to the spec; or a CSV file that names images, paths
            relative to it; or single images, also by a pattern such as `photos/*.png`.
        size: List of 2 positive integers, height and width, to which images are resized. Left out, all images must have
            one size.
        color_mode: String. Channels of the images, whatever their files have: 3, 4 (with transparency) or 1.
        interpolation: String. How images are resized: one of Pillow's resamplers, called as in `keras.utils.load_img`.
        crop_to_aspect_ratio: Boolean. Whether the middle is cut out so that resizing does not distort images.
        pad_to_aspect_ratio: Boolean. Whether black is laid around images so that resizing does not distort them.
        labels: String or null. With `inferred`, labels are the names of class folders; with null there are none, and
            images at any depth are read.
        file: String. Column of a CSV file that names the images.

    Returns:
        `image`: uint8 images of shape `(rows, height, width, channels)`, 0 to 255. `label`: text of shape `(rows,)`, if
        there are class folders. `file`: text, the path below the folder. The other columns of a CSV file.

    Raises:
        DataError: If files are missing, are no whole images, or differ in size.
    """
    form = image_form(
        size=size, color_mode=color_mode, interpolation=interpolation, crop_to_aspect_ratio=crop_to_aspect_ratio,
        pad_to_aspect_ratio=pad_to_aspect_ratio,
    )  # fmt: skip
    found = _find(context, path, inferred=check_labels(labels), column=file)
    every = [each for rows in found.parts.values() for each in rows.paths]
    with _all_told(every, form, context.progress):
        heads = read_all(every, read_head, kind=IMAGES.name, progress=context.progress)
    height, width = form.size or _one_size(every, heads)
    with _all_told(every, form, context.progress):
        parts = {name: _held(rows, form, (height, width), context) for name, rows in found.parts.items()}
    names = [name for rows in found.parts.values() for name in rows.names]
    return Loaded(
        train=parts["train"],
        validation=parts.get("validation"),
        test=parts.get("test"),
        origin=found.origin,
        fingerprint=fingerprint_of(names, (head.digest for head in heads)),
        paths=found.paths,
        notices=(*found.notices, *_lost(heads, color_mode)),
    )


@contextmanager
def _all_told(paths: Sequence[Path], form: ImageForm, progress: Progress) -> Iterator[None]:
    """Where a file is found that cannot be used, tell of all of them at once: of many only decoding shows it.

    Raises:
        DataError: A file is no whole image.
    """
    with without_warnings():
        try:
            yield
        except DataError:
            read_all(paths, partial(_look_through, form=form), kind=IMAGES.name, progress=progress)
            raise


def _look_through(path: Path, form: ImageForm) -> None:
    decode(path, form)


@dataclass(frozen=True, slots=True)
class _Found:
    parts: Mapping[str, FileRows]
    origin: str
    paths: tuple[Path, ...]
    notices: tuple[str, ...] = ()


def _find(context: SourceContext, path: str | Sequence[str], *, inferred: bool, column: str) -> _Found:
    place = find_place(path, folder=context.folder)
    if isinstance(place, Path):
        folder = read_folder(place, IMAGES, labelled=inferred, given=context.given)
        parts = {
            name: FileRows.of(place, part.names, part.labels).some(context.sample)
            for name, part in folder.parts.items()
        }
        return _Found(parts, str(place), (place,), folder.notices)
    if is_table(place[0]):
        if len(place) > 1:
            raise DataError("expected one CSV file that names the images", argument="path")
        return _Found({"train": table_rows(context, place[0], column).some(context.sample)}, str(place[0]), place)
    if unlike := [each for each in place if not IMAGES.has(each.name)]:
        raise DataError(f"`{unlike[0]}` has an ending that is not known", hint=str(IMAGES), argument="path")
    home = context.folder
    names = [(each.relative_to(home) if each.is_relative_to(home) else each).as_posix() for each in place]
    origin = str(place[0]) if len(place) == 1 else f"{len(place):,} images, {place[0]} to {place[-1]}"
    return _Found({"train": FileRows.of(home, names)}, origin, place)


def _one_size(paths: Sequence[Path], heads: Sequence[ImageHead]) -> tuple[int, int]:
    sizes = Counter(head.size for head in heads)
    (usual, _), *others = sizes.most_common()
    if others:
        one, other = (next(n for n, head in enumerate(heads) if head.size == size) for size in (usual, others[0][0]))
        shown = f"`{paths[one]}` is {list(heads[one].size)}, `{paths[other]}` is {list(heads[other].size)}"
        message = f"the images have {len(sizes):,} sizes: {shown}"
        raise DataError(message, hint=f"bring them to one: `size: [height, width]`, such as `size: {list(usual)}`")
    return usual


def _held(rows: FileRows, form: ImageForm, size: tuple[int, int], context: SourceContext) -> Fields | Stream:
    """Return the images of a part in memory if they fit, decoded once; else as a stream that decodes them each time."""
    bytes_a_row = size[0] * size[1] * form.channels
    total = bytes_a_row * len(rows.names)
    fits = context.memory is None or total <= context.memory
    most = ROWS_OF_A_SHARD if fits else min(ROWS_OF_A_SHARD, max(1, _SHARD_BYTES // bytes_a_row))
    told = _Told(context.progress if fits else unwatched, len(rows.names))
    shards = [Shard(len(some.names), partial(_read, some, form, size, told)) for some in rows.shards(most)]
    (head,) = _read(rows.slice(0, 1), form, size, _Told(unwatched, 1), None)
    return hold(Stream(shards, head=head, size=total), context.memory)


@dataclass(slots=True)
class _Told:
    """Counts images that are decoded, and tells of them."""

    progress: Progress
    total: int
    done: int = 0

    def count(self, rows: int) -> None:
        self.done += rows
        self.progress("decoding images", self.done, self.total)


def _read(
    rows: FileRows, form: ImageForm, size: tuple[int, int], told: _Told, names: Collection[str] | None
) -> Iterator[Fields]:
    if names is not None and "image" not in names:
        yield rows.fields({})
        return
    bytes_a_row = size[0] * size[1] * form.channels
    for some in rows.shards(min(ROWS_OF_A_SHARD, rows_of_a_piece(bytes_a_row))):
        with without_warnings():
            pixels = read_all(some.paths, partial(decode, form=form), kind=IMAGES.name)
        told.count(len(pixels))
        yield some.fields({"image": _stacked(some.paths, pixels, (*size, form.channels))})


def _stacked(paths: Sequence[Path], pixels: Sequence[Array], shape: tuple[int, ...]) -> Array:
    for path, image in zip(paths, pixels, strict=True):
        if image.shape != shape:
            message = f"`{path}` is {list(image.shape[:2])} as decoded, not {list(shape[:2])} as the others"
            raise DataError(message, hint="bring them to one size: `size: [height, width]`", argument="path")
    return np.stack(pixels)


def _lost(heads: Sequence[ImageHead], color_mode: str) -> Iterator[str]:
    """Yield what the user must not miss of what images have and rows do not."""
    if (count := sum(head.alpha for head in heads)) and color_mode != "rgba":
        yield f"{_images(count, 'has', 'have')} transparency, which `color_mode: {color_mode}` leaves out"
    if count := sum(head.moving for head in heads):
        yield f"{_images(count, 'has', 'have')} several frames: only the first is read"
    if count := sum(head.deep for head in heads):
        yield f"{_images(count, 'has', 'have')} 16 bits a pixel: only the high 8 are kept"


def _images(count: int, one: str, many: str) -> str:
    return f"1 image {one}" if count == 1 else f"{count:,} images {many}"

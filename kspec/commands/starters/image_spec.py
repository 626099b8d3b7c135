"""The text of a spec for a folder of images."""

from __future__ import annotations

from dataclasses import replace

from kspec.commands.starters.beginning import write_beginning
from kspec.commands.starters.heads import Head, make_heads
from kspec.commands.starters.image_folder import LEAST, ImageFolder
from kspec.commands.starters.names import StepNames
from kspec.commands.starters.sheet import Sheet, scalar, shown
from kspec.commands.starters.sizes import Sizes, sizes_for
from kspec.commands.starters.training_sections import write_compile, write_fit

_FILTERS = (32, 64, 128, 128)
"""Filters of each block of convolutions, as far as the images are large enough for it."""


def image_spec(folder: ImageFolder, *, name: str, made_by: str, trains: str, path: str) -> str:
    """Return a spec for a folder of images, with remarks that say why each choice was made.

    Args:
        folder: What is in it.
        name: What its runs are to be called.
        made_by: The command that makes it.
        trains: The command that trains it.
        path: Path of the folder, relative to where the spec will lie.
    """
    rows = folder.rows["train"]
    sizes = replace(sizes_for(rows), rate=1e-3, batch=32, epochs=60, patience=10)
    heads = make_heads([folder.target], StepNames())
    sheet = Sheet()
    count = len(folder.target.classes)
    what = f"Images of {shown(folder.name)} into {count:,} classes, learnt from {rows:,} images."
    write_beginning(sheet, what, name=name, made_by=f"`{made_by}` from a look at the folder", trains=trains)
    _write_data(sheet, folder, path)
    sheet.space(2)
    _write_model(sheet, folder, heads[0], sizes)
    sheet.space(2)
    write_compile(sheet, heads, sizes)
    sheet.space(2)
    write_fit(sheet, rows, heads, sizes, split="validation" not in folder.rows)
    return str(sheet)


def _write_data(sheet: Sheet, folder: ImageFolder, path: str) -> None:
    height, width = folder.size
    counted = ", ".join(f"{part} {rows:,}" for part, rows in folder.rows.items())
    sheet.line(0, "data:")
    sheet.line(1, "source:")
    sheet.line(2, "images:")
    sheet.line(3, f"path: {scalar(path)}", f"a folder for each class; images: {counted}; relative to this file")
    sheet.line(3, f"size: [{height}, {width}]", _why_size(folder))
    if folder.distorted:
        sheet.line(3, "crop_to_aspect_ratio: true", "cuts the middle out, where resizing would distort an image")
    if folder.grey:
        sheet.line(3, "color_mode: grayscale", "the images that were looked at have no colours")
    if "test" not in folder.rows:
        sheet.remark(1, "Images that are never trained on would give an honest last word: folders `train` and `test`.")
    sheet.space()
    sheet.line(1, "inputs:")
    sheet.line(2, "field: image")
    sheet.line(2, "preprocess: [{Rescaling: $(1 / 255)}]", "pixels between 0 and 1")
    classes = folder.target.classes
    few = ", ".join(f"{shown(name)} {rows:,}" for name, rows in classes) if len(classes) <= 6 else ""
    sheet.line(1, f"targets: {scalar(folder.target.name)}", few or f"{len(classes):,} names of folders")


def _why_size(folder: ImageFolder) -> str:
    if not folder.resized:
        return "height and width of all images that were looked at"
    smallest, largest = (f"{height} by {width}" for height, width in (folder.smallest, folder.largest))
    found = f"are {smallest}" if folder.smallest == folder.largest else f"are from {smallest} to {largest}"
    return f"height and width; the images {found}: larger ones show more, and take longer"


def _write_model(sheet: Sheet, folder: ImageFolder, head: Head, sizes: Sizes) -> None:
    sheet.line(0, "model:")
    sheet.line(1, "layers:")
    sheet.remark(
        2, "Makes each image a little different every time that it is trained on. Where a mirror image is as good,"
    )
    sheet.remark(2, "`RandomFlip: horizontal` helps, too.")
    sheet.line(2, "- RandomTranslation: {height_factor: 0.1, width_factor: 0.1, fill_mode: nearest}")
    sheet.space()
    for number, filters in enumerate(_FILTERS[: _blocks(folder.size)]):
        remark = "" if number else "filters, each of which looks at 3 by 3 pixels at a time"
        sheet.line(2, f"- Conv2D: {{filters: {filters}, kernel_size: 3, padding: same, activation: relu}}", remark)
        sheet.line(2, "- MaxPooling2D", "" if number else "halves height and width")
    sheet.line(2, "- GlobalAveragePooling2D", "how much of each there is, wherever it is")
    sheet.line(2, f"- Dropout: {max(sizes.dropout, 0.3)}", "while training, so that no value is relied upon alone")
    for layer, remark in head.steps:
        sheet.line(2, f"- {layer}", remark)


def _blocks(size: tuple[int, int]) -> int:
    """Return how many blocks of convolutions there are: as many as leave something to look at."""
    side, blocks = min(size), 1
    while side // 2 >= LEAST and blocks < len(_FILTERS):
        side, blocks = side // 2, blocks + 1
    return blocks

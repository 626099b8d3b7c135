"""Folders of images and texts that are not what they should be: what is said of them, word for word."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Make = Callable[..., Path]
Case = tuple[dict[str, Any], str]
ENDINGS = "images end in .png, .jpg, .jpeg, .gif, .bmp and .webp"


def png_head(width: int, height: int) -> bytes:
    """Return the beginning of a PNG file of some size, without any pixels."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">II", zlib.crc32(chunk), 9) + b"IDAT"


def missing_folder(picture: Make, write: Make) -> Case:
    picture("photos/a.png")
    return {"path": "phtos"}, "there is no folder `phtos`; did you mean `photos`?"


def empty_folder(picture: Make, write: Make) -> Case:
    write("photos/cat/.keep")
    write("photos/Thumbs.db")
    return {"path": "photos"}, "there are no images in `photos`; it is empty"


def formats_that_are_not_read(picture: Make, write: Make) -> Case:
    for name in ("a.tiff", "b.tiff", "c.HEIC", "sub/README"):
        write(f"photos/{name}", "x")
    found = f"4 other files are not read: 2 (.tiff), 1 (.heic), 1 (README); {ENDINGS}"
    return {"path": "photos"}, f"there are no images in `photos`; {found}"


def empty_file(picture: Make, write: Make) -> Case:
    picture("photos/a.png")
    write("photos/b.png")
    return {"path": "photos"}, "`photos/b.png` is empty; replace it, or take it away"


def page_in_place_of_an_image(picture: Make, write: Make) -> Case:
    picture("photos/cat/a.jpg")
    write("photos/cat/b.jpg", "<!DOCTYPE html>\n<html><head><title>404 Not Found")
    said = "is no image: it begins with `<!DOCTYPE html>`"
    return {"path": "photos"}, f"`photos/cat/b.jpg` {said}; replace it, or take it away"


def format_behind_a_wrong_ending(picture: Make, write: Make) -> Case:
    picture("a.tiff")
    write("photos/a.png", (picture("a.tiff")).read_bytes())
    return {"path": "photos"}, "`photos/a.png` is no image: it begins with 0x49492a00; replace it, or take it away"


def cut_png(picture: Make, write: Make) -> Case:
    whole = picture("photos/a.png", (40, 40)).read_bytes()
    write("photos/a.png", whole[:1000])
    said = "is cut short or damaged: image file is truncated"
    return {"path": "photos"}, f"`photos/a.png` {said}; replace it, or take it away"


def cut_jpeg(picture: Make, write: Make) -> Case:
    whole = picture("photos/a.jpg", (40, 40)).read_bytes()
    write("photos/a.jpg", whole[:-400])
    said = "is cut short or damaged: image file is truncated (N bytes not processed)"
    return {"path": "photos"}, f"`photos/a.jpg` {said}; replace it, or take it away"


def several_faults(picture: Make, write: Make) -> Case:
    picture("photos/a.png")
    for number in range(5):
        write(f"photos/b{number}.png", b"\0\0" * number)
    zeros = "is no image: it begins with 0x0000"
    said = f"`photos/b0.png` is empty; `photos/b1.png` {zeros}; `photos/b2.png` {zeros}0000; and 2 more"
    return {"path": "photos"}, f"5 of 6 images cannot be used: {said}; replace them, or take them away"


def faults_of_heads_and_of_pixels(picture: Make, write: Make) -> Case:
    picture("photos/a.png")
    write("photos/b.png")
    write("photos/c.png", picture("photos/c.png", (40, 40)).read_bytes()[:1000])
    said = "`photos/b.png` is empty; `photos/c.png` is cut short or damaged: image file is truncated"
    return {"path": "photos"}, f"2 of 3 images cannot be used: {said}; replace them, or take them away"


def bomb(picture: Make, write: Make) -> Case:
    write("photos/a.png", png_head(100_000, 100_000))
    said = "has more than 178,956,970 pixels, as decompression bombs have"
    return {"path": "photos"}, f"`photos/a.png` {said}; replace it, or take it away"


def sizes(picture: Make, write: Make) -> Case:
    for name, size in (("a", (4, 6)), ("b", (8, 6)), ("c", (8, 6)), ("d", (9, 9))):
        picture(f"photos/{name}.png", size)
    said = "the images have 3 sizes: `photos/b.png` is [8, 6], `photos/a.png` is [4, 6]"
    return {"path": "photos"}, f"{said}; bring them to one: `size: [height, width]`, such as `size: [8, 6]`"


def image_beside_class_folders(picture: Make, write: Make) -> Case:
    for name in ("cat/a", "dog/b", "c", "d"):
        picture(f"photos/{name}.png")
    said = "`photos/c.png` and 1 more lie beside the class folders `cat` and `dog` and so have no label"
    mend = "move it into the folder of its class; `labels: null` reads everything without labels"
    return {"path": "photos"}, f"{said}; {mend}"


def part_without_images(picture: Make, write: Make) -> Case:
    picture("photos/train/cat/a.png")
    write("photos/test/a.tif", "x")
    said = f"there are no images in `photos/test`; 1 other file is not read: .tif; {ENDINGS}"
    return {"path": "photos"}, said


def link_in_a_circle(picture: Make, write: Make) -> Case:
    inner = picture("photos/cat/a.png").parent
    (inner / "up").symlink_to(inner.parent, target_is_directory=True)
    return {"path": "photos"}, "the link `photos/cat/up` leads back to a folder that it lies in"


def link_to_nothing(picture: Make, write: Make) -> Case:
    link = picture("photos/a.png").with_name("b.png")
    link.symlink_to("gone.png")
    said = "`photos/b.png` cannot be read: No such file or directory"
    return {"path": "photos"}, f"{said}; replace it, or take it away"


def file_that_is_no_image(picture: Make, write: Make) -> Case:
    write("notes.txt", "x")
    return {"path": "notes.txt"}, f"`notes.txt` has an ending that is not known; {ENDINGS}"


def table_without_the_column(picture: Make, write: Make) -> Case:
    write("labels.csv", "path,label\na.png,cat\n")
    said = "`labels.csv` has no column `file` that names the images"
    return {"path": "labels.csv"}, f"{said}; say which one does: `file: COLUMN`; its columns are path, label"


def table_of_missing_files(picture: Make, write: Make) -> Case:
    picture("photos/a.png")
    write("photos/labels.csv", "file,label\na.png,cat\nb.png,cat\nc.png,dog\n")
    said = "`photos/labels.csv` names `b.png` in row 2, which is not there; 2 of its 3 files are missing"
    return {"path": "photos/labels.csv"}, f"{said}; paths start from `photos`"


def table_with_a_gap(picture: Make, write: Make) -> Case:
    picture("a.png")
    write("labels.csv", "file,label\na.png,cat\n,dog\n")
    return {"path": "labels.csv"}, "`labels.csv` names no file in row 2"


def table_with_a_taken_name(picture: Make, write: Make) -> Case:
    picture("a.png")
    write("labels.csv", "file,image\na.png,7\n")
    said = "the column `image` of `labels.csv` is called like the field of the pixels"
    return {"path": "labels.csv"}, f"{said}; give the column another name"


def size_of_nothing(picture: Make, write: Make) -> Case:
    picture("photos/a.png")
    return {"path": "photos", "size": [0, 64]}, "expected [height, width] as positive integers, got [0, 64]"


def two_ratios(picture: Make, write: Make) -> Case:
    ratios = {"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}
    said = "an image is cropped or padded to an aspect ratio, not both; keep one of the two"
    return {"path": "photos", "size": [8, 8], **ratios}, said


def ratio_of_no_size(picture: Make, write: Make) -> Case:
    said = "nothing says to which aspect ratio; add `size: [height, width]`"
    return {"path": "photos", "crop_to_aspect_ratio": True}, said


IMAGES = [
    missing_folder, empty_folder, formats_that_are_not_read, empty_file, page_in_place_of_an_image,
    format_behind_a_wrong_ending, cut_png, cut_jpeg, several_faults, faults_of_heads_and_of_pixels,
    bomb, sizes, image_beside_class_folders,
    part_without_images, link_in_a_circle, link_to_nothing, file_that_is_no_image, table_without_the_column,
    table_of_missing_files, table_with_a_gap, table_with_a_taken_name, size_of_nothing, two_ratios, ratio_of_no_size,
]  # fmt: skip


def missing_texts(picture: Make, write: Make) -> Case:
    return {"path": "reviews"}, "there is no folder `reviews`"


def folder_without_texts(picture: Make, write: Make) -> Case:
    write("reviews/pos/a.md", "fine")
    said = "there are no texts in `reviews`; 1 other file is not read: .md; texts end in .txt"
    return {"path": "reviews"}, said


def latin_1(picture: Make, write: Make) -> Case:
    write("reviews/pos/a.txt", "schön".encode("latin-1"))
    write("reviews/pos/b.txt", "gut")
    said = "`reviews/pos/a.txt` is not utf-8: byte 3 is 0xf6"
    return {"path": "reviews"}, f"{said}; name its encoding, such as `encoding: latin-1`"


def several_encodings(picture: Make, write: Make) -> Case:
    for name in "ab":
        write(f"reviews/{name}.txt", b"\xff")
    said = "is not utf-8: byte 0 is 0xff"
    shown = f"`reviews/a.txt` {said}; `reviews/b.txt` {said}"
    return {"path": "reviews"}, f"2 of 2 texts cannot be used: {shown}; name its encoding, such as `encoding: latin-1`"


def no_encoding(picture: Make, write: Make) -> Case:
    write("reviews/a.txt", "gut")
    return {"path": "reviews", "encoding": "utf-88"}, "there is no encoding `utf-88`"


def bytes_are_no_encoding(picture: Make, write: Make) -> Case:
    return {"path": "reviews", "encoding": "hex"}, "there is no encoding `hex`"


def no_lines(picture: Make, write: Make) -> Case:
    write("lines.txt")
    return {"path": "lines.txt"}, "`lines.txt` is empty; replace it, or take it away"


def line_in_another_encoding(picture: Make, write: Make) -> Case:
    write("lines.txt", b"gut\n" * 5000 + b"sch\xf6n\n")
    said = "`lines.txt` is not utf-8: byte 20,003 is 0xf6"
    return {"path": "lines.txt"}, f"{said}; name its encoding, such as `encoding: latin-1`"


TEXTS = [
    missing_texts, folder_without_texts, latin_1, several_encodings, no_encoding, bytes_are_no_encoding, no_lines,
    line_in_another_encoding,
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "make"),
    [("images", make) for make in IMAGES] + [("texts", make) for make in TEXTS],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_a_bad_folder_is_told(
    source: str, make: Callable[[Make, Make], Case], picture: Make, write: Make, refusal: Callable[..., Exception]
) -> None:
    arguments, said = make(picture, write)
    told = str(refusal(source, **arguments))
    assert re.sub(r"\d+ bytes not", "N bytes not", told) == said  # how many depends on the version of Pillow

"""The fields that images and texts in files will give, told from names and headers alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kspec.data.sources.csv_head import csv_fields
from kspec.data.sources.encodings import known_encoding
from kspec.data.sources.errors import DataError
from kspec.data.sources.folder_search import IMAGES, TEXTS
from kspec.data.sources.folders import check_labels, find_place, folder_is_labelled, folder_parts
from kspec.data.sources.image_forms import image_form
from kspec.spec.problems import did_you_mean

TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
"""How files end that name images."""

_KINDS = {"images": IMAGES, "texts": TEXTS}

_OWN = {"image": "pixels", "file": "paths"}
"""Fields that every source of images has, and so no column may be called."""


def image_fields(
    folder: Path, *, path: str | Sequence[str], labels: str | None = "inferred", file: str = "file", **form: Any
) -> list[str]:
    """Return the names of the fields that `images` will give.

    Raises:
        DataError: If the folder or a file is missing, or an argument cannot be right.
    """
    image_form(**form)
    inferred = check_labels(labels)
    place = find_place(path, folder=folder)
    if isinstance(place, Path):
        return ["image", *(["label"] if folder_is_labelled(place, IMAGES) and inferred else []), "file"]
    if not is_table(place[0]):
        return ["image", "file"]
    columns = csv_fields(folder, path=str(place[0]))
    check_columns(place[0], columns, file)
    return ["image", *(name for name in columns if name != file), "file"]


def text_fields(
    folder: Path, *, path: str | Sequence[str], labels: str | None = "inferred", encoding: str | None = None
) -> list[str]:
    """Return the names of the fields that `texts` will give.

    Raises:
        DataError: If the folder or a file is missing, or an argument cannot be right.
    """
    if encoding is not None:
        known_encoding(encoding)
    inferred = check_labels(labels)
    place = find_place(path, folder=folder)
    if not isinstance(place, Path):
        return ["text"]
    return ["text", *(["label"] if folder_is_labelled(place, TEXTS) and inferred else []), "file"]


def has_validation(folder: Path, source: str, path: str | Sequence[str]) -> bool:
    """Say whether the folder that `images` or `texts` will read has a part to validate on.

    Raises:
        DataError: If it is missing.
    """
    place = find_place(path, folder=folder)
    return isinstance(place, Path) and "validation" in folder_parts(place, _KINDS[source])


def is_table(path: Path) -> bool:
    """Say whether a file names images."""
    return path.name.lower().endswith(TABLES)


def check_columns(table: Path, names: Sequence[str], column: str) -> None:
    """Refuse a table without the column of paths, or with columns that are called like fields of images.

    Raises:
        DataError: It is such a table.
    """
    if column not in names:
        hint = did_you_mean(column, names) or f"its columns are {', '.join(names)}"
        message = f"`{table}` has no column `{column}` that names the images"
        raise DataError(message, hint=f"say which one does: `file: COLUMN`; {hint}", argument="file")
    if taken := [name for name in names if name in _OWN and name != column]:
        message = f"the column `{taken[0]}` of `{table}` is called like the field of the {_OWN[taken[0]]}"
        raise DataError(message, hint="give the column another name", argument="path")

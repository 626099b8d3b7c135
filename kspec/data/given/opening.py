"""Opening what a model is given: files of any kind, patterns of files, standard input, sources, arrays."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kspec.data.given.csv_rows import CsvRows, CsvStream
from kspec.data.given.held_rows import HeldRows
from kspec.data.given.json_rows import JsonRows
from kspec.data.given.piece import Piece
from kspec.data.given.text import Text
from kspec.data.given.wanted import Wanted
from kspec.data.loading import read_file
from kspec.data.sources import DataError, Fields, SourceContext
from kspec.data.sources.csv_blocks import CsvFile
from kspec.data.sources.csv_file import MISSING
from kspec.spec.components import ComponentSpec

STANDARD_INPUT = "-"
STDIN_NAME = "<stdin>"
FORMATS = ("csv", "jsonl")
"""Kinds of text that rows are read from as it comes."""

_ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}


_WHOLE = ("images", "windows")
"""Sources that make something else of a table than its rows."""


class Reader(Protocol):
    """Rows that can be read once."""

    @property
    def name(self) -> str:
        """What messages call them."""

    @property
    def names(self) -> tuple[str, ...]:
        """Their fields."""

    @property
    def primary(self) -> tuple[str, ...]:
        """Their fields without those that are parts of others."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user must not miss of what was read."""

    def pieces(self, wanted: Wanted) -> Iterator[Piece]:
        """Yield the rows in order, a piece at a time."""


def open_rows(
    path: str | Path, *, context: SourceContext, text: Sequence[str], like: ComponentSpec | None,
    form: str | None = None,
) -> Reader:  # fmt: skip
    """Open a file, a folder, or standard input.

    Args:
        path: The file; `-` for standard input.
        context: What sources may know.
        text: Fields that are text, even if these rows make them look like numbers.
        like: Source of the training rows: a file of the same kind is read as it was, with its delimiter and encoding.
        form: One of `FORMATS`; told from the ending, or from the beginning of standard input, if left out.

    Raises:
        DataError: It is not what it should be.
    """
    given = like.arguments if like is not None and like.name == "csv" else {}
    encoding, delimiter = given.get("encoding"), given.get("delimiter")
    missing = tuple(given.get("missing", MISSING))
    trained = like.name if like is not None else ""
    if str(path) == STANDARD_INPUT:
        if trained in _WHOLE:
            hint = "name a file"
            raise DataError(f"rows for a run that was trained on `{trained}` do not come through a pipe", hint=hint)
        came = Text(STDIN_NAME, stream=sys.stdin.buffer, encoding=encoding or "utf-8")
        if (form or _form_of(came)) == "jsonl":
            return JsonRows(came)
        return CsvRows(CsvStream(came, delimiter=delimiter), missing)
    place = Path(path)
    kind = form or ("" if place.is_dir() else _ENDINGS.get(_ending(place), ""))
    if trained in _WHOLE or (trained == "texts" and _ending(place) == ".txt"):
        kind = ""
    if kind == "jsonl":
        return JsonRows(Text(str(place), path=place))
    if kind == "csv":
        return CsvRows(CsvFile.open(place, encoding=encoding, delimiter=delimiter), missing)
    return HeldRows.of(read_file(place, context=context, text=text, like=like), str(place))


def given_arrays(rows: Any, name: str) -> Fields:
    """Return arrays that were handed over as fields.

    Args:
        rows: Arrays by field name, or one array.
        name: Field that one array stands for.

    Raises:
        DataError: They differ in their rows.
    """
    if isinstance(rows, Mapping):
        return Fields({str(field): np.asarray(values) for field, values in rows.items()})
    return Fields({name: np.asarray(rows)})


def _ending(path: Path) -> str:
    endings = [suffix.lower() for suffix in path.suffixes]
    packed = bool(endings) and endings[-1] == ".gz"
    return (endings[-2] if len(endings) > 1 else ".csv") if packed else (endings[-1] if endings else "")


def _form_of(text: Text) -> str:
    head = text.head().lstrip()
    return "jsonl" if head.startswith(b"{") else "csv"

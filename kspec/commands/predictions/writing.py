"""Where predictions go: a file that is there whole or not at all, or standard output."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from kspec.commands.predictions.archive import ArchiveWriter
from kspec.commands.predictions.columns import Column
from kspec.commands.predictions.parquet_file import ParquetWriter
from kspec.commands.predictions.text_files import CsvWriter, JsonWriter
from kspec.runs import atomic
from kspec.spec.problems import Problem, SpecError

STANDARD_OUTPUT = "-"


class Writer(Protocol):
    """Writes rows in one kind of file."""

    def write(self, columns: Sequence[Column]) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Write what is still to be written."""


_WRITERS: Mapping[str, Callable[[BinaryIO], Writer]] = {
    "csv": CsvWriter, "jsonl": JsonWriter, "npz": ArchiveWriter, "parquet": ParquetWriter,
}  # fmt: skip
_ENDINGS = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".npz": "npz",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_TEXT = ("csv", "jsonl")
FORMATS = tuple(_WRITERS)
"""Kinds of files that predictions are written in."""


def kind_of(output: Path, form: str | None) -> str:
    """Return the kind of file that is written, by its ending unless it is named.

    Raises:
        SpecError: The ending is not known, or the kind cannot be written to standard output.
    """
    if str(output) == STANDARD_OUTPUT:
        if (form or "csv") not in _TEXT:
            raise _wrong(f"{form} cannot be written to standard output", "name a file: `-o FILE`")
        return form or "csv"
    if form is not None:
        return form
    kind = _ENDINGS.get(output.suffix.lower())
    if kind is None:
        raise _wrong(f"`{output}` has an ending that is not known", "use .csv, .jsonl, .parquet or .npz")
    return kind


def check_output(path: Path, *, force: bool, made: bool = False) -> None:
    """Refuse a file that could not be written, before any work is done.

    Args:
        path: The file, or `-` for standard output.
        force: Whether a file may be written over.
        made: Whether its folder is made if it is not there.

    Raises:
        SpecError: It is a folder, its folder does not exist, or it is there already.
    """
    if str(path) == STANDARD_OUTPUT:
        return
    if path.is_dir():
        raise _wrong(f"`{path}` is a folder", "name a file in it")
    if path.exists() and not force:
        raise SpecError([Problem("file-exists", (), f"`{path}` exists", "`--force` writes over it")])
    if not made and not path.parent.is_dir():
        raise _wrong(f"the folder `{path.parent}` does not exist", "make it first")


@contextlib.contextmanager
def writing(output: Path, kind: str) -> Iterator[Writer]:
    """Give out what writes rows; the file is there once the block has ended well, and not before.

    Args:
        output: The file, or `-` for standard output, which has every row as soon as it is written.
        kind: One of `FORMATS`.
    """
    if str(output) == STANDARD_OUTPUT:
        writer = _WRITERS[kind](sys.stdout.buffer)
        yield writer
        writer.close()
        return
    with atomic.replacing(output) as unfinished, unfinished.open("wb") as file:
        writer = _WRITERS[kind](file)
        yield writer
        writer.close()


def _wrong(message: str, hint: str) -> SpecError:
    return SpecError([Problem("bad-output", (), message, hint)])

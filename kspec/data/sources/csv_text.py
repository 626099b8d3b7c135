"""The text of a CSV file: its encoding, header and rows."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kspec.data.sources.errors import DataError

_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class CsvText:
    """One CSV file in memory.

    Args:
        path: Where it was read.
        names: Column names of the header.
        delimiter: Character between cells.
        body: UTF-8 text below the header, ending in a line break.
        header_lines: Lines above the body.
    """

    path: Path
    names: tuple[str, ...]
    delimiter: str
    body: bytes
    header_lines: int

    @classmethod
    def parse(cls, path: Path, data: bytes, *, encoding: str, delimiter: str | None) -> CsvText:
        """Return the parts of a file's bytes.

        Raises:
            DataError: If the file is empty, is not in its encoding, or its header does not name every column once.
        """
        if delimiter is not None and len(delimiter) != 1:
            raise DataError(f"expected one character, got {delimiter!r}", argument="delimiter")
        text = _utf8(path, data, encoding).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        kept = text.lstrip(b"\n")
        if not kept.strip():
            raise DataError(f"`{path}` is empty", argument="path")
        header, _, body = kept.partition(b"\n")
        line = header.decode()
        found = delimiter or max(_DELIMITERS, key=line.count)
        names = tuple(name.strip() for name in next(csv.reader([line], delimiter=found)))
        _check_names(path, names)
        if not body.strip():
            raise DataError(f"`{path}` has a header and no rows", argument="path")
        return cls(path, names, found, body.rstrip(b"\n") + b"\n", len(text) - len(kept) + 1)


def join_texts(texts: Sequence[CsvText]) -> bytes:
    """Return the rows of all files, one after the other.

    Raises:
        DataError: If the files' headers differ.
    """
    first = texts[0]
    for other in texts[1:]:
        if (other.names, other.delimiter) != (first.names, first.delimiter):
            raise DataError(
                f"`{other.path}` has other columns than `{first.path}`: {', '.join(other.names)}",
                hint=f"expected {', '.join(first.names)}",
                argument="path",
            )
    return first.body if len(texts) == 1 else b"".join(text.body for text in texts)


def _utf8(path: Path, data: bytes, encoding: str) -> bytes:
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        hint = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
        raise DataError(
            f"`{path}` is not {encoding}: byte {error.start:,} is 0x{data[error.start]:02x}",
            hint=f"name its encoding, such as `encoding: {hint}`",
            argument="encoding",
        ) from error
    except (LookupError, UnicodeError) as error:
        raise DataError(f"there is no encoding `{encoding}`", argument="encoding") from error
    return data if encoding.lower().replace("-", "").replace("_", "") == "utf8" else text.encode()


def _check_names(path: Path, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for number, name in enumerate(names, start=1):
        if not name:
            raise DataError(
                f"`{path}` has no name for column {number}",
                hint="the first line must name every column",
                argument="path",
            )
        if name in seen:
            raise DataError(f"`{path}` names two columns `{name}`", argument="path")
        seen.add(name)

"""The text of a CSV file: its encoding, header and rows."""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kspec.data.sources.errors import DataError

_DELIMITERS = (",", ";", "\t", "|")
_HEAD_BYTES = 1 << 16


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
        text = _utf8(path, data, encoding).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        kept = text.lstrip(b"\n")
        if not kept.strip():
            raise DataError(f"`{path}` is empty", argument="path")
        header, _, body = kept.partition(b"\n")
        names, found = _parsed_header(path, header.decode(), delimiter)
        if not body.strip():
            raise DataError(f"`{path}` has a header and no rows", argument="path")
        return cls(path, names, found, body.rstrip(b"\n") + b"\n", len(text) - len(kept) + 1)


def read_header(path: Path, *, encoding: str, delimiter: str | None) -> tuple[str, ...] | None:
    """Return the column names of a CSV file from its first bytes, as reading all of it would give them.

    Returns:
        The names; None if the first bytes do not show them, so that the whole file must be read to say why.

    Raises:
        DataError: If the header does not name every column once.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(_HEAD_BYTES)
        text = codecs.getincrementaldecoder(encoding)().decode(data.removeprefix(codecs.BOM_UTF8))
    except (OSError, EOFError, zlib.error, LookupError, UnicodeError):
        return None
    line, end, _ = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n").partition("\n")
    return _parsed_header(path, line, delimiter)[0] if end and line.strip() else None


def _parsed_header(path: Path, line: str, delimiter: str | None) -> tuple[tuple[str, ...], str]:
    """Return the column names in the first line of a file, and what stands between them."""
    if delimiter is not None and len(delimiter) != 1:
        raise DataError(f"expected one character, got {delimiter!r}", argument="delimiter")
    found = delimiter or max(_DELIMITERS, key=line.count)
    names = tuple(name.strip() for name in next(csv.reader([line], delimiter=found)))
    _check_names(path, names)
    return names, found


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

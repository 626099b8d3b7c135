"""The first line of a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from kspec.data.sources.errors import DataError

_DELIMITERS = (",", ";", "\t", "|")
_NEVER = '"\r\n\0'

csv.field_size_limit(2**31 - 1)  # Python's own is 128 KiB, less than some texts have


def parsed_header(path: Path, line: str, delimiter: str | None) -> tuple[tuple[str, ...], str]:
    """Return the column names in the first line of a file, and what stands between them.

    Raises:
        DataError: If it does not name every column once.
    """
    if delimiter is not None and len(delimiter) != 1:
        raise DataError(f"expected one character, got {delimiter!r}", argument="delimiter")
    if delimiter is not None and (delimiter in _NEVER or not delimiter.isascii()):
        hint = "name an ASCII character that neither quotes text nor ends a line"
        raise DataError(f"{delimiter!r} cannot stand between cells", hint=hint, argument="delimiter")
    found = delimiter or max(_DELIMITERS, key=line.count)
    names = tuple(name.strip() for name in next(csv.reader([line], delimiter=found)))
    _check_names(path, names)
    return names, found


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

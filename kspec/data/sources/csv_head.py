"""The columns of CSV files, told from their headers alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kspec.data.sources.csv_text import read_header
from kspec.data.sources.errors import DataError
from kspec.data.sources.files import find_files
from kspec.spec.problems import did_you_mean


def csv_fields(
    folder: Path,
    *,
    path: str | Sequence[str],
    delimiter: str | None = None,
    encoding: str = "utf-8",
    columns: Sequence[str] | None = None,
    without: Sequence[str] = (),
    text: Sequence[str] = (),
    drop_missing: Sequence[str] | bool = (),
    **more: Any,
) -> list[str] | None:
    """Return the names of the fields that `csv` will give, from the headers alone; None if they do not show them.

    Raises:
        DataError: If a file is missing, or has no such columns.
    """
    first, *others = find_files(path, folder=folder)
    names = read_header(first, encoding=encoding, delimiter=delimiter)
    if names is None or any(read_header(file, encoding=encoding, delimiter=delimiter) != names for file in others):
        return None
    read = chosen_columns(names, columns=columns, without=without, text=text)
    check_known(() if isinstance(drop_missing, bool) else drop_missing, read, "drop_missing")
    return read


def chosen_columns(
    names: Sequence[str], *, columns: Sequence[str] | None, without: Sequence[str], text: Sequence[str]
) -> list[str]:
    """Return the columns to read, of those that a header names.

    Raises:
        DataError: If a column is named that there is not, or none is left.
    """
    check_known(columns, names, "columns")
    check_known(without, names, "without")
    check_known(text, names, "text")
    read = [name for name in columns or names if name not in without]
    if not read:
        raise DataError("no column is left to read", argument="without" if without else "columns")
    return read


def check_known(wanted: Sequence[str] | None, names: Sequence[str], argument: str) -> None:
    """Refuse the name of a column that a header does not have.

    Raises:
        DataError: There is no such column.
    """
    for name in wanted or ():
        if not isinstance(name, str):
            raise DataError(f"the name of a column is text, not {name!r}", hint=f'write `"{name}"`', argument=argument)
        if name not in names:
            hint = did_you_mean(name, names) or f"its columns are {', '.join(names)}"
            raise DataError(f"there is no column `{name}`", hint=hint, argument=argument)

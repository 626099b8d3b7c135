"""The columns of CSV files, told from their headers alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kspec.data.sources.csv_blocks import CsvFile
from kspec.data.sources.errors import DataError
from kspec.data.sources.files import find_files
from kspec.spec.problems import did_you_mean


def csv_fields(
    folder: Path,
    *,
    path: str | Sequence[str],
    delimiter: str | None = None,
    encoding: str | None = None,
    columns: Sequence[str] | None = None,
    without: Sequence[str] = (),
    text: Sequence[str] = (),
    drop_missing: Sequence[str] | bool = (),
    **more: Any,
) -> list[str]:
    """Return the names of the fields that `csv` will give, from the headers alone.

    Raises:
        DataError: If a file is missing, has no header, or no such columns.
    """
    files = open_files(find_files(path, folder=folder), encoding=encoding, delimiter=delimiter)
    read = chosen_columns(files[0].names, columns=columns, without=without, text=text)
    check_known(() if isinstance(drop_missing, bool) else drop_missing, read, "drop_missing")
    return read


def open_files(paths: Sequence[Path], *, encoding: str | None, delimiter: str | None) -> list[CsvFile]:
    """Return files of one table, their headers read.

    Raises:
        DataError: If a file has no header, or its columns are not those of the first.
    """
    files = [CsvFile.open(path, encoding=encoding, delimiter=delimiter) for path in paths]
    first = files[0]
    for other in files[1:]:
        if (other.names, other.delimiter) != (first.names, first.delimiter):
            raise DataError(
                f"`{other.path}` has other columns than `{first.path}`: {', '.join(other.names)}",
                hint=f"expected {', '.join(first.names)}",
                argument="path",
            )
    return files


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

"""The columns of Parquet files, told from their footers alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kspec.data.sources.arrow_table import common_kind, flat, kinds_of, names_of
from kspec.data.sources.csv_head import check_known, chosen_columns
from kspec.data.sources.errors import DataError
from kspec.data.sources.files import find_files
from kspec.data.sources.packed import readable

_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
_INDEX = re.compile(r"__index_level_\d+__")
"""What pandas calls the index of a table, which is no column to whoever wrote it."""


@dataclass(frozen=True, slots=True)
class ParquetHead:
    """What the footer of a Parquet file says.

    Args:
        path: The file.
        metadata: Its `pyarrow.parquet.FileMetaData`.
        schema: Its `pyarrow.Schema`, the values of objects as columns of their own.
        names: Names of its columns.
    """

    path: Path
    metadata: Any
    schema: Any
    names: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> ParquetHead:
        """Return what a file's footer says.

        Raises:
            DataError: If it is no whole Parquet file, or is encrypted.
        """
        import pyarrow as pa
        from pyarrow import parquet

        _check_magic(path)
        try:
            with parquet.ParquetFile(path) as file:
                schema = flat(file.schema_arrow.empty_table()).schema
                return cls(path, file.metadata, schema, tuple(names_of(schema, path)))
        except (pa.ArrowException, OSError) as error:
            raise unreadable(path, error) from error

    @property
    def rows(self) -> int:
        """Number of rows of the file."""
        return int(self.metadata.num_rows)

    def leaves(self, name: str) -> list[int]:
        """Return the numbers of the columns in the file that a column is made of."""
        paths = (self.metadata.schema.column(number).path for number in range(self.metadata.num_columns))
        return [number for number, path in enumerate(paths) if path == name or path.startswith(f"{name}.")]

    def gaps(self, name: str) -> bool | None:
        """Say whether a value is missing in a column; None where the footer does not tell."""
        leaves = self.leaves(name)
        if all(self.metadata.schema.column(number).max_definition_level == 0 for number in leaves):
            return False
        groups = map(self.metadata.row_group, range(self.metadata.num_row_groups))
        told = [group.column(number).statistics for group in groups for number in leaves]
        if any(found is not None and found.null_count for found in told):
            return True
        return None if any(found is None or not found.has_null_count for found in told) else False


def unreadable(path: Path, error: Exception) -> DataError:
    """Return the fault of a file that Arrow cannot read."""
    reason = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
    return DataError(f"`{path}` cannot be read: {reason}", argument="path")


def open_heads(
    paths: Sequence[Path], *, columns: Sequence[str] | None, without: Sequence[str], text: Sequence[str]
) -> tuple[list[ParquetHead], Mapping[str, Any]]:
    """Return files of one table, and the plain types of the columns to read.

    Raises:
        DataError: If a file is no whole Parquet file, there is no such column, or the files' columns differ.
    """
    heads = [ParquetHead.read(path) for path in paths]
    first = heads[0]
    if columns is None:
        hidden = [name for name in first.names if _INDEX.fullmatch(name)]
        names = [name for name in first.names if name not in hidden or name in text]
    else:
        names = list(first.names)
    read = chosen_columns(names, columns=columns, without=without, text=text)
    kinds = kinds_of(first.schema, first.path, read, text)
    for other in heads[1:]:
        _check_names(other, first, read, every=columns is None)
        for name, kind in kinds_of(other.schema, other.path, read, text).items():
            if (common := common_kind(kinds[name], kind)) is None:
                raise DataError(
                    f"column `{name}` is {kind} in `{other.path}` and {kinds[name]} in `{first.path}`",
                    hint=f"write one type into all files, or read it as text: `text: [{name}]`",
                    argument="path",
                )
            kinds[name] = common
    return heads, kinds


def parquet_fields(
    folder: Path,
    *,
    path: str | Sequence[str],
    columns: Sequence[str] | None = None,
    without: Sequence[str] = (),
    text: Sequence[str] = (),
    drop_missing: Sequence[str] | bool = (),
) -> list[str]:
    """Return the names of the fields that `parquet` will give, reading no values.

    Raises:
        DataError: If a file is missing or no whole Parquet file, or has no such columns.
    """
    _, kinds = open_heads(find_files(path, folder=folder), columns=columns, without=without, text=text)
    check_known(() if isinstance(drop_missing, bool) else drop_missing, list(kinds), "drop_missing")
    return list(kinds)


def _check_names(other: ParquetHead, first: ParquetHead, read: Sequence[str], *, every: bool) -> None:
    for name in read:
        if name not in other.names:
            raise DataError(f"`{other.path}` has no column `{name}`, which `{first.path}` has", argument="path")
    if every and (more := [name for name in other.names if name not in first.names and not _INDEX.fullmatch(name)]):
        raise DataError(
            f"`{other.path}` has a column `{more[0]}`, which `{first.path}` has not",
            hint="name the columns to read in `columns`",
            argument="path",
        )


def _check_magic(path: Path) -> None:
    """Refuse a file that does not begin and end as one of Parquet does."""
    with readable(path), path.open("rb") as file:
        start = file.read(4)
        size = file.seek(0, 2)
        file.seek(max(0, size - 4))
        end = file.read(4)
    if not size:
        raise DataError(f"`{path}` is empty", argument="path")
    if _ENCRYPTED in (start, end):
        raise DataError(f"`{path}` is encrypted", hint="write it again without encryption", argument="path")
    if start != _MAGIC:
        raise DataError(f"`{path}` is no Parquet file: it begins with {start!r}", argument="path")
    if end != _MAGIC or size < 12:
        message = f"`{path}` is cut short: a Parquet file ends with {_MAGIC!r}"
        raise DataError(message, hint="copy it again, or write it again", argument="path")

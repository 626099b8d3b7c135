"""Tables in CSV files."""

from __future__ import annotations

import csv as csv_module
import functools
import gzip
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kspec.data.sources.arrow_columns import as_array
from kspec.data.sources.csv_faults import ragged_row, stray_text
from kspec.data.sources.csv_head import check_known, chosen_columns
from kspec.data.sources.csv_text import CsvText, join_texts
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Fields
from kspec.data.sources.files import find_files, fingerprint_files
from kspec.data.sources.loaded import Loaded, SourceContext

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL")
"""What stands in a cell that has no value, unless a spec says otherwise."""

_MOSTLY_NUMBERS = 0.95
_NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
_LARGEST_BLOCK = 2**31 - 1
_SHOWN = 5


def csv(
    context: SourceContext,
    *,
    path: str | Sequence[str],
    delimiter: str | None = None,
    encoding: str = "utf-8",
    missing: Sequence[str] = MISSING,
    columns: Sequence[str] | None = None,
    without: Sequence[str] = (),
    text: Sequence[str] = (),
    drop_missing: Sequence[str] | bool = (),
) -> Loaded:
    """A table in a CSV file, or in many with the same header; each column is a field.

    The first line names the columns. Whole numbers become int64, other numbers float64, `true` and `false` bool;
    numbers with gaps become float64 with NaN. Everything else, dates too, is text. Files ending in `.gz` are unpacked.

    Args:
        path: String, or list of strings. The file, relative to the spec; a pattern such as `data/*.csv` stands for all
            that it matches, sorted by name.
        delimiter: String of one character between cells. Left out, the one of `,`, `;`, tab and `|` that is most
            frequent in the header.
        encoding: String. Encoding of the text, such as `latin-1`.
        missing: List of strings. What stands in a cell that has no value.
        columns: List of strings. The columns to read, all if left out.
        without: List of strings. Columns not to read.
        text: List of strings. Columns to read as text, whatever they look like, such as postcodes.
        drop_missing: List of strings, or boolean. Columns that must have a value, true for all: rows that lack one are
            left out.

    Returns:
        One array of shape `(rows,)` for each column.

    Raises:
        DataError: If a file is missing, empty, not in its encoding, or not one table.
    """
    paths = find_files(path, folder=context.folder)
    texts = [CsvText.parse(file, _unpacked(file), encoding=encoding, delimiter=delimiter) for file in paths]
    read = chosen_columns(texts[0].names, columns=columns, without=without, text=text)
    table = _read_table(texts, missing=list(missing), columns=read, text=list(text))
    every = table.num_rows
    if drop_missing:
        table = _without_gaps(table, read if drop_missing is True else drop_missing)
    origin = str(paths[0]) if len(paths) == 1 else f"{len(paths)} files, {paths[0]} to {paths[-1]}"
    if dropped := every - table.num_rows:
        origin += f", without {dropped:,} of its {every:,} rows, in which a value is missing"
    table = table if context.limit is None else table.slice(0, context.limit)
    train = Fields({name: as_array(table.column(name)) for name in table.column_names})
    return Loaded(train=train, test=None, origin=origin, fingerprint=fingerprint_files(paths), paths=paths)


def _unpacked(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"`{path}` cannot be read: {error.strerror}", argument="path") from error
    if path.suffix != ".gz":
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"`{path}` is not a whole gzip file: {error}", argument="path") from error


def is_number(cell: str) -> bool:
    """Say whether the text of a cell writes a number."""
    return re.match(_NUMBER, cell) is not None


def _without_gaps(table: Any, names: Sequence[str]) -> Any:
    """Return the rows of a table that have a value in each of the named columns.

    Raises:
        DataError: If there is no such column, or no such row.
    """
    from pyarrow import compute

    check_known(names, table.column_names, "drop_missing")
    gaps = [name for name in names if table.column(name).null_count]
    if not gaps:
        return table
    whole = functools.reduce(compute.and_, (compute.is_valid(table.column(name)) for name in gaps))
    table = table.filter(whole)
    if not table.num_rows:
        shown = ", ".join(f"`{name}`" for name in gaps[:_SHOWN]) + (", …" if len(gaps) > _SHOWN else "")
        raise DataError(f"no row is left: every one lacks a value in {shown}", argument="drop_missing")
    return table


def _read_table(texts: Sequence[CsvText], *, missing: list[str], columns: Sequence[str], text: list[str]) -> Any:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    body = join_texts(texts)
    kinds = {name: pa.string() for name in text}

    def read() -> Any:
        return arrow_csv.read_csv(
            pa.BufferReader(body),
            # One block, so that a column's kind is judged by all of its rows and not by the first megabyte.
            arrow_csv.ReadOptions(column_names=list(texts[0].names), block_size=min(len(body) + 1, _LARGEST_BLOCK)),
            arrow_csv.ParseOptions(delimiter=texts[0].delimiter, newlines_in_values=b'"' in body),
            arrow_csv.ConvertOptions(
                null_values=missing,
                strings_can_be_null=True,
                column_types=kinds,
                include_columns=list(columns),
            ),
        )

    try:
        table = read()
        dates = [field.name for field in table.schema if pa.types.is_temporal(field.type)]
        if dates:
            kinds |= {name: pa.string() for name in dates}
            table = read()
    except (pa.ArrowInvalid, csv_module.Error) as error:
        raise ragged_row(texts) or DataError(f"`{texts[0].path}` cannot be read: {error}", argument="path") from error
    for name in table.column_names:
        if name not in kinds and pa.types.is_string(table.schema.field(name).type):
            _check_text(table.column(name), name, texts, missing)
    return table


def _check_text(column: Any, name: str, texts: Sequence[CsvText], missing: Sequence[str]) -> None:
    """Refuse a column of numbers with a few words in it: read as text, it would silently become categories."""
    from pyarrow import compute

    present = len(column) - column.null_count
    numbers = compute.sum(compute.match_substring_regex(column, _NUMBER)).as_py() or 0
    if _MOSTLY_NUMBERS * present < numbers < present:
        raise stray_text(texts, name, number=_NUMBER, missing=missing)

"""Tables in CSV files."""

from __future__ import annotations

from collections.abc import Sequence

from kspec.data.sources.csv_head import check_known, chosen_columns, open_files
from kspec.data.sources.csv_scan import CsvTable
from kspec.data.sources.files import find_files
from kspec.data.sources.loaded import Loaded, SourceContext
from kspec.data.sources.table_files import complete_columns, loaded_table

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL")
"""What stands in a cell that has no value, unless a spec says otherwise."""


def csv(
    context: SourceContext,
    *,
    path: str | Sequence[str],
    delimiter: str | None = None,
    encoding: str | None = None,
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
        encoding: String. Encoding of the text, such as `latin-1`. Left out, UTF-8, unless the first bytes of the file
            say UTF-16 or UTF-32.
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
    files = open_files(paths, encoding=encoding, delimiter=delimiter)
    read = chosen_columns(files[0].names, columns=columns, without=without, text=text)
    complete = complete_columns(read, drop_missing)
    check_known(complete, read, "drop_missing")
    stream, dropped = CsvTable(files, read, text, missing, complete).scan(context.memory, context.progress)
    return loaded_table(context, paths, stream, every=stream.rows + dropped)

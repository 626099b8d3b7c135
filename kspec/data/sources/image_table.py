"""Images that a CSV file names, a row each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from kspec.data.sources.csv_file import csv
from kspec.data.sources.csv_head import csv_fields
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Fields
from kspec.data.sources.file_rows import FileRows
from kspec.data.sources.folder_heads import check_columns
from kspec.data.sources.loaded import SourceContext


def table_rows(context: SourceContext, table: Path, column: str) -> FileRows:
    """Return the rows of a CSV file that names images; its other columns are fields.

    Args:
        context: What sources may know.
        table: The CSV file. Paths in it start from its folder.
        column: The column of the paths.

    Raises:
        DataError: If the file is not one table, has no such column, or names files that are not there.
    """
    check_columns(table, csv_fields(context.folder, path=str(table)), column)
    train = csv(replace(context, memory=None), path=str(table), text=[column]).train
    if not isinstance(train, Fields):
        raise DataError(f"`{table}` does not fit into memory", argument="path")
    names = train[column]
    for row, name in enumerate(names):
        if name is None:
            raise DataError(f"`{table}` names no file in row {row + 1:,}", argument="path")
    missing = [row for row, name in enumerate(names) if not (table.parent / name).is_file()]
    if missing:
        more = f"; {len(missing):,} of its {len(names):,} files are missing" if len(missing) > 1 else ""
        message = f"`{table}` names `{names[missing[0]]}` in row {missing[0] + 1:,}, which is not there{more}"
        raise DataError(message, hint=f"paths start from `{table.parent}`", argument="path")
    columns = {name: np.asarray(array) for name, array in train.items() if name != column}
    return FileRows(table.parent, names, columns)

"""What sources of tables in files have in common once their rows can be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kspec.data.sources.fields import Fields
from kspec.data.sources.files import fingerprint_files, listed_files
from kspec.data.sources.loaded import Loaded, SourceContext
from kspec.data.sources.stream import Stream, hold


def loaded_table(context: SourceContext, paths: tuple[Path, ...], stream: Stream, *, every: int) -> Loaded:
    """Return the rows of a table, in memory if they fit.

    Args:
        context: What the source knows.
        paths: The files.
        stream: The rows.
        every: How many rows the files have, also those that are left out for a missing value.
    """
    origin = listed_files(paths)
    if left_out := every - stream.rows:
        origin += f", without {left_out:,} of its {every:,} rows, in which a value is missing"
    train = hold(stream, context.memory)
    if isinstance(train, Fields):
        train = train.head(context.limit)
    return Loaded(train=train, test=None, origin=origin, fingerprint=fingerprint_files(paths), paths=paths)


def complete_columns(read: Sequence[str], drop_missing: Sequence[str] | bool) -> list[str]:
    """Return the columns in which every row must have a value.

    Args:
        read: Columns that are read.
        drop_missing: True for all of them, false for none, or their names.
    """
    if isinstance(drop_missing, bool):
        return list(read) if drop_missing else []
    return list(drop_missing)

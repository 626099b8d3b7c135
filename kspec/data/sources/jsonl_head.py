"""The fields of JSON Lines files, told from their first lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kspec.data.sources.csv_head import check_known, chosen_columns
from kspec.data.sources.files import find_files
from kspec.data.sources.jsonl_faults import parse_line
from kspec.data.sources.jsonl_lines import read_head

_HEAD_BYTES = 1 << 18


def jsonl_fields(
    folder: Path,
    *,
    path: str | Sequence[str],
    columns: Sequence[str] | None = None,
    without: Sequence[str] = (),
    text: Sequence[str] = (),
    drop_missing: Sequence[str] | bool = (),
) -> list[str] | None:
    """Return the names of the fields that `jsonl` will give, from the first lines.

    Returns:
        The names; None if these lines do not show them: they are not all, and some have other keys than others.

    Raises:
        DataError: If a file is missing, one of these lines is no JSON object, or there are no such columns.
    """
    first, *others = find_files(path, folder=folder)
    block, whole = read_head(first, _HEAD_BYTES)
    found = [dict(_values(parse_line(first, number, line))) for number, line in block.lines()]
    names = list(dict.fromkeys(name for values in found for name in values))
    # What is null in one line and an object in another is known by the names of its values.
    objects = {name for name in names for other in names if other.startswith(f"{name}.")}
    names = [name for name in names if name not in objects]
    if not names:
        return None
    alike = all(len(values) == len(names) for values in found)
    shown = all(any(values.get(name) is not None for values in found) for name in names)
    if not (whole and not others) and not (alike and shown):
        return None
    read = chosen_columns(names, columns=columns, without=without, text=text)
    check_known(() if isinstance(drop_missing, bool) else drop_missing, read, "drop_missing")
    return read


def _values(record: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of a record by the name of their field; those of objects are called `object.value`."""
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _values(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value

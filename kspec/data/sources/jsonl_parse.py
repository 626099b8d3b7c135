"""JSON Lines as Arrow tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from kspec.data.sources.arrow_columns import is_list
from kspec.data.sources.arrow_table import flat
from kspec.data.sources.errors import DataError
from kspec.data.sources.jsonl_faults import first_fault
from kspec.data.sources.jsonl_lines import JsonBlock, read_blocks


def flat_table(block: JsonBlock, schema: Any, names: Collection[str]) -> Any:
    """Return the named columns of a block as a table without objects in it.

    Args:
        block: The lines.
        schema: Types of all columns.
        names: Names of the columns, those of values in objects `object.value`.

    Raises:
        DataError: A line is no JSON object, or the values of a key are not of its type.
    """
    import pyarrow as pa

    above = {name[:end] for name in names for end in (*_dots(name), len(name))}
    return flat(parse(block, pa.schema([column for column in schema if column.name in above])))


def _dots(name: str) -> Iterator[int]:
    return (place for place, letter in enumerate(name) if letter == ".")


def parse(block: JsonBlock, schema: Any = None) -> Any:
    """Return a block as an Arrow table.

    Args:
        block: The lines.
        schema: Columns to read, in their types; all, as their own values show them, if None.

    Raises:
        DataError: A line is no JSON object, or the values of a key do not go together.
    """
    import pyarrow as pa
    from pyarrow import json as arrow_json

    options = arrow_json.ParseOptions(
        explicit_schema=schema, unexpected_field_behavior="infer" if schema is None else "ignore"
    )
    if not block.body.strip():
        return pa.table({})
    try:
        read = arrow_json.ReadOptions(use_threads=False, block_size=len(block.body) + 1)
        table = arrow_json.read_json(pa.BufferReader(block.body), read, options)
    except (pa.ArrowException, OSError) as error:
        raise first_fault([block]) or _fault(block, str(error)) from error
    lines = block.body.count(b"\n") + (not block.body.endswith(b"\n"))
    # Arrow also takes several objects in a line, and one over several lines, which a block might cut.
    if table.num_rows != lines and table.num_rows != sum(1 for _ in block.lines()):
        raise first_fault([block]) or DataError(f"`{block.path}` has not one object a line", argument="path")
    return table


def _fault(block: JsonBlock, said: str) -> DataError:
    """Return what Arrow alone finds wrong, such as a number that is too large."""
    found = re.match(r"(?:JSON parse error: )?(.*?)\.? in row (\d+)$", said)
    where, reason = (block.where(int(found[2])), found[1]) if found else (f"`{block.path}`", said)
    return DataError(f"{where}: {reason[:1].lower()}{reason[1:]}", argument="path")


def with_text(schema: Any) -> Any:
    """Return a schema in which text that looks like times is text."""
    import pyarrow as pa

    def textual(kind: Any) -> Any:
        if pa.types.is_timestamp(kind):
            return pa.string()
        if is_list(kind):
            return pa.list_(textual(kind.value_type))
        if pa.types.is_struct(kind):
            return pa.struct([(item.name, textual(item.type)) for item in kind])
        return kind

    return pa.schema([(item.name, textual(item.type)) for item in schema])


def common_schema(one: Any, other: Any, paths: Sequence[Path]) -> Any:
    """Return the schema that holds the values of two.

    Args:
        one: The first `pyarrow.Schema`.
        other: The second one.
        paths: Files that they were found in, to look for the line that is to blame.

    Raises:
        DataError: The values of a key do not go together.
    """
    import pyarrow as pa

    try:
        return pa.unify_schemas([one, other], promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        fault = DataError(f"`{paths[0]}` cannot be read: {error}", argument="path")
        raise first_fault(block for path in paths for block in read_blocks(path)) or fault from error

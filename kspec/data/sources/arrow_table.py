"""Tables of Arrow as fields, treated the same in every piece of a source."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.sources.arrow_columns import ColumnError, as_array, is_list, plain_type
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields

Place = Callable[[int], str]
"""Gives the name of a row of a table, such as "`a.parquet`, row 17"."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlan:
    """How the columns of tables become fields.

    Args:
        kinds: Plain type of each column that is read.
        gaps: Columns of which a value is missing somewhere, so that their whole numbers are float64 everywhere.
        complete: Columns that must have a value: rows that lack one are left out.
        shapes: Lengths of the lists in a column, as far as they are known.
    """

    kinds: Mapping[str, Any]
    gaps: Collection[str] = ()
    complete: Sequence[str] = ()
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def wanted(self, names: Collection[str] | None) -> list[str]:
        """Return the columns to read for some fields, all if None; one at least, which shows the number of rows."""
        found = [name for name in self.kinds if names is None or name in names or name in self.complete]
        return found or list(self.kinds)[:1]

    def fields(self, table: Any, names: Collection[str] | None, place: Place) -> Fields:
        """Return the rows of a table as fields.

        Args:
            table: A `pyarrow.Table` without objects in it. A column that it lacks has no value in any row.
            names: Fields that are wanted; all if None.
            place: Gives the names of rows for messages.

        Raises:
            DataError: A column does not become a field.
        """
        whole = whole_rows(table, self.complete)
        numbers = None if whole is None else np.flatnonzero(whole)
        table = table if whole is None else table.take(numbers)
        return Fields({name: self._array(table, name, place, numbers) for name in self.wanted(names)})

    def _array(self, table: Any, name: str, place: Place, numbers: npt.NDArray[np.intp] | None) -> Array:
        import pyarrow as pa

        found = table.column(name) if name in table.column_names else pa.nulls(table.num_rows)
        gaps = name in self.gaps
        try:
            return as_array(found, kind=self.kinds[name], gaps=gaps, shape=self.shapes.get(name))
        except ColumnError as error:
            row = error.row if error.row is None or numbers is None else int(numbers[error.row])
            where = place(0).rpartition(",")[0] if row is None else place(row)
            raise DataError(f"{where}: `{name}` {error.reason}", argument="path") from None


def flat(table: Any) -> Any:
    """Return a table with the values of objects as columns of their own, called `object.value`."""
    import pyarrow as pa

    while any(pa.types.is_struct(column.type) for column in table.schema):
        table = table.flatten()
    return table


def names_of(schema: Any, path: Path) -> list[str]:
    """Return the names of the columns of a flat schema.

    Raises:
        DataError: Two columns have the same name.
    """
    seen: set[str] = set()
    for name in schema.names:
        if name in seen:
            raise DataError(f"`{path}` names two columns `{name}`", argument="path")
        seen.add(name)
    return list(schema.names)


def kinds_of(schema: Any, path: Path, names: Iterable[str], text: Collection[str] = ()) -> dict[str, Any]:
    """Return the plain types of columns.

    Args:
        schema: A flat `pyarrow.Schema`.
        path: The file that it is of, for messages.
        names: The columns.
        text: Columns that are to be text whatever they are.

    Raises:
        DataError: A column is of a kind that no field can hold.
    """
    import pyarrow as pa

    kinds: dict[str, Any] = {}
    for name in names:
        try:
            kinds[name] = plain_type(schema.field(name).type)
        except ColumnError as error:
            hint = "leave it out with `without`"
            raise DataError(f"`{path}`: `{name}` {error.reason}", hint=hint, argument="path") from None
        if name in text:
            if is_list(kinds[name]):
                raise DataError(f"column `{name}` holds lists and cannot be text", argument="text")
            kinds[name] = pa.string()
    return kinds


def common_kind(one: Any, other: Any) -> Any:
    """Return the plain type that holds the values of two, or None if there is none."""
    import pyarrow as pa

    schemas = [pa.schema([("", kind)]) for kind in (one, other)]
    try:
        return pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None


def whole_rows(table: Any, names: Sequence[str]) -> Mask | None:
    """Return which rows of a table have a value in each of the named columns, or None if all have.

    A number that is NaN has none.
    """
    import pyarrow as pa
    from pyarrow import compute

    masks = []
    for name in names:
        if name not in table.column_names:
            return np.zeros(table.num_rows, dtype=bool)
        column = table.column(name)
        if column.null_count:
            masks.append(_numpy(compute.is_valid(column)))
        if pa.types.is_floating(column.type):
            masks.append(~_numpy(compute.fill_null(compute.is_nan(column), False)))
    whole = functools.reduce(np.logical_and, masks) if masks else None
    return None if whole is None or whole.all() else whole


def has_gaps(column: Any) -> bool:
    """Say whether a value is missing in a column, or in one of its lists; a number that is NaN is."""
    import pyarrow as pa
    from pyarrow import compute

    if is_list(column.type):
        return column.null_count > 0 or any(has_gaps(chunk.flatten()) for chunk in getattr(column, "chunks", [column]))
    nan = pa.types.is_floating(column.type) and compute.any(compute.is_nan(column)).as_py()
    return bool(column.null_count or nan)


def _numpy(column: Any) -> Mask:
    mask: Mask = column.to_numpy(zero_copy_only=False) if hasattr(column, "type") else column
    return mask.astype(bool)

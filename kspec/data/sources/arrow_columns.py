"""Columns of Arrow tables as the arrays of fields."""

from __future__ import annotations

from typing import Any

import numpy as np

from kspec.data.sources.fields import Array

_SHOWN = "no field can hold"


class ColumnError(ValueError):
    """A column cannot be a field.

    Attributes:
        row: The row that is to blame, counted from 0; None if it is the column as a whole.
        reason: What is wrong, to follow the column's name.
    """

    def __init__(self, reason: str, row: int | None = None) -> None:
        super().__init__(reason)
        self.row = row
        self.reason = reason


def plain_type(kind: Any) -> Any:
    """Return the Arrow type in which a column becomes a field: null, bool, a number, text, or lists of one of these.

    Text comes in many types, and so do lists; decimals and durations become float64, other times text in ISO 8601.

    Args:
        kind: A `pyarrow.DataType`.

    Raises:
        ColumnError: It is of a kind that no field can hold, such as bytes.
    """
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if is_list(kind):
        return pa.list_(plain_type(kind.value_type))
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return pa.string()
    if types.is_decimal(kind) or types.is_duration(kind):
        return pa.float64()
    if types.is_temporal(kind) and not types.is_interval(kind):
        return pa.string()
    if types.is_null(kind) or types.is_boolean(kind) or types.is_integer(kind) or types.is_floating(kind):
        return kind
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        raise ColumnError(f"holds bytes ({kind}), which {_SHOWN}")
    if types.is_struct(kind):
        raise ColumnError(f"holds lists of objects, which {_SHOWN}")
    raise ColumnError(f"is of type {kind}, which {_SHOWN}")


def is_list(kind: Any) -> bool:
    """Say whether an Arrow type is one of lists, of whatever length."""
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def as_array(column: Any, *, kind: Any = None, gaps: bool | None = None, shape: tuple[int, ...] | None = None) -> Array:
    """Return a column as a field has it: a missing number is NaN, a missing text None, text an object array.

    Lists of equal length give an array with as many axes more as they are deep.

    Args:
        column: A `pyarrow.ChunkedArray` or `pyarrow.Array`.
        kind: Plain type that all columns of this name have; that of this column if left out.
        gaps: Whether values are missing in one of them, so that whole numbers are to be float64 in all; found in this
            one if left out.
        shape: Lengths of the lists; those of this column if left out.

    Returns:
        Array of shape `(rows, *shape)`.

    Raises:
        ColumnError: It is of a kind that no field can hold, or its lists differ in length.
    """
    kind = plain_type(column.type) if kind is None else kind
    if is_list(column.type):
        return _of_lists(column, kind, gaps=gaps, shape=shape)
    if is_list(kind):  # nothing but gaps in these rows
        return _all_missing(len(column), kind, shape)
    return _flat(_plain(column, kind), kind, gaps=gaps)


def _flat(column: Any, kind: Any, *, gaps: bool | None) -> Array:
    import pyarrow as pa

    types = pa.types
    gaps = column.null_count > 0 if gaps is None else gaps
    if types.is_null(kind):
        return np.full(len(column), np.nan)
    if types.is_boolean(kind) and gaps:
        column = column.cast(pa.int8())
    if types.is_string(kind):
        return _texts(column)
    array = _numpy(column)
    return array.astype(np.float64) if gaps and not types.is_floating(kind) else array


def _texts(column: Any) -> Array:
    import pyarrow as pa

    try:
        return _numpy(column).astype(object, copy=False)
    except (UnicodeDecodeError, pa.ArrowException):
        for row, value in enumerate(column.cast(pa.binary()).to_pylist()):
            try:
                (value or b"").decode()
            except UnicodeDecodeError:
                raise ColumnError("is text that is not UTF-8", row) from None
        raise


def _plain(column: Any, kind: Any) -> Any:
    """Return values in the plain type that all columns of their name have.

    Raises:
        ColumnError: A whole number is too large for it.
    """
    import pyarrow as pa
    from pyarrow import compute

    types, own = pa.types, column.type
    if types.is_dictionary(own):
        column, own = column.cast(own.value_type), own.value_type
    if own == kind:
        return column
    if types.is_duration(own):
        seconds = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[own.unit]
        column = compute.divide(column.cast(pa.int64()).cast(pa.float64(), safe=False), seconds)
    elif types.is_temporal(own):
        column = _iso(column)
    if column.type == kind:
        return column
    if types.is_floating(own) and types.is_string(kind):
        column = compute.if_else(compute.is_nan(column), pa.scalar(None, own), column)
    try:
        return column.cast(kind, safe=not types.is_floating(kind))
    except pa.ArrowInvalid as error:
        raise ColumnError(f"does not become {kind}: {error}") from None


def _iso(column: Any) -> Any:
    """Return times as text in ISO 8601: it sorts as they do. Those of a time zone are told in UTC."""
    import pyarrow as pa
    from pyarrow import compute

    kind = column.type
    zoned = pa.types.is_timestamp(kind) and kind.tz is not None
    if zoned:
        column = column.cast(pa.timestamp(kind.unit))
    text = compute.replace_substring(column.cast(pa.string()), " ", "T", max_replacements=1)
    text = compute.replace_substring_regex(text, r"\.0+$", "")
    return compute.binary_join_element_wise(text, "+00:00", "") if zoned else text


def _of_lists(column: Any, kind: Any, *, gaps: bool | None, shape: tuple[int, ...] | None) -> Array:
    import pyarrow as pa
    from pyarrow import compute

    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    lengths = _numpy(compute.fill_null(compute.list_value_length(column), -1))
    there = lengths >= 0
    if shape is None and not there.any():
        raise ColumnError("is missing, so that nothing shows how long its lists are", 0)
    length = int(lengths[there][0]) if shape is None else shape[0]
    wrong = there & (lengths != length)
    if wrong.any():
        row = int(np.argmax(wrong))
        shown = f"{lengths[row]:,} value{'' if lengths[row] == 1 else 's'}"
        reason = f"has {shown}, and {length:,} in the rows before: its lists must be of equal length"
        raise ColumnError(reason, row)
    inner = shape[1:] if shape is not None else None
    try:
        values = as_array(column.flatten(), kind=kind.value_type, gaps=gaps, shape=inner)
    except ColumnError as error:
        at = None if error.row is None else int(np.flatnonzero(there)[error.row // max(1, length)])
        raise ColumnError(error.reason, at) from None
    values = values.reshape(-1 if length else int(there.sum()), length, *values.shape[1:])
    if there.all() and not (gaps and values.dtype.kind in "biu"):
        return values
    if values.dtype.kind in "biu":
        values = values.astype(np.float64)
    missing = None if values.dtype == object else np.nan
    done = np.full((len(there), *values.shape[1:]), missing, values.dtype)
    done[there] = values
    return done


def _all_missing(rows: int, kind: Any, shape: tuple[int, ...] | None) -> Array:
    import pyarrow as pa

    if shape is None:
        raise ColumnError("is missing, so that nothing shows how long its lists are", 0)
    while is_list(kind):
        kind = kind.value_type
    if pa.types.is_string(kind):
        return np.full((rows, *shape), None, dtype=object)
    dtype = kind.to_pandas_dtype() if pa.types.is_floating(kind) else np.float64
    return np.full((rows, *shape), np.nan, dtype=dtype)


def _numpy(column: Any) -> Array:
    array: Array = column.to_numpy(zero_copy_only=False)
    return array

"""Columns of Arrow tables as the arrays of fields."""

from __future__ import annotations

from typing import Any

import numpy as np

from kspec.data.sources.fields import Array


def as_array(column: Any) -> Array:
    """Return a column as a field has it: a missing number is NaN, a missing text None, text an object array.

    Args:
        column: A `pyarrow.ChunkedArray`.
    """
    import pyarrow as pa

    if pa.types.is_null(column.type):
        return np.full(len(column), np.nan)
    if pa.types.is_boolean(column.type) and column.null_count:
        column = column.cast(pa.int8())
    if pa.types.is_string(column.type):
        return np.array([*column.to_pylist(), None], dtype=object)[:-1]
    array: Array = column.to_numpy()
    return array.astype(np.float64) if column.null_count else array

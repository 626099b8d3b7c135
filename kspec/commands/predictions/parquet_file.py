"""Predictions as a Parquet file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from kspec.commands.predictions.columns import Column
from kspec.commands.predictions.table import flat, held_labels
from kspec.spec.problems import Problem, SpecError


class ParquetWriter:
    """Writes a table as Parquet; what has several values a row is a list."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._writer: Any = None

    def write(self, columns: Sequence[Column]) -> None:
        """Write some rows.

        Raises:
            SpecError: A field that is carried along is of another type than in the rows before.
        """
        import pyarrow as pa
        from pyarrow import parquet

        arrays: dict[str, Any] = {}
        for column in columns:
            arrays |= {name: pa.array(values) for name, values in _parts(column).items()}
        if self._writer is None:
            table = pa.table(arrays)
            self._writer = parquet.ParquetWriter(self._file, table.schema)
        try:
            self._writer.write_table(pa.table(arrays).cast(self._writer.schema))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
            message = f"the fields that are carried along change their type: {str(error).splitlines()[0]}"
            raise SpecError([Problem("bad-keep", (), message, "write CSV or JSON lines instead")]) from error

    def close(self) -> None:
        """Write the end of the file."""
        if self._writer is not None:
            self._writer.close()


def _parts(column: Column) -> dict[str, Any]:
    values = column.values
    if column.kind == "labels":
        return {column.name: held_labels(column)}
    if column.kind != "plain" or values.ndim < 2 or values.shape[1:] == (1,):
        return flat([column])
    return {column.name: _nested(values)}


def _nested(values: npt.NDArray[Any]) -> Any:
    """Return rows of several values as lists, of lists where they have more than one axis."""
    import pyarrow as pa

    found = pa.array(np.ascontiguousarray(values).reshape(-1))
    for size in reversed(values.shape[1:]):
        found = pa.FixedSizeListArray.from_arrays(found, size)
    return found

"""Predictions as text: CSV and JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from kspec.commands.predictions.columns import Column
from kspec.commands.predictions.table import flat, held_labels
from kspec.runs.manifest import strict

Array = npt.NDArray[Any]


class CsvWriter:
    """Writes a table as CSV, a line a row."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._begun = False

    def write(self, columns: Sequence[Column]) -> None:
        """Write some rows."""
        table = flat(columns)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        if not self._begun:
            writer.writerow(table)
            self._begun = True
        writer.writerows(zip(*(_cells(values) for values in table.values()), strict=True))
        self._file.write(out.getvalue().encode())
        self._file.flush()

    def close(self) -> None:
        """Write what is still to be written: nothing."""


class JsonWriter:
    """Writes JSON lines, an object a row."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, columns: Sequence[Column]) -> None:
        """Write some rows."""
        names = [column.name for column in columns]
        rows = zip(*(_values(column) for column in columns), strict=True)
        lines = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n" for row in rows]
        self._file.write("".join(lines).encode())
        self._file.flush()

    def close(self) -> None:
        """Write what is still to be written: nothing."""


def _cells(values: Array) -> list[Any]:
    """Return cells; numbers read back as the same float32 or float64."""
    if values.dtype == object:
        return [_cell(value) for value in values]
    if values.dtype.kind == "b":
        values = np.where(values, "true", "false")
    cells: list[Any] = (values.astype(str) if values.dtype.kind == "f" else values).tolist()
    return cells


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict | bool):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None or value != value else value


def _values(column: Column) -> list[Any]:
    values, classes = column.values, column.classes
    if column.kind == "labels":
        return held_labels(column)
    if column.kind == "chances" and values.ndim == 2:
        every = np.concatenate([1 - values, values], axis=-1) if values.shape[-1] < len(classes) else values
        return [dict(zip(classes, row, strict=True)) for row in _strict(every)]
    if column.kind == "top" and column.chances is not None:
        return [
            [{"class": classes[place], "probability": chance} for place, chance in zip(best, chances, strict=True)]
            for best, chances in zip(values.tolist(), _strict(column.chances), strict=True)
        ]
    return _strict(values[:, 0] if values.shape[1:] == (1,) else values)


def _strict(values: Array) -> list[Any]:
    """Return values that JSON has, with as few digits as read back as the same float32; what is not finite is null."""
    if values.dtype == np.float32:
        values = values.astype(str).astype(np.float64)
    found: list[Any] = values.tolist()
    plain = np.isfinite(values).all() if values.dtype.kind == "f" else values.dtype != object
    return found if plain else [strict(value) for value in found]

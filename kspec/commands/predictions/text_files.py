"""Predictions as text: CSV and JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from kspec.commands.predictions.columns import Column
from kspec.commands.predictions.table import flat, held_labels
from kspec.runs.strict_json import strict

Array = npt.NDArray[Any]
_ENCODER = json.JSONEncoder(ensure_ascii=False)


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
        rows = _objects([column.name for column in columns], [_written(column) for column in columns])
        self._file.write("".join(f"{row}\n" for row in rows).encode())
        self._file.flush()

    def close(self) -> None:
        """Write what is still to be written: nothing."""


def _cells(values: Array) -> list[Any]:
    if values.dtype.kind == "f":
        return _numerals(values)
    if values.dtype == object:
        return [_cell(value) for value in values]
    cells: list[Any] = (np.where(values, "true", "false") if values.dtype.kind == "b" else values).tolist()
    return cells


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict | bool):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None or value != value else value


def _numerals(values: Array) -> list[str]:
    """Return as few digits as read back as the same numbers."""
    import pyarrow as pa

    if values.dtype.itemsize not in (4, 8):
        values = values.astype(np.float64)
    numerals: list[str] = pa.array(np.ascontiguousarray(values)).cast(pa.string()).to_pylist()
    return numerals


def _objects(names: Sequence[str], values: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield JSON objects of values that are JSON already; formatting them is much faster than `json` is."""
    keys = [json.dumps(name, ensure_ascii=False).replace("%", "%%") for name in names]
    form = "{" + ", ".join(f"{key}: %s" for key in keys) + "}"
    return (form % row for row in zip(*values, strict=True))


def _written(column: Column) -> list[str]:
    """Return what is written of each row, as JSON."""
    values, classes = column.values, column.classes
    if column.kind == "labels":
        return [_json(labels) for labels in held_labels(column)]
    if column.kind == "chances" and values.ndim == 2:
        every = np.concatenate([1 - values, values], axis=-1) if values.shape[-1] < len(classes) else values
        return list(_objects(classes, [_finite(every[:, place]) for place in range(len(classes))]))
    if column.kind == "top" and column.chances is not None:
        names = [_json(label) for label in classes]
        ranks = [
            _objects(("class", "probability"), ([names[place] for place in best], _finite(chances)))
            for best, chances in zip(values.T, column.chances.T, strict=True)
        ]
        return [f"[{', '.join(row)}]" for row in zip(*ranks, strict=True)]
    values = values[:, 0] if values.shape[1:] == (1,) else values
    if values.dtype.kind == "f" and values.ndim == 1:
        return _finite(values)
    if values.dtype.kind in "iu" and values.ndim == 1:
        return [str(number) for number in values.tolist()]
    if values.dtype.kind == "U" and values.ndim == 1:  # names of classes, of which there are few
        known = {name: _json(name) for name in set(values.tolist())}
        return [known[name] for name in values.tolist()]
    return [_json(value) for value in (_short(values) if values.dtype.kind == "f" else values).tolist()]


def _finite(values: Array) -> list[str]:
    """Return numbers as JSON, which has none that are not finite."""
    numerals = _numerals(values)
    if np.isfinite(values).all():
        return numerals
    return [numeral if fine else "null" for numeral, fine in zip(numerals, np.isfinite(values), strict=True)]


def _short(values: Array) -> Array:
    """Return numbers that are written with as few digits as read back as the same float32."""
    return values.astype(str).astype(np.float64) if values.dtype == np.float32 else values


def _json(value: Any) -> str:
    return _ENCODER.encode(value if isinstance(value, str) else strict(value))

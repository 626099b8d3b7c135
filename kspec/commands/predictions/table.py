"""Predictions as a table: every column holds one value a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.commands.predictions.columns import Column

Array = npt.NDArray[Any]
LABELS = ";"
"""Stands between the labels of one row."""


def flat(columns: Sequence[Column]) -> dict[str, Array]:
    """Return arrays of shape `(rows,)` by the names of the table's columns."""
    return {name: values for column in columns for name, values in _parts(column)}


def _parts(column: Column) -> Iterator[tuple[str, Array]]:
    values = column.values
    if column.kind == "chances":
        classes = column.classes if values.shape[-1] > 1 else column.classes[1:]
        for place, label in enumerate(classes):
            yield from _spread(f"{column.prefix}p({label})", values[..., place])
    elif column.kind == "top" and column.chances is not None:
        names = np.array(column.classes)
        for place in range(values.shape[1]):
            yield f"{column.prefix}class_{place + 1}", names[values[:, place]]
            yield f"{column.prefix}probability_{place + 1}", column.chances[:, place]
    elif column.kind == "labels":
        yield column.name, np.array([LABELS.join(labels) for labels in held_labels(column)], dtype=object)
    else:
        yield from _spread(column.name, values)


def held_labels(column: Column) -> list[list[str]]:
    """Return the labels that hold, of each row."""
    return [[column.classes[place] for place in np.flatnonzero(row)] for row in column.values]


def _spread(name: str, values: Array) -> Iterator[tuple[str, Array]]:
    """Yield the values of a row as columns, counted if there are several."""
    wide = values.reshape(len(values), -1)
    if wide.shape[1] == 1:
        yield name, wide[:, 0]
        return
    for place in range(wide.shape[1]):
        yield f"{name}_{place}", wide[:, place]

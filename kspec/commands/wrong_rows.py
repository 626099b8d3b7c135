"""The worst mistakes with what was read of their rows: fields of one value each, and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kspec.judging.mistakes import Mistake, Mistakes, worst
from kspec.judging.rows import Rows

if TYPE_CHECKING:
    from kspec.data.part import AnyPart
    from kspec.data.plan import Plan

Array = npt.NDArray[Any]
Cell = str | float | int | None

PICTURES = 24
"""Pictures that are kept."""

_CHANNELS = (1, 3, 4)
_LEAST = 4
"""Pixels of the side of a picture, at least."""


def wrong_rows(rows: Rows, name: str, part: AnyPart, plan: Plan) -> Mistakes:
    """Return the worst mistakes as a table.

    Args:
        rows: The samples of an output.
        name: The output.
        part: The part that they come from.
        plan: Which fields are inputs, and which the targets.
    """
    total, found = worst(rows)
    places = np.array([mistake.row for mistake in found], dtype=np.intp)
    numbers = part.raw.numbers(places) if part.raw else places
    columns: dict[str, list[Cell]] = {"row": [int(number) + 1 for number in numbers]}
    columns |= _told(found)
    pictures = None
    raw: Mapping[str, Array] = (part.raw.look_up(places) if part.raw else None) or {}
    told = plan.targets[name]
    known = told.fields if len(told.fields) == 1 and not told.preprocessed else ()
    for field, array in raw.items():
        if array.size == len(array) and field not in known:
            columns[field if field not in columns else f"field {field}"] = [_cell(value) for value in array.reshape(-1)]
    if len(places):
        fed = (field for entry in plan.inputs.values() for field in entry.fields)
        pictures = next(_pictures(raw, fed), None)
        if pictures is None:
            prepared = _prepared(part, places[:PICTURES], raw)
            pictures = next(_pictures(prepared, prepared), None)
    cells = zip(*columns.values(), strict=True)
    return Mistakes(total, tuple(columns), tuple(cells), None if pictures is None else pictures[:PICTURES])


def _prepared(part: AnyPart, places: npt.NDArray[np.intp], raw: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return what the model was fed of some rows."""
    from kspec.data.part import Part
    from kspec.data.rows import RowNames
    from kspec.data.sources import Fields

    if isinstance(part, Part):
        return part.take(places).inputs
    few = Fields({name: array[: len(places)] for name, array in raw.items()})
    return part.prepare(few, RowNames(part.names.part, places)).inputs


def _told(found: tuple[Mistake, ...]) -> dict[str, list[Cell]]:
    """Return the columns that say what was told wrong; those only that say something."""
    columns: dict[str, list[Cell]] = {
        "step": [None if mistake.step is None else mistake.step + 1 for mistake in found],
        "target": [mistake.target for mistake in found],
        "true": [mistake.true for mistake in found],
        "predicted": [mistake.predicted for mistake in found],
        "probability": [mistake.probability for mistake in found],
        "residual": [mistake.residual for mistake in found],
        "row error": [mistake.row_error for mistake in found],
    }
    always = ("true", "predicted")
    return {name: cells for name, cells in columns.items() if name in always or any(cell is not None for cell in cells)}


def _cell(value: Any) -> Cell:
    plain = value.item() if isinstance(value, np.generic) else value
    return plain if isinstance(plain, str | float | int | None) else str(plain)


def _pictures(arrays: Mapping[str, Array], names: Any) -> Iterator[Array]:
    """Yield the arrays that hold a picture a row."""
    for name in names:
        array = arrays.get(name)
        if array is None or array.dtype.kind not in "biuf" or array.ndim not in (3, 4):
            continue
        high, wide = array.shape[1:3]
        colours = array.ndim == 4 and array.shape[3] in _CHANNELS
        # A table of steps and features has two axes, too; a picture is square, or of bytes.
        grey = array.ndim == 3 and (high == wide or array.dtype == np.uint8)
        if (colours or grey) and min(high, wide) >= _LEAST:
            yield array

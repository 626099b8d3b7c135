"""Cells of a CSV text read one by one, which only rows have to wait for that Arrow does not take, to say which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kspec.data.given.wanted import SHOWN, Kind
from kspec.data.sources.csv_blocks import CsvBlock
from kspec.data.sources.csv_faults import ragged_row
from kspec.data.sources.fields import Array
from kspec.spec.problems import Problem, SpecError

_TRUTH = {"true": True, "false": False, "1": True, "0": False}


def read_cells(block: CsvBlock, kinds: Mapping[str, Kind], *, missing: Sequence[str]) -> dict[str, Array]:
    """Return columns in the types that are wanted.

    Args:
        block: The rows.
        kinds: The columns, and what their values are.
        missing: What stands in a cell that has no value.

    Raises:
        DataError: A row has too many cells or too few.
        SpecError: A cell is not of its column's kind; the first of each column is told.
    """
    if ragged := ragged_row([block]):
        raise ragged
    lines, rows = zip(*block.rows(), strict=True)
    done: dict[str, Array] = {}
    problems: list[Problem] = []
    for name, kind in kinds.items():
        place = block.names.index(name)
        try:
            done[name] = _column([None if cells[place] in missing else cells[place] for cells in rows], kind)
        except _OddCellError as error:
            cell = rows[error.row][place]
            where = f"`{block.path}`, line {lines[error.row]:,}, column `{name}`"
            problems.append(Problem("bad-value", (), f"{where}: `{cell}` is not {SHOWN[kind]}, as it is in training"))
    if problems:
        raise SpecError(problems)
    return done


def line_of_row(block: CsvBlock, row: int) -> int:
    """Return the line of the text on which a row begins; rows count from 0, lines from 1."""
    return next((line for number, (line, _) in enumerate(block.rows()) if number == row), block.line)


class _OddCellError(ValueError):
    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


def _column(cells: Sequence[str | None], kind: Kind) -> Array:
    if kind == "text":
        return np.array([*cells, None], dtype=object)[:-1]
    values: list[float | int | bool] = []
    for row, cell in enumerate(cells):
        try:
            values.append(np.nan if cell is None else _value(cell.strip(), kind))
        except (ValueError, KeyError):
            return _as_truth(cells, row)
    return np.array(values)


def _value(cell: str, kind: Kind) -> float | int | bool:
    if "_" in cell:  # which Python allows in numbers
        raise ValueError(cell)
    if kind == "truth":
        return _TRUTH[cell.lower()]
    if kind == "whole" and cell.lstrip("+-").isdecimal():
        return int(cell)
    return float(cell)


def _as_truth(cells: Sequence[str | None], odd: int) -> Array:
    """Return truth values, which may be fed beside numbers, as numbers; no other words may."""
    found = [None if cell is None else _TRUTH.get(cell.strip().lower()) for cell in cells]
    if any(value is None and cell is not None for value, cell in zip(found, cells, strict=True)):
        raise _OddCellError(odd)
    return np.array([np.nan if value is None else float(value) for value in found])

"""Values that are missing or infinite where a model would be fed them, counted over all rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from kspec.data.choice import field_path
from kspec.data.rows import RowNames
from kspec.data.sources import Fields
from kspec.data.values import gaps, is_missing, is_text
from kspec.spec.data import FieldSpec
from kspec.spec.problems import Path, Problem


@dataclass(slots=True)
class _Gap:
    path: Path
    row: str
    missing: bool
    text: bool
    count: int = 0


@dataclass(slots=True)
class Gaps:
    """Counts the rows in which a field has no value that can be fed.

    One such value ruins a model, with a loss that looks fine until then, or becomes a category that nobody meant.

    Attributes:
        rows: Rows looked at.
        more_may_come: Whether these are not all rows: they are called by their places in a file that is being read.
    """

    rows: int = 0
    more_may_come: bool = False
    _found: dict[tuple[Path, str], _Gap] = field(default_factory=dict)

    def see(self, fields: Fields, rows: RowNames, wanted: Iterable[tuple[FieldSpec, bool]]) -> None:
        """Look at some rows.

        Args:
            fields: The rows.
            rows: What messages call them.
            wanted: Fields that exist, each with whether missing text is wanted: a layer takes the empty text for none.
        """
        self.rows += fields.rows
        self.more_may_come = rows.called is not None
        for spec, masked in wanted:
            for index in range(len(spec.fields)):
                self._look(fields, rows, spec, index, masked=masked)

    def problems(self) -> list[Problem]:
        """Return a problem for each field in which values are missing or infinite."""
        return [
            _problem(name, gap, None if self.more_may_come else self.rows) for (_, name), gap in self._found.items()
        ]

    def _look(self, fields: Fields, rows: RowNames, spec: FieldSpec, index: int, *, masked: bool) -> None:
        name = spec.fields[index]
        array = fields[name]
        if spec.slice is not None and len(spec.fields) == 1 and array.ndim > 1:
            array = array[:, slice(*spec.slice)]
        if (masked and is_text(array)) or (wrong := gaps(array)) is None:
            return
        if spec.missing is not None:  # something will stand in for what is missing, and nothing for the infinite
            wrong = wrong & ~np.isnan(array) if not is_text(array) else np.zeros_like(wrong)
            if not wrong.any():
                return
        hit = np.flatnonzero(wrong.reshape(len(array), -1).any(axis=1))
        path = field_path(spec, index)
        if (path, name) not in self._found:
            first = array[tuple(np.argwhere(wrong)[0])]
            lacking = is_missing(first) or bool(np.isnan(first))
            self._found[path, name] = _Gap(path, rows.row(int(hit[0])), lacking, is_text(array))
        self._found[path, name].count += len(hit)


def check_complete(fields: Fields, wanted: FieldSpec, rows: RowNames, *, masked: bool = False) -> list[Problem]:
    """Return a problem for each field in which values are missing or infinite.

    Args:
        fields: The rows.
        wanted: Fields that exist.
        rows: What messages call the rows.
        masked: Whether missing text is wanted: a layer takes the empty text for none.
    """
    found = Gaps()
    found.see(fields, rows, [(wanted, masked)])
    return found.problems()


def _problem(name: str, gap: _Gap, rows: int | None) -> Problem:
    among = "rows near it" if rows is None else f"of {rows:,} rows"
    more = f" and {gap.count - 1:,} more {among}" if gap.count > 1 else ""
    what = "is missing" if gap.missing else "is infinite"
    message = f"`{name}` {what} in {gap.row}{more}"
    how = f", as `csv` does with `drop_missing: [{name}]`," if gap.missing else ""
    hint = f"leave such rows out of the data{how}"
    mean = gap.missing and not gap.text and "inputs" in gap.path
    hint += " or say what stands in: `missing: mean`" if mean else " or fill them in"
    if gap.text:
        hint += '; `StringLookup` with `mask_token: ""` takes missing text for no category'
    return Problem("missing-value", gap.path, message, hint)

"""What messages call the rows of a part: by their number in what was read, wherever they have gone since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class RowNames:
    """The names of some rows.

    Args:
        part: Part of the data that the rows were read from: `train`, `validation`, `test`, or the name of a file.
        numbers: Where each row stood in it, counted from 0; None if the rows are all of it.
        called: Returns what a row is called by its number, such as `line 3 of "a.csv"`; by part and number if left out.
    """

    part: str
    numbers: npt.NDArray[np.intp] | None = None
    called: Callable[[int], str] | None = None

    def row(self, place: int) -> str:
        """Return what the row at `place` is called; people count from 1."""
        number = place if self.numbers is None else int(self.numbers[place])
        return self.called(number) if self.called else f"row {number + 1:,} of the {self.part} data"

    def take(self, chosen: npt.NDArray[np.intp]) -> RowNames:
        """Return the names of the rows at the places `chosen`."""
        return RowNames(self.part, chosen if self.numbers is None else self.numbers[chosen], self.called)


def named(rows: RowNames | str) -> RowNames:
    """Return the names of rows of which only the part is known."""
    return rows if isinstance(rows, RowNames) else RowNames(rows)

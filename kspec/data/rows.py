"""What messages call the rows of a part: by their number in what was read, wherever they have gone since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from kspec.data.sources import Fields


@dataclass(frozen=True, slots=True)
class RowNames:
    """The names of some rows.

    Args:
        part: Part of the data that the rows were read from: `train`, `validation`, `test`, or the name of a file.
        numbers: Where each row stood in it, counted from 0; None if the rows are all of it.
    """

    part: str
    numbers: npt.NDArray[np.intp] | None = None

    def row(self, place: int) -> str:
        """Return what the row at `place` is called; people count from 1."""
        number = place if self.numbers is None else int(self.numbers[place])
        return f"row {number + 1:,} of the {self.part} data"

    def take(self, chosen: npt.NDArray[np.intp]) -> RowNames:
        """Return the names of the rows at the places `chosen`."""
        return RowNames(self.part, chosen if self.numbers is None else self.numbers[chosen])


@dataclass(frozen=True, slots=True)
class RawRows:
    """The rows of a part as they were read, to look some of them up.

    Args:
        fields: All of them.
        names: What messages call them.
    """

    fields: Fields
    names: RowNames

    def numbers(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Return where some rows stood in what was read, counted from 0."""
        return places if self.names.numbers is None else self.names.numbers[places]

    def look_up(self, places: npt.NDArray[np.intp]) -> Fields:
        """Return some rows, in the order of their places in the part."""
        return self.fields.take(places)


def named(rows: RowNames | str) -> RowNames:
    """Return the names of rows of which only the part is known."""
    return rows if isinstance(rows, RowNames) else RowNames(rows)

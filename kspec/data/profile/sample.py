"""Rows drawn from a stream of any length, each with the same chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.sources import Fields

ROWS = 10_000
_BYTES = 64_000_000
_LEAST = 256


def sample_size(head: Fields) -> int:
    """Return how many rows to draw, by the size of a row.

    Args:
        head: At least one row.
    """
    row = sum(array[:1].nbytes for array in head.values())
    return max(_LEAST, min(ROWS, _BYTES // max(1, row)))


class Reservoir:
    """Rows drawn from all that came by, the same for the same seed.

    Source: algorithm R of Vitter, "Random sampling with a reservoir" (1985).

    Args:
        size: Rows that are drawn at most; of fewer rows all are kept, in their order.
        seed: Seed of the drawing.
    """

    def __init__(self, size: int, seed: int = 0) -> None:
        self._size = size
        self._random = np.random.default_rng(seed)
        self._arrays: dict[str, npt.NDArray[Any]] = {}
        self.seen = 0

    @property
    def whole(self) -> bool:
        """Whether the rows are all that came by."""
        return self.seen <= self._size

    @property
    def rows(self) -> Fields | None:
        """The rows drawn so far, or None if none came by."""
        if not self._arrays:
            return None
        return Fields({name: array[: min(self.seen, self._size)] for name, array in self._arrays.items()})

    def update(self, fields: Fields) -> None:
        """Let rows come by."""
        numbers = np.arange(self.seen, self.seen + fields.rows)
        slots = np.where(
            numbers < self._size, numbers, (self._random.random(fields.rows) * (numbers + 1)).astype(np.int64)
        )
        taken = np.flatnonzero(slots < self._size)
        for name, array in fields.items():
            if name not in self._arrays:
                self._arrays[name] = np.empty((self._size, *array.shape[1:]), array.dtype)
            self._arrays[name][slots[taken]] = array[taken]
        self.seen += fields.rows

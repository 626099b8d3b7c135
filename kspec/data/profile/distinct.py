"""Which values there are and how often, up to a number of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

MOST = 10_000
"""Different values that are counted; of more it is only known that they are more."""

_CHUNK = 50_000


class Distinct:
    """Counts of the different values of a field."""

    def __init__(self) -> None:
        self._counts: Counter[Any] = Counter()
        self.full = False

    @property
    def number(self) -> int | None:
        """How many values differ; None if these are more than are counted."""
        return None if self.full else len(self._counts)

    @property
    def counts(self) -> Counter[Any]:
        """How often each value is there; empty if too many differ."""
        return self._counts

    def update(self, values: npt.NDArray[Any] | list[Any]) -> None:
        """Take in numbers or texts, none of them missing."""
        for start in range(0, len(values), _CHUNK):
            if self.full:
                return
            self._add(values[start : start + _CHUNK])

    def _add(self, values: npt.NDArray[Any] | list[Any]) -> None:
        if isinstance(values, list):
            self._counts.update(values)
        else:
            found, counts = np.unique(values, return_counts=True)
            self._counts.update(dict(zip(found.tolist(), counts.tolist(), strict=True)))
        if len(self._counts) > MOST:
            self.full = True
            self._counts = Counter()

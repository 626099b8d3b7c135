"""Mean, deviation and range of every place of a row, gathered piece by piece without a second look."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.runs.inspection import Numbers

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

_VALUES = 1_000_000
"""Values that are looked at together; their copies in float64 take 8 MB each."""


class Moments:
    """Count, mean, sum of squared deviations, and range, for each place of a row.

    Two pieces are joined by the rule of Chan, Golub and LeVeque (1979), which loses no digits where the mean is large
    beside the deviation. Missing and infinite values are counted and otherwise left out.

    Args:
        shape: Shape of one row.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.count = np.zeros(shape, np.int64)
        self.mean = np.zeros(shape)
        self.squares = np.zeros(shape)
        self.low = np.full(shape, np.inf)
        self.high = np.full(shape, -np.inf)
        self.zeros = np.zeros(shape, np.int64)
        self.missing = 0
        self.infinite = 0
        self.whole = True

    def update(self, rows: Array) -> None:
        """Take in rows of shape `(rows, *shape)`."""
        step = max(1, _VALUES // max(1, self.mean.size))
        for start in range(0, len(rows), step):
            self._add(rows[start : start + step])

    def _add(self, raw: Array) -> None:
        rows = raw.astype(np.float64)
        if raw.dtype.kind != "f" or np.isfinite(rows.sum()):
            count = np.full(self.count.shape, len(rows), np.int64)
            mean = rows.mean(axis=0)
            squares = np.square(rows - mean).sum(axis=0)
            low, high = rows.min(axis=0), rows.max(axis=0)
            self.whole = self.whole and (raw.dtype.kind != "f" or bool((rows == np.floor(rows)).all()))
        else:
            there = np.isfinite(rows)
            self.missing += int(np.isnan(rows).sum())
            self.infinite += int(np.isinf(rows).sum())
            count = there.sum(axis=0)
            mean = np.where(there, rows, 0).sum(axis=0) / np.maximum(count, 1)
            squares = np.square(np.where(there, rows - mean, 0)).sum(axis=0)
            low, high = np.where(there, rows, np.inf).min(axis=0), np.where(there, rows, -np.inf).max(axis=0)
            self.whole = self.whole and bool(((rows == np.floor(rows)) | ~there).all())
        self.zeros += (rows == 0).sum(axis=0)
        self._join(count, mean, squares, low, high)

    def _join(self, count: Array, mean: Floats, squares: Floats, low: Floats, high: Floats) -> None:
        total = self.count + count
        apart = mean - self.mean
        share = count / np.maximum(total, 1)
        self.squares = self.squares + squares + np.square(apart) * self.count * share
        self.mean = self.mean + apart * share
        self.count = total
        self.low, self.high = np.minimum(self.low, low), np.maximum(self.high, high)

    @property
    def deviation(self) -> Floats:
        """Standard deviation of each place, divided by the count."""
        return np.asarray(np.sqrt(self.squares / np.maximum(self.count, 1)))

    @property
    def constant(self) -> int:
        """How many places hold one value in all rows."""
        return int(((self.count > 1) & (self.low == self.high)).sum())

    def of(self, place: tuple[int, ...]) -> Numbers:
        """Return the numbers of one place."""
        return Numbers(
            int(self.count[place]), float(self.low[place]), float(self.high[place]), float(self.mean[place]),
            float(self.deviation[place]), zeros=int(self.zeros[place]),
        )  # fmt: skip

    def together(self) -> Numbers | None:
        """Return all places taken together, or None if there is no number."""
        count = int(self.count.sum())
        if not count:
            return None
        mean = float((self.mean * self.count).sum() / count)
        squares = float(self.squares.sum() + (self.count * np.square(self.mean - mean)).sum())
        return Numbers(
            count, float(self.low.min()), float(self.high.max()), mean, float(np.sqrt(squares / count)),
            zeros=int(self.zeros.sum()), infinite=self.infinite, whole=self.whole,
        )  # fmt: skip

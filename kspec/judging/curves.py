"""Curves over all thresholds: receiver operating characteristic, and precision against recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kspec.judging.rows import Array, Floats

POINTS = 1000
"""Points of a curve that are kept. Areas are those of the whole curve."""

NAMED = 10
"""Curves up to which all are shown by name."""

_AT_ONCE = 1_000_000
"""Points of a line whose corners are looked for at once, so that this takes little memory."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve of one class or label, thinned for drawing.

    Args:
        name: The class or label.
        x: From left to right, of shape `(points,)`.
        y: As many.
        area: Area under the whole curve; of precision against recall the average precision.
    """

    name: str
    x: Floats
    y: Floats
    area: float


@dataclass(frozen=True)
class Ranking:
    """Samples by falling score, those of one score together.

    Args:
        right: Weight of the positive samples down to each score, of shape `(scores,)`.
        wrong: That of the negative ones.
    """

    right: Floats
    wrong: Floats

    @cached_property
    def roc_auc(self) -> float | None:
        """Area under the receiver operating characteristic; None if there is one kind of samples only."""
        if not self.right[-1] or not self.wrong[-1]:
            return None
        rates, hits = self._roc()
        return float(np.trapezoid(hits, rates))

    @cached_property
    def average_precision(self) -> float | None:
        """Mean of the precisions, each by the recall that it adds; None without positive samples."""
        if not self.right[-1]:
            return None
        gained = np.diff(self.right, prepend=0.0) / self.right[-1]
        return float(np.sum(gained * self.right / (self.right + self.wrong)))

    def roc(self, name: str, points: int = POINTS) -> Curve | None:
        """Return the rate of true positives over that of false ones, or None if it is not defined."""
        area = self.roc_auc
        return None if area is None else Curve(name, *thinned(*self._roc(), points), area)

    def precision_recall(self, name: str, points: int = POINTS) -> Curve | None:
        """Return precision over recall, or None if it is not defined."""
        area = self.average_precision
        if area is None:
            return None
        recall = np.concatenate([[0.0], self.right / self.right[-1]])
        precision = np.concatenate([[1.0], self.right / (self.right + self.wrong)])
        return Curve(name, *thinned(recall, precision, points), area)

    def _roc(self) -> tuple[Floats, Floats]:
        return (
            np.concatenate([[0.0], self.wrong / self.wrong[-1]]),
            np.concatenate([[0.0], self.right / self.right[-1]]),
        )


def rank(positive: npt.NDArray[np.bool_], scores: Array, weights: Floats | None) -> Ranking:
    """Order samples by their scores.

    Of many samples each array counts: none is kept longer than it is needed.

    Args:
        positive: Whether each sample is of the class, of shape `(samples,)`.
        scores: How likely it is held to be, of the same shape.
        weights: What each weighs; None if all weigh the same.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    last = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    del ranked
    hits = positive[order]
    if weights is None:
        right = np.cumsum(hits, dtype=np.float64)[last]
        return Ranking(right, last + 1.0 - right)
    heavy = weights[order]
    right, wrong = np.cumsum(np.where(hits, heavy, 0.0)), np.cumsum(np.where(hits, 0.0, heavy))
    return Ranking(right[last], wrong[last])


def foremost(curves: Sequence[Curve]) -> list[Curve]:
    """Return the curves that are shown by name: all, or of more than ten the five with the least area."""
    if len(curves) <= NAMED:
        return list(curves)
    return sorted(curves, key=lambda curve: curve.area)[: NAMED // 2]


def thinned(x: Floats, y: Floats, points: int = POINTS) -> tuple[Floats, Floats]:
    """Return at most so many points of a line, its corners first, then evenly spread along it."""
    if len(x) > 2:
        kept = np.ones(len(x), dtype=bool)
        for start in range(0, len(x) - 2, _AT_ONCE):
            here = slice(start, start + _AT_ONCE + 2)
            dx, dy = np.diff(x[here]), np.diff(y[here])
            kept[start + 1 : start + len(dx)] = dx[1:] * dy[:-1] != dx[:-1] * dy[1:]
        x, y = x[kept], y[kept]
    if len(x) <= points:
        return x, y
    along = np.zeros(len(x))
    for start in range(0, len(x) - 1, _AT_ONCE):
        here = slice(start, start + _AT_ONCE + 1)
        steps = np.hypot(np.diff(x[here]), np.diff(y[here]))
        along[start + 1 : start + 1 + len(steps)] = steps
    np.cumsum(along, out=along)
    chosen = np.unique(np.searchsorted(along, np.linspace(0, along[-1], points)).clip(0, len(x) - 1))
    return x[chosen], y[chosen]

"""Whether probabilities can be taken at their word: what came true of each tenth of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kspec.judging.rows import Array, Floats

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Samples whose probabilities lie between two bounds.

    Args:
        low: The lower bound, not among them but for 0.
        high: The upper bound.
        count: Number of samples.
        weight: Their weight.
        probability: Their mean probability.
        share: Share of them for which it came true.
    """

    low: float
    high: float
    count: int
    weight: float
    probability: float
    share: float


def reliability(probabilities: Floats, came_true: Array, weights: Floats | None, bins: int = BINS) -> tuple[Bin, ...]:
    """Return the bins that are not empty, of equal width, as scikit-learn's `calibration_curve` makes them.

    Args:
        probabilities: What was predicted, of shape `(samples,)`.
        came_true: Whether it came so, of the same shape.
        weights: What each sample weighs; None if all weigh the same.
        bins: Number of bins.
    """
    edges = np.arange(bins + 1) / bins
    places = np.searchsorted(edges[1:-1], probabilities)
    counts = np.bincount(places, minlength=bins)
    weight: Array
    if weights is None:
        weight, likely = counts.astype(np.float64), np.bincount(places, probabilities, bins)
        right = np.bincount(places, came_true, bins)
    else:
        weight, likely = np.bincount(places, weights, bins), np.bincount(places, weights * probabilities, bins)
        right = np.bincount(places, weights * came_true, bins)
    return tuple(
        Bin(float(edges[at]), float(edges[at + 1]), int(counts[at]), float(weight[at]),
            float(likely[at] / weight[at]), float(right[at] / weight[at]))
        for at in np.flatnonzero(counts)
    )  # fmt: skip


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: the mean distance of probability and share, each bin by its weight.

    Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning" (2015).
    """
    total = sum(found.weight for found in bins)
    return sum(found.weight * abs(found.probability - found.share) for found in bins) / total

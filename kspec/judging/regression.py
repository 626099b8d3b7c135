"""How far values are missed."""

from __future__ import annotations

import numpy as np

from kspec.judging.reports import TargetScore, ValueReport
from kspec.judging.rows import Floats, Rows

POINTS = 2000
"""Samples of a target that are kept for drawing, evenly over all."""

BINS = 41
"""Bins of residuals, an odd number, so that one lies about zero."""

Numbers = dict[str, float]


def judge_values(rows: Rows) -> ValueReport:
    """Return how far the targets of some samples are missed.

    Args:
        rows: The samples, of the kind `values`.
    """
    targets = tuple(_target(rows, number) for number in range(len(rows.names)))
    notes = list(rows.notes)
    constant = [target.name for target in targets if "r2" not in target.numbers]
    if constant:
        names = ", ".join(f"`{name}`" for name in constant[:3]) + (", …" if len(constant) > 3 else "")
        of = f" of {names}" if len(targets) > 1 else ""
        notes.append(f"R² is left out: the values{of} are all the same" if rows.samples > 1 else "R² wants two rows")
    return ValueReport(
        rows.samples, rows.steps, rows.weights is not None, _overall(targets), targets, notes=tuple(notes)
    )


def _target(rows: Rows, number: int) -> TargetScore:
    actual = rows.actual[:, number].astype(np.float64)
    predicted = rows.predicted[:, number].astype(np.float64)
    residuals = actual - predicted
    distance = np.abs(residuals)
    numbers: Numbers = {
        "mean_absolute_error": rows.mean(distance),
        "root_mean_squared_error": float(np.sqrt(rows.mean(residuals**2))),
        "median_absolute_error": _median(actual, predicted, rows.weights),
        "max_error": float(distance.max()),
        "mean_residual": rows.mean(residuals),
    }
    # Also where rounding makes the mean of equal values another value.
    if np.ptp(actual) > 0 and (spread := rows.mean((actual - rows.mean(actual)) ** 2)) > 0:
        numbers["r2"] = 1 - rows.mean(residuals**2) / spread
    shown = np.linspace(0, rows.samples - 1, min(rows.samples, POINTS)).astype(np.intp)
    reach = float(distance.max()) or 1.0
    # One far miss must not press all others into one bin.
    reach = min(reach, 4 * float(np.percentile(distance, 98)) or reach)
    edges = np.linspace(-reach, reach, BINS + 1)
    counts = np.histogram(residuals.clip(-reach, reach), edges)[0].astype(np.int64)
    return TargetScore(rows.names[number], numbers, actual[shown], predicted[shown], edges, counts)


def _median(actual: Floats, predicted: Floats, weights: Floats | None) -> float:
    if weights is None:
        return float(np.median(np.abs(actual - predicted)))
    from sklearn.metrics import median_absolute_error  # takes a second to import

    return float(median_absolute_error(actual, predicted, sample_weight=weights))


def _overall(targets: tuple[TargetScore, ...]) -> Numbers:
    """Return the means over the targets, as scikit-learn's `uniform_average`, and the largest of all errors."""
    found: Numbers = {}
    for key in ("mean_absolute_error", "root_mean_squared_error", "r2", "median_absolute_error", "mean_residual"):
        values = [target.numbers[key] for target in targets if key in target.numbers]
        found |= {key: float(np.mean(values))} if values else {}
    found["max_error"] = max(target.numbers["max_error"] for target in targets)
    return found

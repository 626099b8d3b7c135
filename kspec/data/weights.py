"""Sample weights as one weight a row, read from a field, multiplied, and sorted to the outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.rows import RowNames
from kspec.spec.problems import Path, Problem, SpecError

Weights = npt.NDArray[np.float32]


def field_weights(values: npt.NDArray[Any], path: Path, rows: RowNames) -> Weights:
    """Return weights that were read from a field.

    Raises:
        SpecError: They are not one finite number of at least 0 for each row.
    """
    flat = values.reshape(len(values), -1)
    if values.dtype.kind not in "biuf" or flat.shape[1] != 1:
        raise SpecError([Problem("bad-weight", path, "a sample weight is one number for each row")])
    weights = flat[:, 0].astype(np.float32)
    wrong = np.flatnonzero(~np.isfinite(weights) | (weights < 0))
    if len(wrong):
        first = int(wrong[0])
        message = f"the sample weight is {weights[first]:g} in {rows.row(first)}"
        raise SpecError([Problem("bad-weight", path, message, "weights are finite and at least 0")])
    return weights


def combine(*weights: Weights | None) -> Weights | None:
    """Return the product of weights, or None if there are none."""
    given = [weight for weight in weights if weight is not None]
    return np.prod(given, axis=0, dtype=np.float32) if given else None


def weights_by_output(weights: Mapping[str, Weights | None]) -> dict[str, Weights]:
    """Return the weights of the outputs, ones for those without, or nothing if none has any."""
    given = [weight for weight in weights.values() if weight is not None]
    if not given:
        return {}
    return {name: np.ones_like(given[0]) if weight is None else weight for name, weight in weights.items()}

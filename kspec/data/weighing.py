"""What the rows of a part weigh, for every output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.choice import unknown_fields, weight_fields
from kspec.data.columns import gather
from kspec.data.plan import Plan
from kspec.data.rows import RowNames
from kspec.data.sources import Fields
from kspec.data.weights import (
    Weights,
    class_weights,
    combine,
    field_weights,
    rule_weights,
    weights_by_output,
)
from kspec.spec.data import DataSpec
from kspec.spec.problems import Path, Problem, SpecError
from kspec.spec.spec import Spec

_RULES: Path = ("fit", "sample_weight")


def part_weights(
    spec: Spec,
    data: DataSpec,
    fields: Fields,
    rows: RowNames,
    y: Mapping[str, npt.NDArray[Any]],
    plan: Plan,
    *,
    part: str,
) -> dict[str, Weights]:
    """Return the weight of every row for every output with targets, or nothing if all rows weigh the same.

    Which weights count where is what `keras.Model.fit` and `evaluate` do with them:

    - Class weights count in training alone.
    - The rules of `fit.sample_weight` count in training and in validation, since `fit` splits sample weights along
      with the rows; so `loss` and `val_loss` can be compared. They say how to fit, and so do not touch the test rows.
    - `data.sample_weight` says how much a row stands for, and counts wherever the field is there.

    Args:
        spec: The spec.
        data: Its `data` section.
        fields: The rows.
        rows: What messages call them.
        y: Their targets.
        plan: How the targets came about.
        part: `train`, `validation`, or another name for rows to judge by.

    Raises:
        SpecError: A weight is no weight, or what it goes by is not in the training data.
    """
    training = part == "train"
    rules = spec.fit.sample_weight if part in ("train", "validation") else ()
    by_rule = rule_weights(fields, rules, _RULES, training=training) if rules else None
    named = weight_fields(data, plan.targets)
    found: dict[str, Weights | None] = {}
    for output, targets in y.items():
        by_class = by_field = None
        if training and output in spec.class_weight:
            by_class = class_weights(
                targets,
                spec.class_weight[output],
                plan.labels.get(output, ()),
                _class_path(spec, output),
                numbered=output not in plan.indexed,
            )
        wanted = named.get(output)
        if wanted and (training or not unknown_fields(fields, wanted)):
            by_field = field_weights(gather(fields, wanted, rows, column=False), wanted.path, rows)
        found[output] = combine(by_class, by_field, by_rule)
        if (weights := found[output]) is not None and not np.any(weights):
            path = wanted.path if wanted else _class_path(spec, output) if by_class is not None else _RULES
            message = f"for the output `{output}` every row of the {part} data weighs 0"
            raise SpecError([Problem("bad-weight", path, message, "nothing would be learnt", at="key")])
    return weights_by_output(found)


def _class_path(spec: Spec, output: str) -> Path:
    """Return the place of an output's class weights, which may or may not be written by output."""
    written = spec.fit.class_weight
    inner = written.get(output) if isinstance(written, dict) else None
    by_output = isinstance(inner, dict) or inner == "balanced"
    return ("fit", "class_weight", output) if by_output else ("fit", "class_weight")

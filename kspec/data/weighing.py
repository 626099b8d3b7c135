"""What the rows of a part weigh, for every output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.choice import unknown_fields, weight_fields
from kspec.data.class_weights import ClassCounts, class_weights
from kspec.data.columns import gather
from kspec.data.plan import Plan
from kspec.data.rows import RowNames
from kspec.data.sources import Fields
from kspec.data.weight_rules import check_matched, rule_weights
from kspec.data.weights import Weights, combine, field_weights, weights_by_output
from kspec.spec.data import DataSpec, FieldSpec
from kspec.spec.problems import Path, Problem, SpecError
from kspec.spec.spec import Spec

Array = npt.NDArray[Any]
_RULES: Path = ("fit", "sample_weight")


@dataclass(slots=True)
class Weigher:
    """What rows weigh, for every output: fixed by the training rows, given to the rows of any part.

    Which weights count where is what `keras.Model.fit` and `evaluate` do with them:

    - Class weights count in training alone.
    - The rules of `fit.sample_weight` count in training and in validation, since `fit` splits sample weights along
      with the rows; so `loss` and `val_loss` can be compared. They say how to fit, and so do not touch the test rows.
    - `data.sample_weight` says how much a row stands for, and counts wherever the field is there.

    Args:
        spec: The spec.
        data: Its `data` section.
        plan: How the targets came about.
    """

    spec: Spec
    data: DataSpec
    plan: Plan
    _counts: dict[str, ClassCounts] = field(default_factory=dict)
    _matched: set[int] = field(default_factory=set)
    _by_class: dict[str, dict[int, float]] = field(default_factory=dict)
    _weighs: set[str] = field(default_factory=set)

    @property
    def looks(self) -> bool:
        """Whether anything depends on the training rows, so that `see` must be shown all of them."""
        return bool(self.spec.class_weight or self.spec.fit.sample_weight or self.data.sample_weight)

    def see(self, fields: Fields, rows: RowNames, y: Mapping[str, Array]) -> None:
        """Look at some training rows.

        Args:
            fields: The rows.
            rows: What messages call them.
            y: Their targets.

        Raises:
            SpecError: A weight is no weight, a rule names no field, or targets are no classes.
        """
        by_rule = self._ruled(fields, "train")
        for output, targets in y.items():
            if output in self.spec.class_weight:
                counts = self._counts.setdefault(output, ClassCounts())
                counts.see(targets, _class_path(self.spec, output))
            weights = combine(self._fielded(fields, rows, output, "train"), by_rule)
            if weights is None or np.any(weights):
                self._weighs.add(output)

    def settle(self) -> None:
        """Fix the weights, now that all training rows have been seen.

        Raises:
            SpecError: A label does not occur, a rule matches no row, or nothing weighs anything.
        """
        check_matched(self.spec.fit.sample_weight, self._matched, _RULES)
        for output, counts in self._counts.items():
            self._by_class[output] = counts.weights(
                self.spec.class_weight[output],
                self.plan.class_names(output),
                _class_path(self.spec, output),
                numbered=output not in self.plan.indexed and not self.plan.looked_up(output),
            )
        for output in self.plan.targets:
            weighs = any(self._by_class.get(output, {0: 1.0}).values())
            if self.looks and not (weighs and output in self._weighs):
                self._refuse(output, "train")

    def weigh(self, fields: Fields, rows: RowNames, y: Mapping[str, Array], *, part: str) -> dict[str, Weights]:
        """Return the weight of every row for every output with targets, or nothing if all rows weigh the same.

        Args:
            fields: The rows.
            rows: What messages call them.
            y: Their targets.
            part: `train`, `validation`, or another name for rows to judge by.

        Raises:
            SpecError: A weight is no weight.
        """
        by_rule = self._ruled(fields, part)
        found: dict[str, Weights | None] = {}
        for output, targets in y.items():
            by_class = None
            if part == "train" and output in self._by_class:
                by_class = class_weights(targets, self._by_class[output], _class_path(self.spec, output))
            found[output] = combine(by_class, self._fielded(fields, rows, output, part), by_rule)
        return weights_by_output(found)

    def check(self, weights: Mapping[str, Weights], *, part: str) -> None:
        """Refuse a part of which no row weighs anything.

        Raises:
            SpecError: It is so.
        """
        for output, found in weights.items():
            if not np.any(found):
                self._refuse(output, part)

    def _ruled(self, fields: Fields, part: str) -> Weights | None:
        rules = self.spec.fit.sample_weight if part in ("train", "validation") else ()
        if not rules:
            return None
        training = part == "train"
        return rule_weights(fields, rules, _RULES, training=training, matched=self._matched if training else None)

    def _fielded(self, fields: Fields, rows: RowNames, output: str, part: str) -> Weights | None:
        wanted = weight_fields(self.data, self.plan.targets).get(output)
        if wanted is None or (part != "train" and unknown_fields(fields, wanted)):
            return None
        return field_weights(gather(fields, wanted, rows, column=False), wanted.path, rows)

    def _refuse(self, output: str, part: str) -> None:
        wanted = weight_fields(self.data, self.plan.targets).get(output)
        by_class = part == "train" and output in self.spec.class_weight
        path = wanted.path if wanted else _class_path(self.spec, output) if by_class else _RULES
        message = f"for the output `{output}` every row of the {part} data weighs 0"
        raise SpecError([Problem("bad-weight", path, message, "nothing would be learnt", at="key")])


def weighing_fields(spec: Spec, data: DataSpec) -> set[str]:
    """Return the fields that say what rows weigh."""
    wanted = [data.sample_weight] if isinstance(data.sample_weight, FieldSpec) else (data.sample_weight or {}).values()
    return {name for rule in spec.fit.sample_weight for name in rule.when} | {
        name for item in wanted for name in item.fields
    }


def _class_path(spec: Spec, output: str) -> Path:
    """Return the place of an output's class weights, which may or may not be written by output."""
    written = spec.fit.class_weight
    inner = written.get(output) if isinstance(written, dict) else None
    by_output = isinstance(inner, dict) or inner == "balanced"
    return ("fit", "class_weight", output) if by_output else ("fit", "class_weight")

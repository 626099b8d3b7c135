"""Class weights and sample weights, as one weight a row for every output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.labels import class_numbers
from kspec.data.sources import Fields
from kspec.spec.problems import Path, Problem, SpecError, did_you_mean
from kspec.spec.sections import WeightRule
from kspec.spec.spec import ClassWeight

Weights = npt.NDArray[np.float32]


def class_weights(targets: npt.NDArray[Any], given: ClassWeight, names: Sequence[str] | None, path: Path) -> Weights:
    """Return the weight of every row by its class.

    `balanced` gives a class the weight `rows / (classes * rows of the class)`, as scikit-learn's
    `compute_class_weight` does. Classes that are not named weigh 1.

    Args:
        targets: Class numbers, or one-hot rows.
        given: Weight by label, or `balanced`.
        names: Label names in the order of their numbers; without them a label is its number.
        path: Place of the class weights.

    Raises:
        SpecError: The targets are no classes, or a label does not occur.
    """
    try:
        classes = class_numbers(targets)
    except ValueError as error:
        raise SpecError([Problem("not-classes", path, f"class weights need classes: {error}")]) from None
    numbers, index = np.unique(classes, return_inverse=True)
    if isinstance(given, str):
        by_class = len(classes) / (len(numbers) * np.bincount(index))
        return by_class[index].astype(np.float32)
    labels = {str(number): place for place, number in enumerate(numbers)}
    for number, name in enumerate(names or ()):
        if number in numbers:
            labels[name] = int(np.searchsorted(numbers, number))
    by_class = np.ones(len(numbers))
    problems = []
    for label, weight in given.items():
        if label not in labels:
            known = [name for name in labels if not names or name in names]
            hint = did_you_mean(label, known) or f"there are {', '.join(f'`{name}`' for name in known[:12])}"
            problems.append(Problem("unknown-label", (*path, label), f"no training row has the label `{label}`", hint, at="key"))
        else:
            by_class[labels[label]] = weight
    if problems:
        raise SpecError(problems)
    return by_class[index].astype(np.float32)


def rule_weights(fields: Fields, rules: Sequence[WeightRule], path: Path = ("fit", "sample_weight")) -> Weights:
    """Return the weight of every row by rules: the product over the rules that the row matches.

    A rule matches where every field that it names equals the value, or one of a list of values; `null` is a missing
    value. Values are compared as text, so that JSON and YAML mean the same.

    Raises:
        SpecError: A rule names an unknown field, or matches no row.
    """
    weights = np.ones(fields.rows, dtype=np.float32)
    for number, rule in enumerate(rules):
        at = (*path, number, "when")
        match = np.ones(fields.rows, dtype=bool)
        for name, wanted in rule.when.items():
            if name not in fields:
                hint = did_you_mean(name, fields)
                raise SpecError([Problem("unknown-field", (*at, name), f"the data has no field `{name}`", hint, at="key")])
            match &= _matches(fields[name], wanted)
        if not match.any():
            raise SpecError([Problem("rule-without-rows", at, "no training row matches this rule", at="key")])
        weights[match] *= np.float32(rule.weight)
    return weights


def field_weights(values: npt.NDArray[Any], path: Path) -> Weights:
    """Return weights that were read from a field.

    Raises:
        SpecError: They are not one finite number of at least 0 for each row, or all are 0.
    """
    flat = values.reshape(len(values), -1)
    if values.dtype.kind not in "biuf" or flat.shape[1] != 1:
        raise SpecError([Problem("bad-weight", path, "a sample weight is one number for each row")])
    weights = flat[:, 0].astype(np.float32)
    wrong = np.flatnonzero(~np.isfinite(weights) | (weights < 0))
    if len(wrong):
        row = int(wrong[0])
        message = f"the sample weight of row {row + 1} is {weights[row]:g}"
        raise SpecError([Problem("bad-weight", path, message, "weights are finite and at least 0")])
    if not weights.any():
        raise SpecError([Problem("bad-weight", path, "every sample weight is 0, nothing would be learnt")])
    return weights


def combine(*weights: Weights | None) -> Weights | None:
    """Return the product of weights, or None if there are none."""
    given = [weight for weight in weights if weight is not None]
    return np.prod(given, axis=0, dtype=np.float32) if given else None


def _matches(values: npt.NDArray[Any], wanted: Any) -> npt.NDArray[np.bool_]:
    flat = values.reshape(len(values), -1)
    wanted = wanted if isinstance(wanted, list | tuple) else [wanted]
    texts = {_as_text(value) for value in wanted}
    if flat.dtype.kind in "biuf" and None not in texts:
        numbers = [float(value) for value in wanted if isinstance(value, int | float) or _is_number(value)]
        return np.isin(flat.astype(np.float64), numbers).any(axis=1)
    return np.array([any(_as_text(item) in texts for item in row) for row in flat], dtype=bool)


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _as_text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def weights_by_output(weights: Mapping[str, Weights | None]) -> dict[str, Weights]:
    """Return the weights of the outputs, ones for those without, or nothing if none has any."""
    given = [weight for weight in weights.values() if weight is not None]
    if not given:
        return {}
    return {name: np.ones_like(given[0]) if weight is None else weight for name, weight in weights.items()}

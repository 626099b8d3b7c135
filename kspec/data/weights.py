"""Class weights and sample weights, as one weight a row for every output."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.choice import unknown_field
from kspec.data.labels import class_numbers, shown_labels
from kspec.data.rows import RowNames
from kspec.data.sources import Fields
from kspec.data.values import is_text
from kspec.spec.problems import Path, Problem, SpecError, did_you_mean
from kspec.spec.sections import WeightRule
from kspec.spec.spec import ClassWeight

Weights = npt.NDArray[np.float32]


@dataclass(slots=True)
class ClassCounts:
    """How many training rows each class has."""

    rows: dict[int, int] = field(default_factory=dict)

    def see(self, targets: npt.NDArray[Any], path: Path) -> None:
        """Count some rows.

        Args:
            targets: Class numbers, or one-hot rows.
            path: Place of the class weights.

        Raises:
            SpecError: The targets are no classes.
        """
        for number, count in zip(*np.unique(_classes(targets, path), return_counts=True), strict=True):
            self.rows[int(number)] = self.rows.get(int(number), 0) + int(count)

    def weights(
        self, given: ClassWeight, names: Sequence[str], path: Path, *, numbered: bool = True
    ) -> dict[int, float]:
        """Return the weight of every class that there is.

        `balanced` gives a class the weight `rows / (classes * rows of the class)`, as scikit-learn's
        `compute_class_weight` does. Classes that are not named weigh 1.

        Args:
            given: Weight by label, or `balanced`.
            names: Label names in the order of their numbers; empty if a label is its number.
            path: Place of the class weights.
            numbered: Whether a class may be called by its number although it has a name.

        Raises:
            SpecError: A label does not occur.
        """
        numbers = sorted(self.rows)
        if isinstance(given, str):
            every = sum(self.rows.values())
            return {number: every / (len(numbers) * self.rows[number]) for number in numbers}
        labels = {str(number): number for number in numbers} if numbered or not names else {}
        labels |= {name: number for number, name in enumerate(names) if number in self.rows}
        known = [name for name in labels if not names or name in names]
        weights = dict.fromkeys(numbers, 1.0)
        problems = []
        for label, weight in given.items():
            number = labels.get(label, labels.get(_whole(label)))
            if number is None:
                hint = did_you_mean(label, known) or f"the labels are {shown_labels(known)}"
                message = f"no training row has the label `{label}`"
                problems.append(Problem("unknown-label", (*path, label), message, hint, at="key"))
            else:
                weights[number] = weight
        if problems:
            raise SpecError(problems)
        return weights


def class_weights(targets: npt.NDArray[Any], weights: Mapping[int, float], path: Path) -> Weights:
    """Return the weight of every row by its class.

    Args:
        targets: Class numbers, or one-hot rows.
        weights: Weight of every class.
        path: Place of the class weights.

    Raises:
        SpecError: The targets are no classes.
    """
    numbers = np.array(sorted(weights))
    by_class = np.array([weights[number] for number in numbers.tolist()])
    return by_class[np.searchsorted(numbers, _classes(targets, path))].astype(np.float32)


def _classes(targets: npt.NDArray[Any], path: Path) -> npt.NDArray[np.int64]:
    try:
        return class_numbers(targets)
    except ValueError as error:
        raise SpecError([Problem("not-classes", path, f"class weights need classes: {error}")]) from None


def rule_weights(
    fields: Fields, rules: Sequence[WeightRule], path: Path = ("fit", "sample_weight"), *, training: bool = True,
    matched: set[int] | None = None,
) -> Weights:  # fmt: skip
    """Return the weight of every row by rules: the product over the rules that the row matches.

    A rule matches where every field that it names equals the value, or one of a list of values, or lies from `min` to
    `max`, both included; `null` is a missing value. Numbers are compared as numbers, everything else as text, so that
    JSON and YAML mean the same.

    Args:
        fields: The rows.
        rules: The rules.
        path: Their place.
        training: Whether these are the rows that the rules are held against; of others, such as validation rows from
            another file, a rule may know no field.
        matched: Is given the numbers of the rules that match a row.

    Raises:
        SpecError: A rule names an unknown field or one with several values a row.
    """
    weights = np.ones(fields.rows, dtype=np.float32)
    problems = []
    for number, rule in enumerate(rules):
        at = (*path, number, "when")
        match = np.ones(fields.rows, dtype=bool)
        unknown = [unknown_field(fields, name, (*at, name)) for name in rule.when if name not in fields]
        for name, wanted in rule.when.items():
            if name in fields:
                match &= _matches(fields[name], name, wanted, (*at, name))
        if unknown and not training:
            continue
        problems += unknown
        if not unknown and matched is not None and match.any():
            matched.add(number)
        weights[match] *= np.float32(rule.weight)
    if problems:
        raise SpecError(problems)
    return weights


def check_matched(rules: Sequence[WeightRule], matched: Collection[int], path: Path = ("fit", "sample_weight")) -> None:
    """Refuse rules that match no training row.

    Raises:
        SpecError: There are such rules.
    """
    if problems := [
        Problem("rule-without-rows", (*path, number, "when"), "no training row matches this rule", at="key")
        for number in range(len(rules))
        if number not in matched
    ]:
        raise SpecError(problems)


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


def _matches(values: npt.NDArray[Any], name: str, wanted: Any, path: Path) -> npt.NDArray[np.bool_]:
    if values.size != len(values):
        message = f"`{name}` has more than one value a row, a rule cannot compare it"
        raise SpecError([Problem("bad-rule", path, message, at="key")])
    flat = values.reshape(len(values))
    if isinstance(wanted, Mapping):
        return _within(flat, name, wanted, path)
    choices = list(wanted) if isinstance(wanted, list | tuple) else [wanted]
    if is_text(flat):
        words = {_word(choice) for choice in choices}
        return np.fromiter((_word(item) in words for item in flat.tolist()), bool, len(flat))
    numbers = [number for choice in choices if (number := _number(choice, flat.dtype)) is not None]
    match = np.isin(flat, np.array(numbers, dtype=flat.dtype)) if numbers else np.zeros(len(flat), dtype=bool)
    if None in choices and flat.dtype.kind == "f":
        match |= np.isnan(flat)
    return match


def _within(values: npt.NDArray[Any], name: str, wanted: Mapping[str, Any], path: Path) -> npt.NDArray[np.bool_]:
    if values.dtype.kind not in "biuf":
        message = f"`{name}` is text, a rule can compare it with words only"
        raise SpecError([Problem("bad-rule", path, message, "name the words: `[a, b]`", at="key")])
    with np.errstate(invalid="ignore"):
        match = values >= wanted["min"] if "min" in wanted else ~np.isnan(values.astype(np.float64))
        return match & (values <= wanted["max"]) if "max" in wanted else match


def _number(choice: Any, dtype: np.dtype[Any]) -> Any:
    """Return what a written value is as a number of a field, or None if the field cannot hold it."""
    if isinstance(choice, str) and dtype.kind == "b":
        choice = {"true": True, "false": False}.get(choice.lower(), choice)
    try:
        number = int(choice) if isinstance(choice, int) else float(choice)
    except (TypeError, ValueError):
        return None
    if dtype.kind == "f":
        return number
    limits = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    return int(number) if limits[0] <= number <= limits[1] and number == int(number) else None


def _word(value: Any) -> str | None:
    if value is None or value != value:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _whole(label: str) -> str:
    """Return `1` for `1.0`: the label of a class that was written as a number."""
    try:
        number = float(label)
    except ValueError:
        return label
    return str(int(number)) if number.is_integer() else label

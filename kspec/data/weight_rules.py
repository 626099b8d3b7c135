"""The rules of `fit.sample_weight`: what a row weighs by what stands in its fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.choice import unknown_field
from kspec.data.sources import Fields
from kspec.data.values import is_text
from kspec.data.weights import Weights
from kspec.spec.problems import Path, Problem, SpecError
from kspec.spec.sections import WeightRule


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

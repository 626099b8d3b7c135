"""`fit.class_weight`: the weight of every class, sorted to the output that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kspec.spec.checker import Checker, kind_of
from kspec.spec.cross import known_output
from kspec.spec.problems import Path, did_you_mean

BALANCED = "balanced"

ClassWeight = Mapping[str, float] | str
"""Weight by label, the label as text, or the word `balanced`."""


def read_class_weight(
    value: Any, outputs: Sequence[str] | None, checker: Checker, path: Path = ("fit", "class_weight")
) -> dict[str, ClassWeight]:
    """Return the class weights by output.

    Args:
        value: What is written: `balanced`, weights by label, or either of them by output.
        outputs: Names of the model's outputs; None if they are not sure.
        checker: Where problems go.
        path: Place of the value.
    """
    if value is None:
        return {}
    by_output = isinstance(value, dict) and (
        any(isinstance(item, dict) or item == BALANCED for item in value.values())
        or any(name in (outputs or ()) for name in value)
    )
    if by_output:
        weights: dict[str, ClassWeight] = {}
        for name, item in value.items():
            if outputs is None or known_output(checker, name, outputs, (*path, name), at="key"):
                weights[name] = _labels(item, (*path, name), checker)
        return weights
    if outputs is not None and len(outputs) > 1:
        hint = f"write `class_weight: {{{outputs[0]}: ...}}`"
        checker.error("not-by-output", path, "with several outputs, class weights are given by output", hint, at="key")
        return {}
    labels = _labels(value, path, checker)
    return {outputs[0]: labels} if outputs else {}


def _labels(value: Any, path: Path, checker: Checker) -> ClassWeight:
    if isinstance(value, str):
        if value != BALANCED:
            message = f"class weights are `{BALANCED}` or a mapping of labels to weights, not {kind_of(value)}"
            checker.error("wrong-type", path, message, did_you_mean(value, [BALANCED]))
        return BALANCED
    expected = f"`{BALANCED}` or a mapping of labels to weights"
    weights: dict[str, float] = {}
    for label, weight in (checker.mapping(value, path, "`class_weight`", expected=expected) or {}).items():
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            checker.error("wrong-type", (*path, label), f"a weight is a number, not {kind_of(weight)}")
        elif not 0 <= weight < float("inf"):
            checker.error("out-of-range", (*path, label), f"a weight is finite and at least 0, not {weight}")
        else:
            weights[str(label)] = float(weight)
    return weights

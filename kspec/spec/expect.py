"""The `expect` section: bounds that results must lie within, held against the results that there will be."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kspec.spec.checker import Checker, kind_of
from kspec.spec.monitors import other_spelling
from kspec.spec.problems import Path, Problem, did_you_mean, nearest
from kspec.spec.slips import slip

PATH: Path = ("expect",)

PARTS = ("train", "validation", "test")
"""Parts of the data that the trained model is judged by."""

PARAMETERS, SECONDS = "parameters", "seconds"
OF_THE_RUN = (PARAMETERS, SECONDS)
"""What can be expected besides metrics: the number of the model's parameters, and how long training takes."""

_BOUNDS = ("min", "max")
_PARTS = {"val": "validation", "valid": "validation", "training": "train", "testing": "test"}
_OF_A_CLASS = re.compile(r"(.+)_[0-9]+")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one result must be.

    Args:
        name: The result, such as `test.accuracy`.
        minimum: The least that it may be, or None.
        maximum: The most that it may be, or None.
        path: Place in the document.
    """

    name: str
    minimum: float | None = None
    maximum: float | None = None
    path: Path = ()

    @property
    def part(self) -> str:
        """The part of the data that it is about; empty for what is about the run."""
        return self.name.partition(".")[0] if self.name not in OF_THE_RUN else ""

    @property
    def metric(self) -> str:
        """The metric that it is about."""
        return self.name.partition(".")[2]


def read_expectations(value: Any, checker: Checker) -> tuple[Expectation, ...]:
    """Return what a spec expects, in the order in which it is written.

    Args:
        value: What stands under `expect`.
        checker: Where problems go.
    """
    if value is None:
        return ()
    expected = "a mapping such as `test.accuracy: {min: 0.9}`"
    entries = checker.mapping(value, PATH, "`expect`", expected=expected) or {}
    found = (_expectation(str(name), bounds, checker) for name, bounds in entries.items())
    return tuple(expectation for expectation in found if expectation)


def settled(
    expectations: Sequence[Expectation], metrics: Collection[str], parts: Collection[str]
) -> tuple[tuple[Expectation, ...], list[Problem]]:
    """Return the expectations by the names that the results will have, and a problem for each without a result.

    `accuracy` and `acc` are one.

    Args:
        expectations: What the spec expects.
        metrics: Names of the losses and metrics, without `val_`; a metric with a number for each class is among them
            by its own name, or by that of each number.
        parts: Parts of the data that there are.
    """
    done: list[Expectation] = []
    problems: list[Problem] = []
    for expectation in expectations:
        metric = expectation.metric
        if metric and metric not in metrics and (other := other_spelling(metric)) in metrics:
            expectation = replace(expectation, name=f"{expectation.part}.{other}")
        done.append(expectation)
        if expectation.part and expectation.part not in parts:
            problems.append(_no_part(expectation))
        elif expectation.part and not _is_measured(expectation.metric, metrics):
            problems.append(_no_metric(expectation, metrics))
    return tuple(done), problems


def _expectation(name: str, bounds: Any, checker: Checker) -> Expectation | None:
    path = (*PATH, name)
    part, _, metric = name.partition(".")
    if name not in OF_THE_RUN and (part not in PARTS or not metric):
        checker.error("unknown-result", path, f"`{name}` is no result", _meant(name), at="key")
        return None
    if not isinstance(bounds, dict):
        number = isinstance(bounds, int | float) and not isinstance(bounds, bool)
        hint = f"write `{{min: {bounds}}}` or `{{max: {bounds}}}`" if number else "write `{min: ...}` or `{max: ...}`"
        checker.error("wrong-type", path, f"`{name}` is given bounds, not {kind_of(bounds)}", hint)
        return None
    before = len(checker.problems)
    known = checker.known_keys(bounds, path, f"`{name}`", _BOUNDS)
    given = {key: item for key, item in known.items() if item is not None}
    for key, item in given.items():
        if not isinstance(item, int | float) or isinstance(item, bool) or not math.isfinite(item):
            meant = slip(item, ("float",)) if isinstance(item, str) else None
            checker.error("wrong-type", (*path, key), f"`{key}` is a number, not {kind_of(item)}", meant)
    if checker.errors_since(before):
        return None
    low, high = given.get("min"), given.get("max")
    if low is None and high is None:
        checker.error("missing-key", path, f"`{name}` has no bound", "add `min: ...` or `max: ...`", at="key")
        return None
    if low is not None and high is not None and low > high:
        checker.error("out-of-range", (*path, "min"), f"`min` is {low} and `max` {high}: nothing lies between")
        return None
    return Expectation(name, low, high, path)


def _meant(name: str) -> str:
    """Return what to say of a name that is no result."""
    part, dot, metric = name.partition(".")
    if part in PARTS and not metric:
        return f"name a metric: `{part}.accuracy`"
    if not dot:
        near = did_you_mean(name, OF_THE_RUN)
        return near or f"name the part, too: `test.{name.removeprefix('val_')}`"
    if meant := _PARTS.get(part) or nearest(part, PARTS):
        return f"did you mean `{meant}.{metric}`?"
    return "the parts are `train`, `validation` and `test`"


def _is_measured(metric: str, metrics: Collection[str]) -> bool:
    of_a_class = _OF_A_CLASS.fullmatch(metric)
    return metric in metrics or bool(of_a_class and of_a_class[1] in metrics)


def _no_part(expectation: Expectation) -> Problem:
    part = expectation.part
    hint = (
        "set rows apart with `fit.validation_split`" if part == "validation" else f"name a source under `data.{part}`"
    )
    message = f"`{expectation.name}` cannot be judged: there are no {part} rows"
    return Problem("unknown-result", expectation.path, message, hint, at="key")


def _no_metric(expectation: Expectation, metrics: Collection[str]) -> Problem:
    part, metric = expectation.part, expectation.metric
    hint: str | None
    message = f"`{expectation.name}` cannot be judged: `{metric}` is not measured"
    each = [name for name in metrics if (found := _OF_A_CLASS.fullmatch(name)) and found[1] == metric]
    if each:
        hint = f"it has a number for each class: `{part}.{each[0]}`, ..."
    elif metric.startswith("val_") and metric.removeprefix("val_") in metrics:
        hint = f"write `validation.{metric.removeprefix('val_')}`"
    else:
        near = nearest(metric, metrics)
        hint = f"did you mean `{part}.{near}`?" if near else None
    hint = hint or "there are " + ", ".join(f"`{part}.{name}`" for name in metrics)
    return Problem("unknown-result", expectation.path, message, hint, at="key")

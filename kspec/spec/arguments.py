"""Values held against what an argument takes: its types, its choices, its range."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kspec.catalogue import Argument
from kspec.spec.checker import Checker, kind_of, listing, shortened
from kspec.spec.problems import Path, did_you_mean
from kspec.spec.slips import slip

KINDS: Mapping[str, str] = {
    "int": "a whole number",
    "float": "a number",
    "bool": "`true` or `false`",
    "str": "text",
    "list": "a list",
    "dict": "a mapping",
    "null": "`null`",
}
"""What a value of a JSON type is called in a message."""

FEW = 8
"""Choices that are all named in a message."""


def check_argument(checker: Checker, owner: str, argument: Argument, value: Any, path: Path) -> None:
    """Note what is wrong with the value of an argument, at most one problem.

    Args:
        checker: Where problems go.
        owner: Name of the component that the argument belongs to.
        argument: The argument.
        value: What was given for it.
        path: Its place.
    """
    if value is None and not argument.required and argument.default is None:
        return
    what = f"`{argument.name}` of {owner}"
    if argument.types == ("null",) and value is not None:
        message = f"{what} takes a Python object, which a spec cannot hold"
        checker.error("refused", path, message, "leave it out", at="key")
    elif argument.types and not fits(value, argument.types):
        hint = slip(value, argument.types) if isinstance(value, str) else None
        kinds = expected(argument.types)
        if isinstance(value, float) and value.is_integer() and "int" in argument.types:
            hint = f"write `{int(value)}`; in `$(...)` it is `//` that divides whole numbers"
        if hint is None and isinstance(value, str) and argument.choices:
            hint = did_you_mean(value, argument.choices)
        checker.error("wrong-type", path, f"{what} is {kinds}, not {kind_of(value)}", hint)
    elif argument.choices and isinstance(value, str) and value.lower() not in map(str.lower, argument.choices):
        hint = slip(value, argument.types) or did_you_mean(value, argument.choices)
        message = f"{what} is {listing(argument.choices, 'or')}, not `{shortened(value)}`"
        if len(argument.choices) > FEW:
            message = f"{what} cannot be `{shortened(value)}`"
            hint = hint or f"it may be {listing(argument.choices[:4])}, for example"
        checker.error("not-a-choice", path, message, hint)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _check_range(checker, argument, what, value, path)
    elif isinstance(value, list) and "int" in argument.types and "float" not in argument.types:
        _check_items(checker, argument, what, value, path)


def fits(value: Any, types: Sequence[str]) -> bool:
    """Say whether a value is of one of these JSON types. A bool is no number."""
    if value is None:
        return "null" in types
    if isinstance(value, bool):
        return "bool" in types
    if isinstance(value, int):
        return "int" in types or "float" in types
    if isinstance(value, float):
        return "float" in types
    if isinstance(value, str):
        return "str" in types
    return ("dict" if isinstance(value, dict) else "list") in types


def expected(types: Sequence[str]) -> str:
    """Return what a place of these types takes, in words for a message."""
    return " or ".join(KINDS[kind] for kind in types if kind != "null" or len(types) == 1)


def _check_items(checker: Checker, argument: Argument, what: str, items: Sequence[Any], path: Path) -> None:
    """Hold the items of a list against the one whole number that may stand for it."""
    for index, item in enumerate(items):
        if item is None or isinstance(item, list) or (isinstance(item, str) and "str" in argument.types):
            continue
        if not fits(item, ("int",)):
            hint = slip(item, ("int",)) if isinstance(item, str) else None
            message = f"{what} is a list of whole numbers, this one is {kind_of(item)}"
            checker.error("wrong-type", (*path, index), message, hint)
            return
        _check_range(checker, argument, what, item, (*path, index))


def _check_range(checker: Checker, argument: Argument, what: str, value: float, path: Path) -> None:
    low, high = argument.minimum, argument.maximum
    if not math.isfinite(value):
        checker.error("out-of-range", path, f"{what} must be a finite number, not {value}")
    elif low is not None and (value <= low if argument.above else value < low):
        bound = "more than" if argument.above else "at least"
        checker.error(
            "out-of-range", path, f"{what} must be {bound} {low:g}, not {value}", _as_fraction(argument, value)
        )
    elif high is not None and (value >= high if argument.below else value > high):
        bound = "less than" if argument.below else "at most"
        hint = _as_fraction(argument, value)
        checker.error("out-of-range", path, f"{what} must be {bound} {high:g}, not {value}", hint)


def _as_fraction(argument: Argument, value: float) -> str | None:
    """Return the hint for a rate that was given in percent."""
    percent = argument.minimum == 0 and argument.maximum == 1 and 1 < value <= 100
    return f"`{value / 100:g}` is {value:g} %" if percent else None

"""The space of a sweep: which values of the spec are tried out, and which values each of them may have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kspec.spec.checker import Checker, kind_of, listing
from kspec.spec.problems import Path

SPACE: Path = ("sweep", "space")

Kind = Literal["categorical", "float", "int"]
_KINDS: tuple[Kind, ...] = ("categorical", "float", "int")

_KEYS = ("low", "high", "log", "step")
_FIXED = ("kspec", "name", "description", "extends", "without", "sweep", "expect")
"""Sections that a trial cannot change."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One value of the spec that is tried out.

    Args:
        name: Its path, as `--set` takes it.
        kind: `categorical`, `float` or `int`.
        values: The values of a categorical one.
        low: The least number.
        high: The greatest number.
        log: Whether small numbers are tried as often as large ones.
        step: Distance of the numbers; None for floats of any value.
        path: Place in the document.
    """

    name: str
    kind: Kind
    values: tuple[Any, ...] = ()
    low: float = 0
    high: float = 0
    log: bool = False
    step: float | None = None
    path: Path = ()

    @property
    def samples(self) -> tuple[tuple[Any, Path], ...]:
        """The values by which it is checked, each with its place: all of them, or the two ends."""
        at = (*self.path, self.kind)
        if self.kind == "categorical":
            return tuple((value, (*at, index)) for index, value in enumerate(self.values))
        number = float if self.kind == "float" else int
        return (number(self.low), (*at, "low")), (number(self.high), (*at, "high"))


def read_space(value: Any, checker: Checker) -> tuple[Dimension, ...]:
    """Return what is tried out.

    Args:
        value: What stands under `space`.
        checker: Where problems go.
    """
    expected = "a mapping of paths to what is tried there"
    space = checker.mapping(value, SPACE, "`space`", expected=expected)
    if space is None:
        return ()
    if not space:
        checker.error("wrong-type", SPACE, "`space` is empty: there is nothing to try", "name a path of the spec")
    found = [_dimension(str(name), item, checker) for name, item in space.items()]
    _check_overlap(list(space), checker)
    return tuple(dimension for dimension in found if dimension)


def _dimension(name: str, value: Any, checker: Checker) -> Dimension | None:
    path = (*SPACE, name)
    section = name.partition(".")[0]
    if section in _FIXED or not all(name.split(".")):
        message = f"`{name}` is nothing that a trial can change"
        checker.error("bad-path", path, message, "name a value of the spec, such as `vars.width`", at="key")
        return None
    kinds = "`{categorical: [...]}`, `{float: {low: ..., high: ...}}` or `{int: {low: ..., high: ...}}`"
    if not isinstance(value, dict) or len(value) != 1:
        hint = "write `{categorical: [...]}`" if isinstance(value, list) else f"write {kinds}"
        given = "two things" if isinstance(value, dict) and value else kind_of(value) if value != {} else "nothing"
        checker.error("wrong-type", path, f"what is tried for `{name}` is one of {listing(_KINDS)}, not {given}", hint)
        return None
    ((kind, inner),) = checker.known_keys(value, path, "what is tried", _KINDS).items() or [("", None)]
    if kind == "categorical":
        return _categories(name, inner, path, checker)
    return _numbers(name, kind, inner, path, checker) if kind in _KINDS else None


def _categories(name: str, values: Any, path: Path, checker: Checker) -> Dimension | None:
    at = (*path, "categorical")
    if not isinstance(values, list) or not values:
        given = "an empty list" if values == [] else kind_of(values)
        checker.error("wrong-type", at, f"`categorical` is a list of values, not {given}")
        return None
    for index, value in enumerate(values):
        if any(value == other and type(value) is type(other) for other in values[:index]):
            checker.error("given-twice", (*at, index), "this value stands in the list already", "leave it out")
            return None
    return Dimension(name, "categorical", tuple(values), path=path)


def _numbers(name: str, kind: Any, inner: Any, path: Path, checker: Checker) -> Dimension | None:
    at = (*path, kind)
    before = len(checker.problems)
    given = checker.mapping(inner, at, f"`{kind}`", expected="a mapping with `low` and `high`")
    if given is None:
        return None
    given = checker.known_keys(given, at, f"`{kind}`", _KEYS)
    missing = [key for key in ("low", "high") if given.get(key) is None]
    if missing and not checker.errors_since(before):
        checker.error("missing-key", at, f"`{kind}` has no {listing(missing)}", at="key")
    for key in ("low", "high", "step"):
        if given.get(key) is not None and not _is_number(given[key], kind):
            wanted = "a whole number" if kind == "int" else "a number"
            checker.error("wrong-type", (*at, key), f"`{key}` is {wanted}, not {kind_of(given[key])}")
    if not isinstance(given.get("log", False), bool):
        checker.error("wrong-type", (*at, "log"), f"`log` is `true` or `false`, not {kind_of(given['log'])}")
    if checker.errors_since(before):
        return None
    low, high, step, log = given["low"], given["high"], given.get("step"), given.get("log", False)
    if fault := _fault(low, high, step, log=log, whole=kind == "int"):
        key, message, hint = fault
        checker.error("out-of-range", (*at, key), message, hint)
        return None
    return Dimension(name, kind, (), low, high, log, step or (1 if kind == "int" else None), path)


def _fault(
    low: float, high: float, step: float | None, *, log: bool, whole: bool
) -> tuple[str, str, str | None] | None:
    """Return key, message and hint of what Optuna would refuse in a range of numbers."""
    if low >= high:
        return "low", f"`low` is {low} and `high` {high}: nothing lies between", None
    if step is not None and step <= 0:
        return "step", f"`step` must be more than 0, not {step}", None
    if log and low <= 0:
        return "low", f"`low` must be more than 0 where `log` is true, not {low}", None
    if log and step is not None and not (whole and step == 1):
        return "step", "`step` and `log: true` do not go together", "leave one of them out"
    return None


def _is_number(value: Any, kind: str) -> bool:
    types = int if kind == "int" else (int, float)
    return isinstance(value, types) and not isinstance(value, bool) and math.isfinite(value)


def _check_overlap(names: Sequence[str], checker: Checker) -> None:
    """Note paths of which one lies in another: the later one would change what the earlier one has put in."""
    for name in names:
        above = [other for other in names if name.startswith(f"{other}.")]
        if above:
            message = f"`{name}` lies in `{above[0]}`, which is tried, too"
            checker.error("bad-path", (*SPACE, name), message, "try one of them", at="key")

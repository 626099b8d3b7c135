"""`vars`: the constants of a spec."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Any

from kspec.spec.checker import Checker, shortened
from kspec.spec.expressions import substitute

MAX_VALUES = 10_000
"""Values that all constants may have together, those that they take from each other written out."""

MAX_DEPTH = 50
"""Levels of nesting that a constant may have."""

_COUNTER = "i"


def read_constants(value: Any, checker: Checker) -> dict[str, Any]:
    """Return the constants by name. Each may use those above it.

    Args:
        value: What stands under `vars`.
        checker: Where problems go.
    """
    if value is None:
        return {}
    constants = checker.mapping(value, ("vars",), "`vars`", expected="a mapping of names to constants") or {}
    done: dict[str, Any] = {}
    room = MAX_VALUES
    for name, item in constants.items():
        path = ("vars", name)
        if name == _COUNTER:
            checker.error("bad-name", path, "`i` counts the rounds of `repeat`", "choose another name", at="key")
        elif not name.isidentifier() or keyword.iskeyword(name):
            message = f"`{shortened(name)}` cannot name a constant"
            hint = "use letters, digits and `_`, a letter first, and no word of Python such as `lambda`"
            checker.error("bad-name", path, message, hint, at="key")
        done[name] = substitute(item, done, path, checker)
        room -= _count(done[name], room)
        if room < 0:
            message = f"the constants hold more than {MAX_VALUES:,} values, or lie more than {MAX_DEPTH} levels deep"
            checker.error("too-many-values", path, message, at="key")
            return {}
    return done


def _count(value: Any, limit: int) -> int:
    """Return how many values a constant holds; more than `limit` if it is too large or too deep."""
    count = 0
    pending: list[tuple[Any, int]] = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        count += 1
        if count > limit or depth > MAX_DEPTH:
            return limit + 1
        if isinstance(item, Mapping):
            pending += [(inner, depth + 1) for inner in item.values()]
        elif isinstance(item, list):
            pending += [(inner, depth + 1) for inner in item]
    return count

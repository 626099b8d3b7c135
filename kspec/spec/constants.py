"""`vars`: the constants of a spec."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from typing import Any

from kspec.spec.checker import Checker, shortened
from kspec.spec.expressions import WITHOUT_VALUE, names_in, substitute

MAX_VALUES = 10_000
"""Values that all constants may have together, those that they take from each other written out."""

MAX_DEPTH = 50
"""Levels of nesting that a constant may have."""

_COUNTER = "i"


def read_constants(value: Any, checker: Checker) -> dict[str, Any]:
    """Return the constants by name. Each may use the others, in any order.

    Args:
        value: What stands under `vars`.
        checker: Where problems go.
    """
    if value is None:
        return {}
    constants = checker.mapping(value, ("vars",), "`vars`", expected="a mapping of names to constants") or {}
    done: dict[str, Any] = {}
    room = MAX_VALUES
    for name, circle in _in_order(constants):
        item, path = constants[name], ("vars", name)
        if name == _COUNTER:
            checker.error("bad-name", path, "`i` counts the rounds of `repeat`", "choose another name", at="key")
        elif not name.isidentifier() or keyword.iskeyword(name):
            message = f"`{shortened(name)}` cannot name a constant"
            hint = "use letters, digits and `_`, a letter first, and no word of Python such as `lambda`"
            checker.error("bad-name", path, message, hint, at="key")
        before = len(checker.problems)
        if circle:
            message = f"the constant `{name}` is computed from itself: {' > '.join(circle)}"
            checker.error("cycle", path, message, "give one of them its value")
        else:
            item = substitute(item, done, path, checker)
        done[name] = WITHOUT_VALUE if len(checker.problems) > before or checker.has_gap(path) else item
        room -= _count(done[name], room)
        if room < 0:
            message = f"the constants hold more than {MAX_VALUES:,} values, or lie more than {MAX_DEPTH} levels deep"
            checker.error("too-many-values", path, message, at="key")
            return {}
    return done


def _in_order(constants: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the names of constants, each after those that it uses, and the circle that a constant closes, if any."""
    known: set[str] = set()
    for start in constants:
        trail: list[tuple[str, list[str]]] = [(start, [])] if start not in known else []
        while trail:
            name, waiting = trail[-1]
            if name not in known:
                known.add(name)
                waiting += reversed([used for used in _names_used(constants[name]) if used in constants])
            above = [step for step, _ in trail]
            if waiting and waiting[-1] in above:
                yield name, [*above[above.index(waiting[-1]) :], waiting[-1]]
                trail.pop()
            elif waiting:
                used = waiting.pop()
                trail += [(used, [])] if used not in known else []
            else:
                yield name, []
                trail.pop()


def _names_used(value: Any) -> list[str]:
    """Return the constants that a value uses, at any depth."""
    found: list[str] = []
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, Mapping):
            pending += item.values()
        elif isinstance(item, list):
            pending += item
        elif isinstance(item, str) and "$(" in item:
            found += sorted(names_in(item))
    return found


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

"""`repeat`: how often a step is applied, and what it sees each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kspec.spec.checker import Checker, is_whole, kind_of, listing, shortened
from kspec.spec.expressions import substitute
from kspec.spec.model.scope import Budget
from kspec.spec.model.words import MAX_STEPS
from kspec.spec.problems import Path
from kspec.spec.slips import slip
from kspec.spec.writing import to_inline

Constants = Mapping[str, Any]

COUNTER = "i"
"""The constant that counts the rounds, from 0."""


def read_repeat(
    value: Any, constants: Constants, path: Path, checker: Checker, *, budget: Budget
) -> list[Constants] | None:
    """Return, for each time that a step is applied, the constants that it sees.

    Args:
        value: What stands behind `repeat`: a number, or a mapping of equally long lists.
        constants: The constants outside.
        path: Place of the value.
        checker: Where problems go.
        budget: Steps that the model can still take; used up if the rounds are too many, so that this is said once.

    Returns:
        One mapping for each round. After a problem it is a single round, so that the step itself is still checked; or
        None, if it is open what the step sees.
    """
    repeat = substitute(value, constants, path, checker)
    before = len(checker.problems)
    lists: Mapping[str, list[Any]] = {}
    count = 1
    if isinstance(repeat, dict):
        lists = _read_lists(repeat, path, checker)
        count = min((len(items) for items in lists.values()), default=1)
    elif is_whole(repeat):
        if repeat < 0:
            checker.error("out-of-range", path, f"`repeat` must be at least 0, not {repeat}")
        count = max(repeat, 0)
    elif repeat is not None or value is None:
        hint = slip(repeat, ("int",)) if isinstance(repeat, str) else None
        if isinstance(repeat, list):
            hint = f"give the list a name: `repeat: {{NAME: {shortened(to_inline(repeat))}}}`, used as `$(NAME)`"
        message = f"`repeat` is a whole number or a mapping of lists, not {kind_of(repeat)}"
        checker.error("wrong-type", path, message, hint)
        if isinstance(repeat, list):
            return None
    if count > budget.left >= 0:
        budget.left = -1
        checker.error("too-many-steps", path, f"the model has more than {MAX_STEPS:,} steps, repeats written out")
    if len(checker.problems) > before:
        return [{**constants, COUNTER: 0, **{key: items[0] for key, items in lists.items() if items}}]
    return [
        {**constants, **{key: items[number] for key, items in lists.items()}, COUNTER: number}
        for number in range(count)
    ]


def _read_lists(repeat: Mapping[str, Any], path: Path, checker: Checker) -> dict[str, list[Any]]:
    before = len(checker.problems)
    if not repeat:
        checker.error("wrong-type", path, "`repeat` is an empty mapping", "write a number, or lists by name")
    for name, items in repeat.items():
        if name == COUNTER:
            message = f"`{name}` counts the rounds and cannot name a list"
            checker.error("bad-name", (*path, name), message, "choose another name", at="key")
        elif not name.isidentifier():
            message = f"`{name}` cannot name a constant"
            checker.error("bad-name", (*path, name), message, "use letters, digits and `_`, a letter first", at="key")
        elif not isinstance(items, list):
            message = f"`{name}` is a list with an item for each round, not {kind_of(items)}"
            checker.error("wrong-type", (*path, name), message)
    lists = {name: items if isinstance(items, list) else [items] for name, items in repeat.items()}
    if len({len(items) for items in lists.values()}) > 1 and not checker.errors_since(before):
        lengths = listing([f"{name}: {len(items)}" for name, items in lists.items()])
        message = f"the lists of `repeat` have different lengths, {lengths}"
        checker.error("repeat-lengths", path, message, "give each the same number of items", at="key")
    return lists

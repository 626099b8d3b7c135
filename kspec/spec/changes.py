"""What of a spec has changed since a run began with it, as far as it decides how the training goes on."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kspec.spec.expressions import names_in
from kspec.spec.named_files import named_files
from kspec.spec.problems import Path

ABSENT = object()
"""Stands for what is not there."""

_WITHOUT_EFFECT = (
    "$schema", "kspec", "name", "description", "extends", "without", "checkpoint", "evaluate", "predict", "expect",
    "sweep",
)  # fmt: skip
"""Sections that say nothing of how a model is trained."""


@dataclass(frozen=True, slots=True)
class Change:
    """A place in a spec where another value stands than before; either may be `ABSENT`."""

    path: Path
    before: Any
    now: Any


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """Return what has changed between two resolved specs, in the order of the later one.

    `fit.epochs` may change, and so may sections that training does not read, and the places of data files: whether
    the data is the same is told by its fingerprint.
    """
    return list(_of_values(_deciding(before), _deciding(now), ()))


def _deciding(spec: Mapping[str, Any]) -> dict[str, Any]:
    content = {key: item for key, item in spec.items() if key not in _WITHOUT_EFFECT and item is not None}
    content = json.loads(json.dumps(content, default=str))
    for place in named_files(content):
        if place[0] == "data":
            *way, last = place
            owner: Any = content
            for key in way:
                owner = owner[key]
            owner[last] = "FILE"
    if isinstance(content.get("fit"), dict):
        content["fit"].pop("epochs", None)
    # Constants are put in everywhere but in the model: of the others only the values count.
    constants = content.pop("vars", None) or {}
    used = {name: constants[name] for name in constants if name in used_names(content.get("model"), constants)}
    content |= {"vars": used} if used else {}
    return {key: item for key, item in content.items() if item not in ({}, [])}


def used_names(value: Any, constants: Mapping[str, Any]) -> set[str]:
    """Return the names of the constants that a value uses, those included by which these are computed."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        for name in {name for text in _texts(waiting.pop()) for name in names_in(text)} - found:
            found.add(name)
            waiting.append(constants.get(name))
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and "$(" in value:
        yield value
    elif isinstance(value, Mapping):
        yield from _of_each(value.values())
    elif isinstance(value, list | tuple):
        yield from _of_each(value)


def _of_each(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _texts(value)


def _of_values(before: Any, now: Any, path: Path) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys([*now, *before]):
            yield from _of_values(before.get(key, ABSENT), now.get(key, ABSENT), (*path, key))
    elif isinstance(before, list) and isinstance(now, list):
        yield from _of_lists(before, now, path)
    elif before is ABSENT or now is ABSENT or before != now:
        yield Change(path, before, now)


def _of_lists(before: Sequence[Any], now: Sequence[Any], path: Path) -> Iterator[Change]:
    """Yield the changes of a list, its items matched with each other: a layer put in moves those behind it."""
    same = difflib.SequenceMatcher(None, [json.dumps(item) for item in before], [json.dumps(item) for item in now])
    for kind, first, last, start, stop in same.get_opcodes():
        if kind == "equal":
            continue
        pairs = min(last - first, stop - start)
        for step in range(pairs):
            yield from _of_values(before[first + step], now[start + step], (*path, start + step))
        for item in before[first + pairs : last]:
            yield Change((*path, start + pairs), item, ABSENT)
        for index in range(start + pairs, stop):
            yield Change((*path, index), ABSENT, now[index])

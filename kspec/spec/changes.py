"""What means something else in one spec than in another, such as the one that a run began with."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kspec.spec.checker import Checker
from kspec.spec.expressions import names_in, substitute
from kspec.spec.matching import matched
from kspec.spec.meaning import Meaning, Settled, as_written
from kspec.spec.named_files import named_files
from kspec.spec.problems import Path

ABSENT = object()
"""Stands for what is not there."""

_WITHOUT_EFFECT = (
    "$schema", "kspec", "name", "description", "extends", "without", "checkpoint", "evaluate", "predict", "expect",
    "sweep",
)  # fmt: skip
"""Sections that say nothing of how a model is trained."""

_NOTHING_OF_A_RUN = ("$schema", "kspec", "name", "extends", "without")
"""Keys that say nothing of what a run does."""


@dataclass(frozen=True, slots=True)
class Change:
    """A place in a spec where another value stands than before; either may be `ABSENT`.

    Args:
        path: The place in the later spec.
        before: What stood there.
        now: What stands there.
        was: The place in the earlier spec, as items of a list move when one is put in before them; of what was not
            there, the place in the later one.
    """

    path: Path
    before: Any
    now: Any
    was: Path = ()


def deciding(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a resolved spec decides how a training goes on.

    `fit.epochs` may change, and so may sections that training does not read, and the places of data files: whether
    the data is the same is told by its fingerprint.
    """
    content = stated(spec, without=_WITHOUT_EFFECT)
    for place in named_files(content):
        if place[0] == "data":
            *way, last = place
            owner: Any = content
            for key in way:
                owner = owner[key]
            owner[last] = "FILE"
    if isinstance(content.get("fit"), dict):
        content["fit"].pop("epochs", None)
    return {key: item for key, item in content.items() if item not in ({}, [])}


def stated(spec: Mapping[str, Any], *, without: Collection[str] = _NOTHING_OF_A_RUN) -> dict[str, Any]:
    """Return what a resolved spec says: all of its sections but some, and of its constants those that still count."""
    content = {key: item for key, item in spec.items() if key not in without and item is not None}
    content = json.loads(json.dumps(content, default=str))
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


def changes(before: Meaning, now: Meaning) -> list[Change]:
    """Return what means something else in one spec than in another, in the order of the later one.

    Args:
        before: The earlier spec.
        now: The later one.
    """
    if not (before.keys and now.keys):  # of a spec that cannot be read, only the text is known
        before, now = (Meaning(as_written(each.content)) for each in (before, now))
    found = list(_Comparison(before, now).values(before.content, now.content, (), ()))
    if not found and before.keys != now.keys:  # a parameter of a block is called like a constant
        bare = [replace(each, constants={}) for each in (before, now)]
        found = list(_Comparison(*bare).values(before.content, now.content, (), ()))
    return [replace(each, before=as_written(each.before), now=as_written(each.now)) for each in found]


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Holds two specs against each other."""

    before: Meaning
    now: Meaning

    def values(self, before: Any, now: Any, was: Path, path: Path) -> Iterator[Change]:
        """Yield the changes between two values that stand at these places."""
        keys = self.before.keys, self.now.keys
        if all(path in each for each in keys) and keys[0][path] == keys[1][path]:
            return
        before, now = _or_default(before, keys[0], was), _or_default(now, keys[1], path)
        if before != now and ABSENT not in (before, now):
            before, now = _computed(before, self.before), _computed(now, self.now)
        if _is_arguments(before) and _is_arguments(now) and before.component == now.component:
            yield from self._arguments(before, now, was, path)
        elif _is_other_component(before, now):
            yield Change(path, before, now, was)
        elif isinstance(before, Mapping) and isinstance(now, Mapping):
            for key in dict.fromkeys([*now, *before]):
                yield from self.values(before.get(key, ABSENT), now.get(key, ABSENT), (*was, key), (*path, key))
        elif isinstance(before, list) and isinstance(now, list) and not (_is_sizes(before) and _is_sizes(now)):
            yield from self._lists(before, now, was, path)
        elif path[:1] == ("vars",) and ABSENT in (before, now):
            return  # where a constant is used that only one of them has, something else stands in the other
        elif before is ABSENT or now is ABSENT or before != now:
            yield Change(path, before, now, was)

    def _arguments(self, before: Settled, now: Settled, was: Path, path: Path) -> Iterator[Change]:
        """Yield the arguments of a component that differ; one that is not given has its default."""
        for name in dict.fromkeys([*now, *before]):
            argument = before.component.arguments.get(name) if before.component else None
            default = ABSENT if argument is None or argument.required else argument.default
            ends = () if before.short and now.short else (name,)
            values = before.get(name, default), now.get(name, default)
            yield from self.values(*values, (*was, *ends), (*path, *ends))

    def _lists(self, before: Sequence[Any], now: Sequence[Any], was: Path, path: Path) -> Iterator[Change]:
        """Yield the changes of a list, its items matched with each other: a layer put in moves those behind it."""
        for old, new in matched(before, now):
            if old is not None and new is not None:
                yield from self.values(before[old], now[new], (*was, old), (*path, new))
            elif new is not None:
                yield Change((*path, new), ABSENT, now[new], (*was, new))
            elif old is not None:
                yield Change((*path, min(old, len(now))), before[old], ABSENT, (*was, old))


def _computed(value: Any, owner: Meaning) -> Any:
    """Return a value with the constants of its spec put in; as it is where they are no constants, but parameters."""
    if not isinstance(value, str) or "$(" not in value:
        return value
    checker = Checker()
    found = substitute(value, owner.constants, (), checker)
    return value if checker.problems or checker.has_gap(()) else found


def _is_arguments(value: Any) -> bool:
    return isinstance(value, Settled) and value.component is not None


def _is_sizes(value: Sequence[Any]) -> bool:
    """Say whether a list is numbers, such as a shape, which mean something together only."""
    return all(isinstance(item, int | float | None) for item in value)


def _is_other_component(before: Any, now: Any) -> bool:
    """Say whether one component stands where there was another."""
    both = isinstance(before, Mapping) and isinstance(now, Mapping) and len(before) == len(now) == 1
    return both and [*before] != [*now] and all(_is_arguments(item) for item in (*before.values(), *now.values()))


def _or_default(value: Any, keys: Mapping[Path, Any], path: Path) -> Any:
    """Return a value, or where there is none what is meant by that: an empty section, or the default of a key."""
    if value is not ABSENT:
        return value
    default = keys.get(path)
    if len(path) == 1 and any(key[0] == path[0] and len(key) > 1 for key in keys):
        return {}
    return default if isinstance(default, bool | int | float | str) else ABSENT

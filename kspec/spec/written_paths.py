"""Paths as people write them: keys and indices with dots between them, the items of a list also by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kspec.catalogue import Catalogue
from kspec.spec.document import Node
from kspec.spec.model.words import STEP_WORDS
from kspec.spec.problems import did_you_mean
from kspec.spec.written import named_component


class PathError(Exception):
    """A path leads nowhere. Carries what to say of the key that fails."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


_DOTTED = (
    (("expect",), (r"min|max",)),
    (("sweep", "space"), (r"categorical|float|int", r"\d+|low|high|log|step")),
)
"""Where keys have dots of their own, and what may follow behind such a key."""


def keys_of(written: str) -> list[str]:
    """Return the keys of a written path; `expect.test.accuracy.min` and `sweep.space.vars.width.int.low` have three."""
    keys = written.split(".")
    for head, tail in _DOTTED:
        start = len(head)
        if tuple(keys[:start]) != head or len(keys) < start + 2:
            continue
        end = next((len(keys) - n for n in range(len(tail), 0, -1) if _matches(keys[-n:], tail[:n])), len(keys))
        end = max(end, start + 1)
        return [*keys[:start], ".".join(keys[start:end]), *keys[end:]]
    return keys


def _matches(keys: Sequence[str], patterns: Sequence[str]) -> bool:
    return all(re.fullmatch(pattern, key) for key, pattern in zip(keys, patterns, strict=True))


def copy_node(node: Node) -> Node:
    """Return a node of its own, so that a value reached through an alias is changed in one place only."""
    value = node.value
    if isinstance(value, dict):
        value = dict(value)
    elif isinstance(value, list):
        value = list(value)
    return Node(node.span, value, dict(node.keys), node.size)


def component_with(entries: Mapping[str, Node], key: str, catalogue: Catalogue) -> str | None:
    """Return the one component among the keys of a mapping, if `key` is an argument of it."""
    found = {name: named_component(name, catalogue) for name in entries if name not in STEP_WORDS}
    names = [name for name, component in found.items() if component]
    component = found[names[0]] if len(names) == 1 else None
    return names[0] if component and key in component.arguments and key not in STEP_WORDS else None


def index_of(items: Sequence[Node], key: str, where: str) -> int:
    """Return the index that `key` names in a list: a number, the name of a step, or that of a component.

    Args:
        items: The items of the list.
        key: What is written.
        where: The path so far.

    Raises:
        PathError: No item is called so, or several are.
    """
    if key.removeprefix("-").isdecimal() and key.isascii():
        number = int(key) if len(key) < 10 else len(items)
        if -len(items) <= number < len(items):
            return number
        raise PathError(f"`{where}` has {len(items)} {'item' if len(items) == 1 else 'items'}, counted from 0")
    for names in (_given_name, _things):
        found = [index for index, item in enumerate(items) if key in names(item)]
        if len(found) == 1:
            return found[0]
        if found:
            places = ", ".join(f"`{where}.{index}`" for index in found[:4])
            raise PathError(f"`{where}` has {len(found)} items called `{key}`", f"write {places}")
    known = [name for item in items for name in (*_given_name(item), *_things(item))]
    raise PathError(f"`{where}` has no item called `{key}`", did_you_mean(key, known))


def _given_name(item: Node) -> list[str]:
    """Return the `name` that an item gives itself, beside its component or inside."""
    if not isinstance(item.value, dict):
        return []
    named = [node.child("name") for node in (item, *item.value.values())]
    return [node.value for node in named if node and isinstance(node.value, str)]


def _things(item: Node) -> list[str]:
    """Return the names of the components that an item is made of."""
    if isinstance(item.value, str):
        return [item.value]
    return [key for key in item.value if key not in STEP_WORDS] if isinstance(item.value, dict) else []

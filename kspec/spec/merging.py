"""One document laid over another: mappings key by key, everything else as a whole, components by their class."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kspec.catalogue import Catalogue, Component
from kspec.spec.document import Node
from kspec.spec.model.words import STEP_WORDS
from kspec.spec.problems import Path
from kspec.spec.written import named_component, write_out

_SECTIONS = ("data", "model", "compile", "runtime", "sweep", "vars")
"""Sections whose mappings may be components."""

_FAMILIES: dict[Path, str] = {
    **{("data", part): "sources" for part in ("source", "fallback", "train", "validation", "test")},
    ("compile", "optimizer"): "optimizers",
    ("runtime", "strategy"): "strategies",
    ("sweep", "sampler"): "samplers",
    ("sweep", "pruner"): "pruners",
}
"""Family of the components that stand at a place, where names in small letters are components too."""

_SPACE = ("sweep", "space")
"""Where each entry is one thing: another kind of it replaces the whole."""

_NAME = re.compile(r"[A-Za-z_]\w*")


class _Named(NamedTuple):
    """The component that a mapping is, and the key under which it stands."""

    key: str
    component: Component


class Merger:
    """Lays one tree over another.

    Args:
        catalogue: What Keras offers.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def merge(self, base: Node, over: Node, path: Path = ()) -> Node:
        """Return a tree that says what `over` says, and for the rest what `base` says. Every node keeps its place.

        Mappings are merged key by key; lists, single values and `null` replace what was there. A component of the
        same class keeps the arguments that it is not given anew, one of another class replaces the whole.

        Args:
            base: The tree below.
            over: The tree above.
            path: Place of both.
        """
        if not isinstance(base.value, dict) or not isinstance(over.value, dict):
            return over
        if path[:-1] == _SPACE and set(base.value) != set(over.value):
            return over
        below, above = self._named(base, path), self._named(over, path)
        if below and above and below.component == above.component:
            return self._same_class(base, over, below, above, path)
        if self._replaces(over, below, above):
            return self._key_by_key(_words(base), over, path)
        return self._key_by_key(base, over, path)

    def _key_by_key(self, base: Node, over: Node, path: Path) -> Node:
        below, above = base.entries, over.entries
        names = _constants_in_order(below, above) if path == ("vars",) else dict.fromkeys([*below, *above])
        merged = {
            name: self.merge(below[name], above[name], (*path, name))
            if name in below and name in above
            else above.get(name) or below[name]
            for name in names
        }
        return Node(over.span, merged, {**base.keys, **over.keys}, 1 + sum(node.size for node in merged.values()))

    def _same_class(self, base: Node, over: Node, below: _Named, above: _Named, path: Path) -> Node:
        """Merge the arguments of two components of one class, short forms written out."""
        old, new = base.entries[below.key], over.entries[above.key]
        beside = self._key_by_key(_words(base), over, path)
        if new.value is not None and old.value is not None:
            owner = above.component.name
            merged = self.merge(self._arguments(old, owner), self._arguments(new, owner), (*path, above.key))
            beside.entries[above.key] = merged
        return beside

    def _arguments(self, node: Node, owner: str) -> Node:
        node = Node(node.span, node.value, node.keys, node.size)
        write_out(node, "", self.catalogue, owner=owner)
        return node

    def _named(self, node: Node, path: Path) -> _Named | None:
        """Return the component that a mapping is, apart from what may stand beside one; None if it is none."""
        names = [name for name in node.entries if name not in STEP_WORDS]
        if len(path) < 2 or path[0] not in _SECTIONS or len(names) != 1:
            return None
        (name,) = names
        if family := _family(path):
            word = self.catalogue.word(family, name)
            found = self.catalogue.component(family, word.component if word and word.component else name)
        else:
            found = named_component(name, self.catalogue) if name[:1].isupper() else None
        return _Named(name, found) if found else None

    @staticmethod
    def _replaces(over: Node, below: _Named | None, above: _Named | None) -> bool:
        """Say whether one mapping takes the place of another, because one of them is a component."""
        if above:
            return True
        own = [name for name in over.entries if name not in STEP_WORDS]
        # Arguments without their component are a slip, which is shown as such where they stand.
        return bool(below and own) and not all(below and name in below.component.arguments for name in own)


def _family(path: Path) -> str | None:
    """Return the family of the components that stand at a place, or None if capitals tell them."""
    through = path[:1] == ("data",) and path[-2:] == ("windows", "source")
    return "sources" if through else _FAMILIES.get(path)


def _words(node: Node) -> Node:
    """Return a mapping with only those keys that stand beside a component, such as `trainable`."""
    kept = {name: inner for name, inner in node.entries.items() if name in STEP_WORDS}
    return Node(node.span, kept, {name: span for name, span in node.keys.items() if name in kept})


def _constants_in_order(base: dict[str, Node], over: dict[str, Node]) -> list[str]:
    """Return the names of constants so that a new one stands before an older one that is now made of it.

    Each constant may use those above it, and a changed constant keeps the place that it had.
    """
    ordered: dict[str, None] = {}

    def put(name: str, asked: frozenset[str]) -> None:
        if name in ordered or name in asked:
            return
        for used in _used(over[name]) if name in over else ():
            if used in over or used in base:
                put(used, asked | {name})
        ordered[name] = None

    for name in (*base, *over):
        put(name, frozenset())
    return list(ordered)


def _used(node: Node) -> Iterator[str]:
    """Yield what may be a name in an expression of a tree."""
    value = node.value
    if isinstance(value, str) and "$(" in value:
        yield from _NAME.findall(value)
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _used(inner)

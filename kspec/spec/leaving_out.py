"""`without`: paths of a base that are left out before a spec is laid over it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kspec.catalogue import Catalogue
from kspec.spec.document import Node
from kspec.spec.model.words import STEP_WORDS
from kspec.spec.problems import Path, nearest
from kspec.spec.written import write_out
from kspec.spec.written_paths import PathError, component_with, index_of, keys_of


def find_written(root: Node, written: str, catalogue: Catalogue) -> Path:
    """Return the place that a written path names in a tree, components on the way written out in it.

    Args:
        root: The tree; short forms of components in it may be changed into long ones, which say the same.
        written: Keys and indices with dots between them, a step also by its name.
        catalogue: What Keras offers.

    Raises:
        PathError: There is no such place.
    """
    node, path = root, list[str | int]()
    keys = keys_of(written)
    for number, key in enumerate(keys):
        where = ".".join(keys[:number])
        write_out(node, key, catalogue)
        if isinstance(node.value, list):
            index = index_of(node.value, key, where) % len(node.value)
            path.append(index)
            node = node.value[index]
            continue
        entries = node.entries
        if key not in entries and (only := component_with(entries, key, catalogue) or _holding(entries, key)):
            path.append(only)
            node = entries[only]
            write_out(node, key, catalogue, owner=only)
            entries = node.entries
        if key not in entries:
            missing = ".".join(keys[: number + 1])
            near = nearest(key, entries)
            hint = f"did you mean `{'.'.join([*keys[:number], near])}`?" if near else None
            raise PathError(f"there is no `{missing}` in the base", hint)
        path.append(key)
        node = entries[key]
    return _whole_component(root, path)


def left_out(node: Node, places: Collection[Path], path: Path = ()) -> Node:
    """Return a tree without the nodes at some places."""
    value = node.value
    if not any(place[: len(path)] == path for place in places) or not isinstance(value, dict | list):
        return node
    if isinstance(value, list):
        items = [
            left_out(item, places, (*path, index)) for index, item in enumerate(value) if (*path, index) not in places
        ]
        return Node(node.span, items, {}, 1 + sum(item.size for item in items))
    kept = {key: left_out(inner, places, (*path, key)) for key, inner in value.items() if (*path, key) not in places}
    keys = {key: span for key, span in node.keys.items() if key in kept}
    return Node(node.span, kept, keys, 1 + sum(inner.size for inner in kept.values()))


def _holding(entries: Mapping[str, Node], key: str) -> str | None:
    """Return the component of a step that has a word of the step, such as its name, among its own arguments."""
    found = [name for name, inner in entries.items() if isinstance(inner.value, dict) and key in inner.value]
    return found[0] if key in STEP_WORDS and len(found) == 1 else None


def _whole_component(root: Node, path: list[str | int]) -> Path:
    """Return the place of the mapping that is nothing but the component at `path`, or `path` itself."""
    node = root
    for key in path[:-1]:
        node = node.child(key) or node
    alone = isinstance(node.value, dict) and len(node.value) == 1 and str(path[-1])[:1].isupper()
    return tuple(path[:-1] if alone and len(path) > 1 else path)

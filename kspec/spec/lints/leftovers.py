"""Constants that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kspec.spec.document import Document, Node
from kspec.spec.expressions import names_in
from kspec.spec.lints.finding import Finding
from kspec.spec.problems import Path

if TYPE_CHECKING:
    from kspec.spec.spec import Spec


def unused_constant(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of an entry of `vars` that no expression names. A base may hold some for other specs."""
    (*_, constants) = document.walk(("vars",))
    if constants is document.root or document.root is None or not isinstance(constants.value, dict):
        return
    used = _names(document.root)
    for name in constants.value:
        if name not in used and constants.keys[name].source not in document.bases:
            yield Finding(("vars", name), f"nothing uses the constant `{name}`", f"write `$({name})`", at="key")


def unused_parameter(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a parameter that its block never puts in."""
    for path, blocks in _mappings(document):
        if path[:1] != ("model",) or path[-1] != "blocks" or not isinstance(blocks.value, dict):
            continue
        for name, block in blocks.value.items():
            entries = block.entries
            params = entries["params"].value if "params" in entries else None
            used = {each for key, node in entries.items() if key != "params" for each in _names(node)}
            for param in params if isinstance(params, dict) else ():
                if param not in used:
                    message = f"the block `{name}` does not use its parameter `{param}`"
                    hint = f"write `$({param})` where it belongs"
                    yield Finding((*path, name, "params", param), message, hint, at="key")


def unused_list(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a list of `repeat` that the step never puts in."""
    for path, step in _mappings(document):
        entries = step.entries
        lists = entries["repeat"].value if "repeat" in entries else None
        if not isinstance(lists, dict):
            continue
        used = {name for key, node in entries.items() if key != "repeat" for name in _names(node)}
        for name in lists:
            if name not in used:
                message = f"the step does not use the list `{name}`"
                yield Finding((*path, "repeat", name), message, f"write `$({name})` where its items belong", at="key")


def _names(node: Node) -> set[str]:
    """Return all names that the expressions below a node use."""
    return {
        name
        for _, inner in _walk(node, ())
        if isinstance(inner.value, str) and "$(" in inner.value
        for name in names_in(inner.value)
    }


def _mappings(document: Document) -> Iterator[tuple[Path, Node]]:
    for path, node in _walk(document.root, ()) if document.root else ():
        if isinstance(node.value, dict):
            yield path, node


def _walk(node: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    pending = [(path, node)]
    while pending:
        path, node = pending.pop()
        yield path, node
        if isinstance(node.value, dict):
            pending += [((*path, key), inner) for key, inner in node.value.items()]
        elif isinstance(node.value, list):
            pending += [((*path, index), inner) for index, inner in enumerate(node.value)]

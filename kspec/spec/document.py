"""A document: what a YAML or JSON text says, with a place for every key and value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kspec.spec.problems import Path, Problem, Source, Span, sort_problems

MAX_DEPTH = 100
"""Levels of nesting that a document may have."""

MAX_NODES = 200_000
"""Values that a document may have once its aliases are written out."""

Scalar = str | int | float | bool | None


@dataclass(slots=True, eq=False)
class Node:
    """A scalar, a list or a mapping, and where it stands.

    Args:
        span: The text that the value was read from.
        value: A scalar, the items of a list, or the entries of a mapping. Keys are text: the label `5` is `"5"`.
        keys: For a mapping, the place of each key.
        size: Number of nodes in this tree, aliases written out.
    """

    span: Span
    value: Scalar | list[Node] | dict[str, Node]
    keys: dict[str, Span] = field(default_factory=dict)
    size: int = 1

    def child(self, key: str | int) -> Node | None:
        """Return the entry under a key or an index, or None."""
        if isinstance(self.value, dict):
            return self.value.get(str(key))
        if isinstance(self.value, list) and isinstance(key, int) and 0 <= key < len(self.value):
            return self.value[key]
        return None

    @property
    def entries(self) -> dict[str, Node]:
        """What a mapping holds, by key; nothing for any other value."""
        return self.value if isinstance(self.value, dict) else {}

    def data(self) -> Any:
        """Return the tree as plain Python values."""
        if isinstance(self.value, dict):
            return {key: node.data() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.data() for node in self.value]
        return self.value


@dataclass(slots=True)
class Document:
    """A text that was read, as far as it could be read.

    Args:
        source: Where the text came from.
        root: The topmost value; None if the text could not be read at all.
        problems: What is wrong with the text itself, each with its place.
        bases: The files that it extends, the nearest first.
    """

    source: Source
    root: Node | None
    problems: list[Problem] = field(default_factory=list)
    bases: list[Source] = field(default_factory=list)

    def data(self) -> Any:
        """Return the whole document as plain Python values."""
        return self.root.data() if self.root else None

    def walk(self, path: Path) -> Iterator[Node]:
        """Yield the nodes on the way to `path`, from the root, as far as they exist."""
        node = self.root
        keys = iter(self._written(path))
        while node is not None:
            yield node
            key = next(keys, None)
            node = node.child(key) if key is not None else None

    def _written(self, path: Path) -> Path:
        """Return a path as it is written: a list of fields may stand for `{field: [...]}`."""
        if "field" not in path:
            return path
        at = path.index("field")
        node = self.root
        for key in path[:at]:
            node = node.child(key) if node is not None else None
        bare = node is not None and isinstance(node.value, list)
        return (*path[:at], *path[at + 1 :]) if bare else path

    def span(self, path: Path, *, key: bool = False) -> Span | None:
        """Return the place of the node at `path`, or of the nearest node above it that exists.

        Args:
            path: The node.
            key: Point at the node's key rather than at its value.
        """
        path = self._written(path)
        nodes = list(self.walk(path))
        if not nodes:
            return None
        reached = len(nodes) - 1
        node = nodes[-1]
        inside = reached < len(path)
        if reached and ((key and not inside) or (inside and isinstance(node.value, dict | list)) or _is_open(node)):
            owner = nodes[-2]
            return owner.keys.get(str(path[reached - 1]), node.span)
        return node.span if not _is_open(node) else _first_line(node)

    def place(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return the problems with their places, sorted by them."""
        return sort_problems(
            problem if problem.span else problem.placed(self.span(problem.path, key=problem.at == "key"))
            for problem in problems
        )


def _is_open(node: Node) -> bool:
    """Say whether a node's own span would be no help to a reader: nothing, or many lines."""
    span = node.span
    return span.end_line > span.line or (span.line, span.column) == (span.end_line, span.end_column)


def _first_line(node: Node) -> Span:
    span = node.span
    if span.end_line == span.line:
        return span
    return Span(span.source, span.line, span.column, span.line, len(span.source.line(span.line)) + 1)

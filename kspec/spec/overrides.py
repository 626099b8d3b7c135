"""`--set path=value`: changes to a document from the command line."""

from __future__ import annotations

from collections.abc import Sequence

from kspec.catalogue import Catalogue
from kspec.spec.document import Document, Node
from kspec.spec.problems import Problem, Source, Span, did_you_mean
from kspec.spec.yaml_reader import read_yaml

_STEP_WORDS = {"name", "from", "call", "repeat", "trainable"}


def apply_overrides(document: Document, overrides: Sequence[str], catalogue: Catalogue) -> None:
    """Change a document as `--set` options say, in their order.

    Each option is `path=value`: keys and list indices with dots between them, a step also by its name. The value is
    read as YAML. Each option is a source of its own, so that a problem in it is shown there. What is wrong with an
    option is added to the document's problems.
    """
    for option in overrides:
        _Override(document, option, catalogue).apply()


class _Override:
    def __init__(self, document: Document, option: str, catalogue: Catalogue) -> None:
        self.document = document
        self.catalogue = catalogue
        self.option = option
        self.source = Source("--set", option)
        self.path, self.equals, self.text = option.partition("=")

    def apply(self) -> None:
        if not self.equals or not all(self.path.split(".")):
            self.problem("bad-override", 0, len(self.option), "`--set` wants `path=value`, such as `fit.epochs=3`")
            return
        padding = " " * (len(self.path) + 1)
        value = read_yaml(Source("--set", padding + self.text))
        for problem in value.problems:
            self.document.problems.append(problem.placed(problem.span and self.own(problem.span)))
        if value.problems:
            return
        end = len(self.option) + 1
        node = value.root or Node(Span(self.source, 1, end, 1, end), None)
        self.relabel(node)
        self.put(node)

    def own(self, span: Span) -> Span:
        return Span(self.source, span.line, span.column, span.end_line, span.end_column)

    def relabel(self, node: Node) -> None:
        node.span = self.own(node.span)
        node.keys = {key: self.own(span) for key, span in node.keys.items()}
        if isinstance(node.value, dict | list):
            for child in node.value.values() if isinstance(node.value, dict) else node.value:
                self.relabel(child)

    def problem(self, code: str, start: int, end: int, message: str, hint: str | None = None) -> None:
        span = Span(self.source, 1, start + 1, 1, end + 1)
        self.document.problems.append(Problem(code, (), message, hint, span=span))

    def put(self, value: Node) -> None:
        """Walk to the parent of the path, making mappings on the way, and put the value there."""
        node = self.document.root
        if node is None:
            return
        keys = self.path.split(".")
        start = 0
        for number, key in enumerate(keys):
            span = Span(self.source, 1, start + 1, 1, start + len(key) + 1)
            self.open(node, key)
            if isinstance(node.value, list):
                index = self.index(node, key)
                if index is None:
                    self.problem("bad-override", start, start + len(key), *self.missing(node, key))
                    return
                if number == len(keys) - 1:
                    node.value[index] = value
                    return
                node.value[index] = node = _copy(node.value[index])
            elif isinstance(node.value, dict):
                entries = node.value
                if key not in entries and (only := self.step_component(entries)) and key in self.arguments(only):
                    entries[only] = node = _copy(entries[only])
                    self.open(node, key)
                    entries = node.value if isinstance(node.value, dict) else entries
                node.keys.setdefault(key, span)
                if number == len(keys) - 1:
                    entries[key], node.keys[key] = value, span
                    return
                entries[key] = node = _copy(entries[key]) if key in entries else Node(span, {})
            else:
                where = ".".join(keys[:number])
                self.problem("bad-override", start, start + len(key), f"`{where}` is a single value, it has no `{key}`")
                return
            start += len(key) + 1

    def open(self, node: Node, key: str) -> None:
        """Write a component's short form out, so that `key` can be put into it."""
        value = node.value
        if value is None:
            node.value = {}
        elif isinstance(value, str):
            if value == key or self.word_names(value, key):
                node.value = {key: Node(node.span, {})}
                node.keys = {key: node.span}
        elif isinstance(value, dict) and key in value and self.catalogue.families_of(key):
            inner = value[key]
            first = next(iter(self.arguments(key)), None)
            if first and inner.value is not None and not isinstance(inner.value, dict):
                value[key] = Node(inner.span, {first: inner}, {first: inner.span})

    def word_names(self, word: str, component: str) -> bool:
        """Say whether a lower-case word such as `adam` means this component."""
        return any(
            (found := self.catalogue.word(family, word)) is not None and found.component == component
            for family in self.catalogue.families_of(component)
        )

    def arguments(self, name: str) -> list[str]:
        families = self.catalogue.families_of(name)
        component = self.catalogue.component(families[0], name) if families else None
        return list(component.arguments) if component else []

    def step_component(self, entries: dict[str, Node]) -> str | None:
        names = [key for key in entries if key not in _STEP_WORDS and self.catalogue.families_of(key)]
        return names[0] if len(names) == 1 else None

    def index(self, node: Node, key: str) -> int | None:
        """Return the index that `key` names in a list: a number, or the name of a step."""
        items = node.value if isinstance(node.value, list) else []
        if key.lstrip("-").isdigit():
            number = int(key)
            return number if -len(items) <= number < len(items) else None
        for position, item in enumerate(items):
            if key in _names(item):
                return position
        return None

    def missing(self, node: Node, key: str) -> tuple[str, str | None]:
        items = node.value if isinstance(node.value, list) else []
        where = self.path.split("." + key)[0]
        if key.lstrip("-").isdigit():
            return f"`{where}` has {len(items)} items, counted from 0", None
        names = [name for item in items for name in _names(item)]
        return f"`{where}` has no item called `{key}`", did_you_mean(key, names)


def _copy(node: Node) -> Node:
    """Return a node of its own, so that a value reached through an alias is changed in one place only."""
    value = node.value
    if isinstance(value, dict):
        value = dict(value)
    elif isinstance(value, list):
        value = list(value)
    return Node(node.span, value, dict(node.keys), node.size)


def _names(item: Node) -> list[str]:
    """Return the names that a list item answers to: a step's `name`, or that of its component."""
    if isinstance(item.value, str):
        return [item.value]
    if not isinstance(item.value, dict):
        return []
    nodes = [item, *item.value.values()]
    named = [node.child("name") for node in nodes]
    written = [node.value for node in named if node and isinstance(node.value, str)]
    return written or [key for key in item.value if key not in _STEP_WORDS]

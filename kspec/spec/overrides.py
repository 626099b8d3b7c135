"""`--set path=value`: changes to a document from the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kspec.catalogue import Catalogue
from kspec.spec.document import Document, Node
from kspec.spec.extending import EXTENDS, WITHOUT
from kspec.spec.problems import Problem, Source, Span
from kspec.spec.reading import control_character
from kspec.spec.written import write_out
from kspec.spec.written_paths import PathError, component_with, copy_node, index_of, keys_of
from kspec.spec.yaml_reader import read_yaml

SOURCE = "--set"
"""What an option is called in diagnostics."""


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
        self.source = Source(SOURCE, option)
        self.path, self.equals, self.text = option.partition("=")

    def apply(self) -> None:
        if not self.equals or not all(self.path.split(".")):
            self.problem(0, len(self.option), f"`{SOURCE}` wants `path=value`, such as `fit.epochs=3`")
            return
        section = self.path.split(".")[0]
        if section in (EXTENDS, WITHOUT):
            hint = f"write `{section}` into the spec: files are put together before `{SOURCE}` changes them"
            self.problem(0, len(section), f"`{section}` cannot be set", hint)
            return
        if problem := control_character(self.source):
            self.document.problems.append(problem)
            return
        # Spaces in the place of the path give the value the columns that it has in the option.
        value = read_yaml(Source(SOURCE, " " * (len(self.path) + 1) + self.text))
        for problem in value.problems:
            self.document.problems.append(problem.placed(problem.span and self.own(problem.span)))
        if value.problems:
            return
        end = len(self.option) + 1
        node = value.root or Node(Span(self.source, 1, end, 1, end), None)
        self.relabel(node)
        if self.document.root is not None:
            self.put(self.document.root, node)

    def own(self, span: Span) -> Span:
        return Span(self.source, span.line, span.column, span.end_line, span.end_column)

    def relabel(self, node: Node) -> None:
        node.span = self.own(node.span)
        node.keys = {key: self.own(span) for key, span in node.keys.items()}
        if isinstance(node.value, dict | list):
            for child in node.value.values() if isinstance(node.value, dict) else node.value:
                self.relabel(child)

    def problem(self, start: int, end: int, message: str, hint: str | None = None) -> None:
        span = Span(self.source, 1, start + 1, 1, end + 1)
        self.document.problems.append(Problem("bad-override", (), message, hint, span=span))

    def put(self, node: Node, value: Node) -> None:
        """Walk along the path, making mappings on the way, and put the value at its end."""
        keys = keys_of(self.path)
        start = 0
        for number, key in enumerate(keys):
            last = number == len(keys) - 1
            try:
                node = self.go(node, key, ".".join(keys[:number]), start, value if last else None)
            except PathError as error:
                self.problem(start, start + len(key), error.message, error.hint)
                return
            start += len(key) + 1

    def go(self, node: Node, key: str, where: str, start: int, value: Node | None) -> Node:
        """Return the node under a key, or put `value` there."""
        span = Span(self.source, 1, start + 1, 1, start + len(key) + 1)
        write_out(node, key, self.catalogue)
        if isinstance(node.value, list):
            index = index_of(node.value, key, where)
            node.value[index] = value or copy_node(node.value[index])
            return node.value[index]
        if not isinstance(node.value, dict):
            raise PathError(f"`{where or 'the spec'}` is a single value, it has no `{key}`")
        entries = node.value
        if key not in entries and (only := component_with(entries, key, self.catalogue)):
            entries[only] = node = copy_node(entries[only])
            write_out(node, key, self.catalogue, owner=only)
            entries = node.value if isinstance(node.value, dict) else entries
        elif key not in entries and (replaced := self.other_component(entries, key)):
            del entries[replaced], node.keys[replaced]
        if value is not None or key not in entries:
            node.keys[key] = span
        entries[key] = value or (copy_node(entries[key]) if key in entries else Node(span, {}))
        return entries[key]

    def other_component(self, entries: Mapping[str, Node], key: str) -> str | None:
        """Return the component that a component of another class takes the place of."""
        families = set(self.catalogue.families_of(key)) if key[:1].isupper() else set()
        names = [name for name in entries if name[:1].isupper() and families & {*self.catalogue.families_of(name)}]
        return names[0] if len(names) == 1 else None

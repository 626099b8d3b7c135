"""JSON text (RFC 8259) into a document, with the same places and limits as YAML."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # public, but not in the stubs
from typing import NoReturn

from kspec.spec.document import MAX_DEPTH, MAX_NODES, Document, Node
from kspec.spec.problems import Problem, Source, Span

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"[A-Za-z_]+")
_LONGEST_NUMBER = 400


class _SyntaxError(Exception):
    """The text is not JSON; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Parser:
    """A recursive descent over one text. Depth is bounded, so recursion is."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.problems: list[Problem] = []
        self.count = 0
        self.starts = [0, *(match.end() for match in re.finditer("\r\n|[\r\n\x85\u2028\u2029]", self.text))]
        self.line = 0

    def place(self, index: int) -> tuple[int, int]:
        while self.line + 1 < len(self.starts) and self.starts[self.line + 1] <= index:
            self.line += 1
        while self.starts[self.line] > index:
            self.line -= 1
        return self.line + 1, index - self.starts[self.line] + 1

    def span(self, start: int, end: int) -> Span:
        return Span(self.source, *self.place(start), *self.place(end))

    def fail(self, index: int, message: str, hint: str | None = None, code: str = "json-syntax") -> NoReturn:
        raise _SyntaxError(Problem(code, (), message, hint, span=self.span(index, min(index + 1, len(self.text)))))

    def skip(self, index: int) -> int:
        match = _SPACE.match(self.text, index)
        return match.end() if match else index

    def document(self) -> Node:
        node, index = self.value(self.skip(0), 0)
        index = self.skip(index)
        if index < len(self.text):
            self.fail(index, "not JSON: more text after the end of the value")
        return node

    def value(self, index: int, depth: int) -> tuple[Node, int]:
        if depth >= MAX_DEPTH:
            self.fail(index, f"nested more than {MAX_DEPTH} levels deep", code="too-deep")
        self.count += 1
        if self.count > MAX_NODES:
            self.fail(index, f"the document has more than {MAX_NODES:,} values", code="too-many-values")
        character = self.text[index : index + 1]
        if character == "{":
            return self.mapping(index, depth)
        if character == "[":
            return self.sequence(index, depth)
        if character == '"':
            text, end = self.string(index)
            return Node(self.span(index, end), text), end
        return self.scalar(index)

    def scalar(self, index: int) -> tuple[Node, int]:
        if (number := _NUMBER.match(self.text, index)) and number.end() > index:
            text, end = number.group(), number.end()
            if len(text) > _LONGEST_NUMBER:
                self.fail(index, "a number with more than 400 digits")
            value = float(text) if number.group(1) or number.group(2) else int(text)
            return Node(self.span(index, end), value), end
        word = _WORD.match(self.text, index)
        if word and word.group() in _WORDS:
            return Node(self.span(index, word.end()), _WORDS[word.group()]), word.end()
        if word and word.group() in ("NaN", "Infinity"):
            self.fail(index, f"not JSON: `{word.group()}` is no JSON number")
        if index >= len(self.text):
            self.fail(index, "not JSON: the text ends where a value should be")
        hint = "JSON wants double quotes" if self.text[index] in "'“”‘’" or word else None
        return self.fail(index, "not JSON: expected a value", hint)

    def string(self, index: int) -> tuple[str, int]:
        try:
            text, end = scanstring(self.text, index + 1, True)
        except json.JSONDecodeError as error:
            message = f"not JSON: {error.msg[:1].lower()}{error.msg[1:].removesuffix(' at')}"
            self.fail(min(error.pos, len(self.text)), message)
        return str(text), int(end)

    def sequence(self, start: int, depth: int) -> tuple[Node, int]:
        items: list[Node] = []
        index = self.skip(start + 1)
        if self.text[index : index + 1] != "]":
            while True:
                item, index = self.value(self.skip(index), depth + 1)
                items.append(item)
                index, done = self.separator(index, "]")
                if done:
                    break
        return Node(self.span(start, index + 1), items, size=1 + sum(item.size for item in items)), index + 1

    def mapping(self, start: int, depth: int) -> tuple[Node, int]:
        node = Node(self.span(start, start + 1), {})
        entries: dict[str, Node] = {}
        index = self.skip(start + 1)
        if self.text[index : index + 1] != "}":
            while True:
                index = self.skip(index)
                if self.text[index : index + 1] != '"':
                    self.fail(index, "not JSON: expected a key", "keys stand in double quotes")
                key, after = self.string(index)
                key_span = self.span(index, after)
                after = self.skip(after)
                if self.text[after : after + 1] != ":":
                    self.fail(after, "not JSON: expected `:` after the key")
                item, end = self.value(self.skip(after + 1), depth + 1)
                if key in entries:
                    first = node.keys[key].line
                    message = f"`{key}` is given twice"
                    hint = f"it stands in line {first} already"
                    self.problems.append(Problem("duplicate-key", (), message, hint, span=key_span))
                else:
                    entries[key] = item
                    node.keys[key] = key_span
                index, done = self.separator(end, "}")
                if done:
                    break
        node.value = entries
        node.size = 1 + sum(item.size for item in entries.values())
        node.span = self.span(start, index + 1)
        return node, index + 1

    def separator(self, index: int, closing: str) -> tuple[int, bool]:
        index = self.skip(index)
        character = self.text[index : index + 1]
        if character == closing:
            return index, True
        if character != ",":
            self.fail(index, f"not JSON: expected `,` or `{closing}`")
        after = self.skip(index + 1)
        if self.text[after : after + 1] == closing:
            self.fail(index, f"not JSON: a `,` before `{closing}`", "leave it out")
        return index + 1, False


def read_json(source: Source) -> Document:
    """Read a JSON text.

    Args:
        source: The text.

    Returns:
        The document; its `problems` say what is wrong with the text, and `root` is None if there is nothing to check.
    """
    parser = _Parser(source)
    try:
        root = parser.document()
    except _SyntaxError as error:
        return Document(source, None, [*parser.problems, error.problem])
    return Document(source, root, parser.problems)

"""YAML text into a document, from the parser's events: no recursion, no tags, no merging, bounded aliases."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from kspec.spec.document import MAX_DEPTH, MAX_NODES, Document, Node
from kspec.spec.problems import Problem, Source, Span
from kspec.spec.scalars import plain_scalar
from kspec.spec.slips import TYPOGRAPHIC_QUOTES

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NO_SPACE = re.compile(r"\s*(?:- +)?(([A-Za-z_][\w.-]*):([^\s:/]\S*))\s*$")

_EXPLAINED = {
    "mapping values are not allowed in this context": "a `:` stands where no key can be: "
    "begin a new line and indent it, write `{key: value}`, or quote the text",
    "did not find expected ',' or ']'": "a list in `[...]` needs `,` between its items and `]` at its end",
    "did not find expected ',' or '}'": "a mapping in `{...}` needs `,` between its entries and `}` at its end",
    "did not find expected key": "the indentation does not fit the lines above, or a quote or bracket is not closed",
    "did not find expected '-' indicator": "the items of a list must start in the same column",
    "could not find expected ':'": "a key needs a `:` after it",
    "found character that cannot start any token": "quote the text: "
    "it starts with a character that YAML keeps for itself",
}


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read yet."""

    node: Node
    anchor: str | None
    key: str | None = None
    pending: bool = False
    skipped: set[str] = field(default_factory=set)


class _Builder:
    """Builds the tree from events, collecting problems on the way."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node | None] = {}

    def span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:  # the parser sets both; its types do not say so
            return Span(self.source, 1, 1, 1, 1)
        return Span(self.source, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def problem(self, code: str, span: Span, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(code, (), message, hint, span=span))

    def build(self) -> None:
        documents = 0
        for event in yaml.parse(self.source.text, Loader=_Loader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    span = self.span(event)
                    hint = "put the second one into a file of its own"
                    self.problem("many-documents", span, "a spec is one document", hint)
                    return
            elif isinstance(event, yaml.ScalarEvent):
                self.scalar(event)
            elif isinstance(event, yaml.AliasEvent):
                self.alias(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                if len(self.stack) >= MAX_DEPTH:
                    span = self.span(event)
                    self.problem("too-deep", span, f"nested more than {MAX_DEPTH} levels deep")
                    return
                self.collection(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.close(event)

    def scalar(self, event: yaml.ScalarEvent) -> None:
        span = self.span(event)
        self.refuse_tag(event.tag, span, implicit=any(event.implicit))
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.node.value, dict) and not top.pending:
            self.key(top, event.value, span, plain=not event.style)
            return
        plain = not event.style and event.implicit[0]
        self.add(Node(span, plain_scalar(event.value) if plain else event.value), event.anchor)

    def key(self, top: _Open, key: str, span: Span, *, plain: bool) -> None:
        top.pending = True
        top.key = None
        if plain and key == "<<":
            hint = "write the keys out, or use an alias for the whole value"
            self.problem("merge-key", span, "`<<` is not read", hint)
        elif key in top.node.keys:
            first = top.node.keys[key]
            self.problem("duplicate-key", span, f"`{key}` is given twice", f"it stands in line {first.line} already")
        else:
            top.key = key
            top.node.keys[key] = span

    def collection(self, event: yaml.CollectionStartEvent) -> None:
        span = self.span(event)
        self.refuse_tag(event.tag, span, implicit=event.implicit)
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.node.value, dict) and not top.pending:
            self.problem("key-not-text", span, "a key must be plain text, not a list or a mapping")
            top.pending, top.key = False, None
            self.stack.append(_Open(self.empty(event, span), None))
            return
        node = self.empty(event, span)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(node, event.anchor))

    @staticmethod
    def empty(event: yaml.CollectionStartEvent, span: Span) -> Node:
        return Node(span, {} if isinstance(event, yaml.MappingStartEvent) else [])

    def close(self, event: yaml.CollectionEndEvent) -> None:
        done = self.stack.pop()
        start, end = done.node.span, self.span(event)
        done.node.span = Span(self.source, start.line, start.column, end.end_line, end.end_column)
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.node.value, dict) and not top.pending:
            top.pending = True  # it was used as a key, which has been reported
            return
        self.add(done.node, done.anchor)

    def alias(self, event: yaml.AliasEvent) -> None:
        span = self.span(event)
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.node.value, dict) and not top.pending:
            self.problem("key-not-text", span, "a key must be plain text, not an alias")
            top.pending, top.key = True, None
            return
        if event.anchor not in self.anchors:
            self.problem("unknown-alias", span, f"nothing above is anchored as `&{event.anchor}`")
            self.add(Node(span, None), None)
        elif (node := self.anchors[event.anchor]) is None:
            self.problem("alias-loop", span, f"`*{event.anchor}` stands inside the value that it names")
            self.add(Node(span, None), None)
        else:
            self.add(node, None)

    def add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top.node.value, list):
            top.node.value.append(node)
        elif isinstance(top.node.value, dict):
            if top.key is not None:
                top.node.value[top.key] = node
            top.pending = False
        top.node.size += node.size
        if top.node.size > MAX_NODES:
            message = f"the document has more than {MAX_NODES:,} values, aliases written out"
            self.problem("too-many-values", node.span, message)
            raise _TooLargeError

    def refuse_tag(self, tag: str | None, span: Span, *, implicit: bool) -> None:
        if tag is not None and not implicit and tag != "!":
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            self.problem("tag", span, f"tags such as `{shown}` are not read", "a spec is plain data: leave the tag out")


class _TooLargeError(Exception):
    """The document grew beyond all bounds; what is wrong has been noted."""


def read_yaml(source: Source) -> Document:
    """Read a YAML text.

    Args:
        source: The text.

    Returns:
        The document; its `problems` say what is wrong with the text, and `root` is None if there is nothing to check.
    """
    builder = _Builder(source)
    try:
        builder.build()
    except yaml.MarkedYAMLError as error:
        builder.problems.append(_syntax(source, error))
        builder.root = None
    except yaml.YAMLError as error:
        message = f"not YAML: {' '.join(str(error).split())}"
        builder.problems.append(Problem("yaml-syntax", (), message, span=Span(source, 1, 1, 1, 1)))
        builder.root = None
    except _TooLargeError:
        builder.root = None
    if any(problem.code in ("too-deep", "many-documents") for problem in builder.problems):
        builder.root = None
    return Document(source, builder.root, builder.problems)


def _syntax(source: Source, error: yaml.MarkedYAMLError) -> Problem:
    mark, opening = error.problem_mark or error.context_mark, error.context_mark
    what = (error.problem or "not YAML").strip()
    if mark and opening and opening.line < mark.line and _begins_at(error.context or ""):
        mark = opening  # where a quote or bracket was opened says more than where the text ended
    line = mark.line + 1 if mark else 1
    column = mark.column + 1 if mark else 1
    span = Span(source, line, column, line, column + 1)
    text = source.line(line)
    if "\t" in text[: column + 1] and ("token" in what or "tab" in what):
        span = Span(source, line, text.index("\t") + 1, line, text.index("\t") + 2)
        return Problem("tab", (), "a tab cannot indent YAML", "use spaces", span=span)
    if quote := next((place for place, letter in enumerate(text, start=1) if letter in TYPOGRAPHIC_QUOTES), 0):
        message = f"`{text[quote - 1]}` is not a quote that YAML knows"
        span = Span(source, line, quote, line, quote + 1)
        return Problem("typographic-quote", (), message, "use \" or '", span=span)
    if (found := _NO_SPACE.match(source.line(line - 1))) and what.startswith("mapping values"):
        span = Span(source, line - 1, found.start(1) + 1, line - 1, found.end(1) + 1)
        hint = f"write `{found[2]}: {found[3]}`"
        return Problem("yaml-syntax", (), "not YAML: a `:` needs a space after it", hint, span=span)
    return Problem("yaml-syntax", (), *_explained(what, error.context or ""), span=span)


def _begins_at(context: str) -> bool:
    """Say whether the parser's context is a quote or bracket that was opened."""
    return "quoted scalar" in context or "flow" in context


def _explained(what: str, context: str) -> tuple[str, str | None]:
    """Return the message and the hint for what the parser says."""
    if "quoted scalar" in context and "end of stream" in what:
        return "not YAML: this quote is never closed", "close it at the end of the text that it quotes"
    if hint := _EXPLAINED.get(what):
        return f"not YAML: {what}", hint
    return f"not YAML: {what}{' ' if context else ''}{context}", None

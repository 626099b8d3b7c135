"""YAML text into a document, from the parser's events: no recursion, no tags, no merging, bounded aliases."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from kspec.spec.document import MAX_DEPTH, MAX_NODES, Document, Node
from kspec.spec.problems import Problem, Source, Span
from kspec.spec.scalars import plain_scalar
from kspec.spec.yaml_faults import glued_comment, syntax_problem

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
            if glued := glued_comment(self.source, event):
                self.problems.append(glued)
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
        builder.problems.append(syntax_problem(source, error))
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

"""Round brackets: `(3, 3)` is no list in YAML, which tears it into pieces."""

from __future__ import annotations

from kspec.spec.checker import shortened
from kspec.spec.document import Document, Node
from kspec.spec.problems import Problem, Span
from kspec.spec.scalars import plain_scalar


def mend_round_brackets(document: Document) -> None:
    """Put together what YAML tore apart at the commas of `(3, 3)`, noting each as a problem of the document.

    In `{kernel_size: (3, 3), filters: 8}` YAML reads the text `(3` and a key `3)` with nothing behind it. One slip
    would be three problems; put together as the list that was meant, it is one.
    """
    pending = [document.root] if document.root else []
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen or not isinstance(node.value, dict | list):
            continue
        seen.add(id(node))
        if isinstance(node.value, dict):
            _mend_mapping(node, node.value, document.problems)
            pending += node.value.values()
        else:
            _mend_list(node.value, document.problems)
            pending += node.value


def _mend_mapping(owner: Node, entries: dict[str, Node], problems: list[Problem]) -> None:
    for key in list(entries):
        if key not in entries or not _opens(entries[key].value):
            continue
        names = list(entries)
        rest = names[names.index(key) + 1 :]
        length = next((number for number, name in enumerate(rest, start=1) if name.endswith(")")), 0)
        torn = rest[:length]
        if not torn or any(entries[name].value is not None for name in torn):
            continue
        first = entries[key]
        end = owner.keys[torn[-1]]
        pieces = [str(first.value), *torn]
        entries[key] = _joined(pieces, first.span, end, problems)
        for name in torn:
            del entries[name], owner.keys[name]


def _mend_list(items: list[Node], problems: list[Problem]) -> None:
    start = 0
    while start < len(items):
        if _opens(items[start].value):
            texts = [str(item.value) for item in items[start:] if not isinstance(item.value, dict | list)]
            length = next((number for number, text in enumerate(texts, start=1) if text.endswith(")")), 0)
            if length:
                span, end = items[start].span, items[start + length - 1].span
                items[start : start + length] = [_joined(texts[:length], span, end, problems)]
        start += 1


def _opens(value: object) -> bool:
    return isinstance(value, str) and value.startswith("(") and not value.endswith(")")


def _joined(pieces: list[str], start: Span, end: Span, problems: list[Problem]) -> Node:
    """Return the list that the torn pieces were meant as."""
    texts = [piece.strip() for piece in pieces]
    texts[0], texts[-1] = texts[0].removeprefix("("), texts[-1].removesuffix(")")
    texts = [text for text in texts if text]
    span = Span(start.source, start.line, start.column, end.end_line, end.end_column)
    inside = ", ".join(texts)
    hint = f"write `[{shortened(inside)}]`"
    problems.append(Problem("round-brackets", (), "a list is written with square brackets", hint, span=span))
    return Node(span, [Node(span, plain_scalar(text)) for text in texts], size=1 + len(texts))

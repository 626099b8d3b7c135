"""What is wrong with a text that is no YAML, said so that it can be mended."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from kspec.spec.problems import Problem, Source, Span
from kspec.spec.slips import TYPOGRAPHIC_QUOTES

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

_GLUED = re.compile(r"(?:[ \t]*,)?#")
"""A `#` at the end of a value in brackets, with nothing but a comma between them."""

_STRAY_COLON = "mapping values are not allowed in this context"
_NO_ITEM = "did not find expected '-' indicator"

_NO_DASH_SPACE = re.compile(r"\s*-([A-Za-z_][\w.-]*)(?::(\s.*)?)?$")
"""A line with a dash that belongs to an item of a list, and nothing between it and its word."""

_BARE = re.compile(r"(?P<before>\s*(?:- +)*)(?P<word>[A-Za-z_][\w.-]*)(?: +(?P<rest>[\w.$\[{(].*?))?\s*")
"""A line with a word, and perhaps more, that lacks its `:`."""

_ENTRY = re.compile(r"(?P<before>\s*(?:- +)*)(?P<word>[A-Za-z_][\w.-]*):(?: .*)?")
"""A line that begins with a key."""


def syntax_problem(source: Source, error: yaml.MarkedYAMLError) -> Problem:
    """Return what is wrong with a text, and where.

    Args:
        source: The text.
        error: What the parser says of it.
    """
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
    for number in (line, line - 1):
        if found := _NO_DASH_SPACE.match(source.line(number)):
            span = Span(source, number, found.start(1), number, found.end(1) + 1)
            hint = f"write `- {found[1]}{':' if source.line(number)[found.end(1) : found.end(1) + 1] == ':' else ''}`"
            return Problem("yaml-syntax", (), "not YAML: a `-` needs a space after it", hint, span=span)
    if what in (_STRAY_COLON, _NO_ITEM) and (found_above := _line_above(source, line)):
        return found_above
    return Problem("yaml-syntax", (), *_explained(what, error.context or ""), span=span)


def glued_comment(source: Source, event: yaml.Event) -> Problem | None:
    """Return the problem of a `#` right behind a quote, a bracket or a comma: YAML has no comment there, but the parser
    takes one, and would drop a text that begins with `#`.

    Args:
        source: The text.
        event: A quoted text, or the beginning or end of a list or mapping in brackets; all others are passed over.
    """
    start, end = event.start_mark, event.end_mark
    if start is None or end is None or start.index == end.index or getattr(event, "style", None) in ("|", ">"):
        return None
    found = _GLUED.match(source.text, end.index)
    if not found or (isinstance(event, yaml.ScalarEvent) and not event.style and found[0] == "#"):
        return None
    line, column = end.line + 1, end.column + len(found[0])
    message = "not YAML: a comment needs a space before its `#`"
    span = Span(source, line, column, line, column + 1)
    return Problem("yaml-syntax", (), message, "put a space there, or quote the text that begins with `#`", span=span)


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


def _line_above(source: Source, line: int) -> Problem | None:
    """Return what is wrong at a key that cannot stand where it does, or in the line above it; None if not sure."""
    above = line - 1
    while above and not _text(source, above):
        above -= 1
    own = _ENTRY.fullmatch(_text(source, line))
    column = len(own["before"]) if own else _indent(source, line)
    if (found := _BARE.fullmatch(_text(source, above))) and column >= len(found["before"]):
        word, rest = found["word"], found["rest"]
        if rest and not word[0].isupper():
            return None  # a longer text, perhaps
        item = "- " if found["before"].strip() else ""
        span = Span(source, above, found.start("word") + 1, above, found.end("rest" if rest else "word") + 1)
        message = f"not YAML: `{word}` needs a `:` after it" + ("" if rest else ", because more of it stands below")
        return Problem("yaml-syntax", (), message, f"write `{item}{word}:{f' {rest}' if rest else ''}`", span=span)
    if own is None or own["before"].strip():
        return None
    neighbour = _ENTRY.fullmatch(_text(source, above))
    much = neighbour is not None and column > len(neighbour["before"])
    if not much:
        neighbour = next((item for item in _items_above(source, above) if _dash(item) <= column), None)
    if neighbour is None:
        return None
    span = Span(source, line, column + 1, line, own.end("word") + 1)
    hint = f"let it begin in column {len(neighbour['before']) + 1}, as `{neighbour['word']}` does"
    message = f"not YAML: `{own['word']}` is indented too {'far' if much else 'little'}"
    return Problem("yaml-syntax", (), message, hint, span=span)


def _items_above(source: Source, line: int) -> Iterator[re.Match[str]]:
    """Yield the items of lists that begin above, the nearest first."""
    for number in range(line, 0, -1):
        found = _ENTRY.fullmatch(_text(source, number))
        if found and found["before"].strip():
            yield found


def _dash(item: re.Match[str]) -> int:
    return len(item["before"]) - len(item["before"].lstrip())


def _indent(source: Source, line: int) -> int:
    text = source.line(line)
    return len(text) - len(text.lstrip())


def _text(source: Source, line: int) -> str:
    """Return a line without a comment at its end."""
    return re.sub(r"(^|\s)#.*", "", source.line(line)).rstrip()

"""Comments of a YAML text: every `#` that stands outside of keys and values."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from kspec.spec.problems import Source

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HEADER = "|>+-0123456789"
"""What a block of text may have in its first line, before a comment."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment.

    Args:
        line: Its line, counted from 1.
        column: Column of its `#`, counted from 1.
        text: The comment, `#` included.
        alone: Whether nothing stands before it.
    """

    line: int
    column: int
    text: str
    alone: bool


@functools.lru_cache(maxsize=8)
def comments_of(source: Source) -> tuple[Comment, ...]:
    """Return the comments of a text, in their order; none of a text that is not YAML to its end."""
    lines = source.text.splitlines()
    taken: dict[int, list[tuple[int, int]]] = {}
    try:
        for event in yaml.parse(source.text, Loader=_Loader):
            if isinstance(event, yaml.ScalarEvent):
                for number, start, end in _stretches(event, lines):
                    taken.setdefault(number, []).append((start, end))
    except yaml.YAMLError:
        return ()
    found = (_comment(number, line, taken.get(number, ())) for number, line in enumerate(lines))
    return tuple(comment for comment in found if comment)


def _stretches(event: yaml.ScalarEvent, lines: list[str]) -> Iterator[tuple[int, int, int]]:
    """Yield line, start and end of what a key or value takes of each line, all counted from 0."""
    first, last = event.start_mark, event.end_mark
    if first is None or last is None:  # the parser sets both; its types do not say so
        return
    if event.style in ("|", ">"):
        head = lines[first.line][first.column :]
        yield first.line, first.column, first.column + len(head) - len(head.lstrip(_HEADER))
        for number in range(first.line + 1, last.line):
            yield number, 0, len(lines[number])
        return
    for number in range(first.line, min(last.line + 1, len(lines))):
        start = first.column if number == first.line else 0
        yield number, start, last.column if number == last.line else len(lines[number])


def _comment(number: int, line: str, taken: list[tuple[int, int]] | tuple[()]) -> Comment | None:
    start = line.find("#")
    while start >= 0:
        end = next((end for begin, end in taken if begin <= start < end), None)
        if end is None:
            return Comment(number + 1, start + 1, line[start:], not line[:start].strip())
        start = line.find("#", end)
    return None

"""`# kspec: ignore CODE`: warnings that the writer of a spec does not want to see."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kspec.spec.comments import Comment, comments_of
from kspec.spec.document import Document
from kspec.spec.problems import Path, Problem, Source, Span, did_you_mean

_MARK = re.compile(r"#\s*kspec:\s*ignore\b([^#]*)")
_CODE = re.compile(r"[^,\s](?:[^,]*[^,\s])?")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One code of an ignore comment.

    Args:
        code: The code as written.
        line: The line whose warnings it silences.
        span: Its place.
    """

    code: str
    line: int
    span: Span


def loud(problems: Sequence[Problem], document: Document) -> list[Problem]:
    """Return the problems without the warnings that comments silence.

    Args:
        problems: Problems with their places.
        document: What they were found in.
    """
    ignores = list(_ignores(document))
    return [problem for problem in problems if not any(_silences(ignore, problem, document) for ignore in ignores)]


def useless_ignores(
    problems: Sequence[Problem], document: Document, *, known: Collection[str], later: Collection[str]
) -> list[Problem]:
    """Return a warning for every comment that silences nothing. Those of a base may be meant for other specs.

    Args:
        problems: All warnings with their places, silenced ones too.
        document: What they were found in.
        known: Codes that can be ignored.
        later: Those of them that may come once the data is read: a comment for one is not called useless.
    """
    return list(_useless(problems, document, known, later))


def _useless(
    problems: Sequence[Problem], document: Document, known: Collection[str], later: Collection[str]
) -> Iterator[Problem]:
    message: str
    hint: str | None
    for ignore in _ignores_of(document.source):
        if not ignore.code:
            message, hint = "this comment ignores no warning", "name its code: `# kspec: ignore CODE`"
        elif ignore.code not in known:
            message, hint = f"there is no warning `{ignore.code}`", did_you_mean(ignore.code, known)
        elif ignore.code in later or any(_silences(ignore, problem, document) for problem in problems):
            continue
        else:
            message, hint = f"there is no warning `{ignore.code}` here to ignore", "leave the comment out"
        yield Problem("useless-ignore", (), message, hint, severity="warning", span=ignore.span)


def _ignores(document: Document) -> Iterator[Ignore]:
    for source in (document.source, *document.bases):
        yield from _ignores_of(source)


def _ignores_of(source: Source) -> Iterator[Ignore]:
    if not _MARK.search(source.text):
        return
    comments = comments_of(source)
    alone = {comment.line for comment in comments if comment.alone}
    for comment in comments:
        yield from _parsed(comment, source, alone)


def _parsed(comment: Comment, source: Source, alone: Collection[int]) -> Iterator[Ignore]:
    found = _MARK.search(comment.text)
    if not found:
        return
    line = comment.line
    if comment.alone:
        count = len(source.text.splitlines())
        while line in alone or (line <= count and not source.line(line).strip()):
            line += 1
    codes = list(_CODE.finditer(found[1]))
    for code in codes:
        start = comment.column + found.start(1) + code.start()
        span = Span(source, comment.line, start, comment.line, start + len(code[0]))
        yield Ignore(code[0], line, span)
    if not codes:
        start = comment.column + found.start()
        yield Ignore("", line, Span(source, comment.line, start, comment.line, start + len(found[0].rstrip())))


def _silences(ignore: Ignore, problem: Problem, document: Document) -> bool:
    if problem.severity != "warning" or problem.code != ignore.code:
        return False
    spans = [problem.span, *(document.span(path, key=True) for path in _within_component(problem.path))]
    return any(span and span.source == ignore.span.source and span.line == ignore.line for span in spans)


def _within_component(path: Path) -> Iterator[Path]:
    """Yield the paths from a node up to the component, list item or entry of a section that it belongs to."""
    named = [place for place, part in enumerate(path) if isinstance(part, str) and part[:1].isupper()]
    numbered = [place for place, part in enumerate(path) if isinstance(part, int)]
    first = named[-1] if named else numbered[-1] if numbered else min(1, len(path) - 1)
    if named and first and isinstance(path[first - 1], int):
        first -= 1
    for length in range(len(path), max(first, 0), -1):
        yield path[:length]

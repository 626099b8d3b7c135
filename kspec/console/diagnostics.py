"""Problems on screen: the place, the sentence, and the line with a caret under what is meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from kspec.console.printable import ELLIPSIS, expand, first_cells, last_cells, visible
from kspec.console.styles import SEVERITY_STYLES
from kspec.spec.problems import Problem, Severity, Span, sort_problems

_QUOTED = re.compile(r"`[^`]+`")
_NARROWEST_EXCERPT = 24


def render_problems(problems: Iterable[Problem], console: Console) -> None:
    """Print the problems in the order of their places, and how many there are.

    Args:
        problems: Problems of one or several stages; equal ones are shown once.
        console: Where to print. Its width decides how much of a long line is shown.
    """
    for line in problem_lines(problems, console.width):
        console.print(line, soft_wrap=True)


def problem_lines(problems: Iterable[Problem], width: int) -> list[Text]:
    """Return what `render_problems` prints.

    Args:
        problems: Problems of one or several stages; equal ones are shown once.
        width: Cells of the screen.
    """
    ordered = sort_problems(problems)
    lines = []
    for problem in ordered:
        lines.append(head_line(problem))
        if problem.span and problem.span.source.text:
            lines += excerpt_lines(problem.span, problem.severity, width)
        lines.append(Text())
    return [*lines, Text(count_problems(ordered), "bold")] if ordered else []


def head_line(problem: Problem) -> Text:
    """Return `file:line:column: severity: message [code]`. It is never wrapped, so that it can be copied whole."""
    line = Text()
    if span := problem.span:
        line.append(f"{visible(span.source.name)}:{span.line}:{span.column}:", "bold").append(" ")
    line.append(f"{problem.severity}:", SEVERITY_STYLES[problem.severity]).append(" ")
    message = Text(visible(problem.text))
    message.highlight_regex(_QUOTED, "bold")
    return line.append_text(message).append(f" [{visible(problem.code)}]", "dim")


def excerpt_lines(span: Span, severity: Severity, width: int) -> list[Text]:
    """Return the line that a span begins in, and the caret under it.

    Args:
        span: The place. Of a span of several lines the first is shown.
        severity: Decides the caret's colour.
        width: Cells of the screen.
    """
    number = f"{span.line:>4}"
    room = max(_NARROWEST_EXCERPT, width - len(number) - len(" | "))
    line = span.source.line(span.line)
    start = min(span.column - 1, len(line))
    # What follows the last word of the first line, blanks and the line break, is not part of what is meant.
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    window = cut_window(line, start, min(end, len(line)), room)
    text = Text().append(f"{number} | ", "dim").append(window.text)
    caret = Text().append(f"{' ' * len(number)} | ", "dim").append(" " * window.offset)
    text.rstrip()
    return [text, caret.append("^" * window.length, SEVERITY_STYLES[severity])]


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a line that is shown, with the offset and the length of the caret in cells."""

    text: str
    offset: int
    length: int


def cut_window(line: str, start: int, end: int, room: int) -> Window:
    """Return the part of a line around `line[start:end]` that takes at most `room` cells.

    Args:
        line: The line as written.
        start: Index of the first character that is meant.
        end: Index behind the last one.
        room: Cells there are. What lies beyond is cut, with `…` in its place.
    """
    # A line may be a megabyte of JSON: only what could be shown is looked at.
    low, high = max(0, start - room), min(len(line), start + room)
    head = expand(line[low:start])
    body = expand(line[start : max(start, min(end, high))], at=cell_len(head))
    tail = expand(line[max(start, min(end, high)) : high], at=cell_len(head + body))
    if low == 0 and high == len(line) and cell_len(head + body + tail) <= room:
        return Window(head + body + tail, cell_len(head), max(1, cell_len(body)))
    side = room - min(cell_len(body), room * 2 // 3)
    left = min(cell_len(head), max(side // 2, side - cell_len(tail)))
    if low or left < cell_len(head):
        head = ELLIPSIS + last_cells(head, left - 1)
    rest = body + tail
    space = room - cell_len(head)
    if high < len(line) or cell_len(rest) > space:
        rest = first_cells(rest, space - 1) + ELLIPSIS
    length = max(1, min(cell_len(body), cell_len(rest)))
    return Window(head + rest, cell_len(head), length)


def count_problems(problems: Iterable[Problem]) -> str:
    """Return how many there are of each severity, such as `2 errors, 1 warning`."""
    counts = Counter(problem.severity for problem in problems)
    parts = [(counts[severity], severity) for severity in SEVERITY_STYLES if counts[severity]]
    return ", ".join(f"{count} {severity}{'' if count == 1 else 's'}" for count, severity in parts)


def problems_as_json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """Return the problems in the order of their places, as values for `json.dumps`.

    Lines and columns count from 1, ends are exclusive; they are None, like `file`, for a problem without a place.
    """
    return [_as_json(problem) for problem in sort_problems(problems)]


def _as_json(problem: Problem) -> dict[str, object]:
    span = problem.span
    return {
        "file": span.source.name if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
        "path": list(problem.path),
    }

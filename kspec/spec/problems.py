"""Problems as data: what is wrong, where, and how to mend it."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Path = tuple[str | int, ...]
"""The way from the top of a document to a node: mapping keys and list indices."""

Severity = Literal["error", "warning", "note"]
At = Literal["value", "key"]


@dataclass(frozen=True, slots=True)
class Source:
    """One text that a document was read from: a file, standard input, or a `--set` option."""

    name: str
    text: str = ""

    def line(self, number: int) -> str:
        """Return line `number`, counted from 1, without its line break."""
        lines = _lines(self.text)
        return lines[number - 1] if 0 < number <= len(lines) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source. Lines and columns count from 1, in characters; the end is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a spec, its data or its run.

    Args:
        code: Short name of the kind of problem, such as `unknown-argument`.
        path: Node that the problem is about.
        message: What is wrong, one sentence without a full stop.
        hint: How to mend it, shown after the message.
        severity: An `error` stops the work; a `warning` and a `note` do not.
        at: Whether the node's key or its value is to be pointed at.
        span: Place in the text; filled in by the document.
    """

    code: str
    path: Path
    message: str
    hint: str | None = None
    severity: Severity = "error"
    at: At = "value"
    span: Span | None = None

    def placed(self, span: Span | None) -> Problem:
        """Return this problem with its place."""
        return replace(self, span=span)

    @property
    def text(self) -> str:
        """The message and the hint, as one line."""
        return " ".join((f"{self.message}; {self.hint}" if self.hint else self.message).splitlines())

    def __str__(self) -> str:
        where = f"{self.span.source.name}:{self.span.line}:{self.span.column}: " if self.span else ""
        return f"{where}{self.severity}: {self.text} [{self.code}]"


class SpecError(Exception):
    """A stage ended with problems that stop the work.

    Attributes:
        problems: All problems of the stage, in the order of their places.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sort_problems(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def as_errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems with their warnings made errors."""
    return [replace(problem, severity="error") if problem.severity == "warning" else problem for problem in problems]


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems by source, line and column, each once."""

    def key(problem: Problem) -> tuple[str, int, int]:
        span = problem.span
        return (span.source.name, span.line, span.column) if span else ("", 0, 0)

    return sorted(dict.fromkeys(problems), key=key)


@functools.lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    """Return the lines of a text; kept, because every problem of a long spec shows one of them."""
    return text.splitlines()


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return `did you mean ...?` with the known name nearest to `word`, or None if none is near."""
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else None


def did_you_mean_file(name: str, known: Iterable[str]) -> str | None:
    """Return `did you mean ...?` for the name of a file; that both end in `.yaml` makes no two names alike."""
    ending = name[name.index(".") :] if "." in name[1:] else ""
    stems = {each.removesuffix(ending): each for each in known}
    near = nearest(name.removesuffix(ending), stems)
    return f"did you mean `{stems[near]}`?" if near else None


def alike(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that differs from `word` in letter case, `_` and `-` only, or None."""
    wanted = _fold(word)
    return next((name for name in known if _fold(name) == wanted), None)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name nearest to `word`, or None if none is near.

    Letter case is ignored first, since `conv2D` for `Conv2D` is the commonest slip of all.
    """
    return _nearest(word, tuple(known))


@functools.lru_cache(maxsize=256)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    folded: dict[str, str] = {}
    for name in known:
        folded.setdefault(_fold(name), name)
    wanted = _fold(word)
    if wanted in folded:
        return folded[wanted]
    near = difflib.get_close_matches(wanted, folded, n=5, cutoff=0.66)
    if near:
        order = list(folded)

        def distance(name: str) -> tuple[int, int, int]:  # slips are rare in the first letters
            return _slips(wanted, name), -_alike(wanted, name), order.index(name)

        return folded[min(near, key=distance)]
    # `aux` for `aux_output`: too short to be alike, but part of one name only.
    parts = [name for name in folded if wanted in name] if len(wanted) >= _SHORTEST_PART else []
    return folded[parts[0]] if len(parts) == 1 else None


_SHORTEST_PART = 3


def _alike(word: str, name: str) -> int:
    """Return with how many letters two words begin alike."""
    return next((at for at, pair in enumerate(zip(word, name, strict=False)) if len(set(pair)) > 1), len(word))


def _slips(word: str, name: str) -> int:
    """Return how many letters were left out, added, changed, or swapped with the next one.

    Source: the optimal string alignment distance.
    """
    rows = [list(range(len(name) + 1))]
    for i, letter in enumerate(word, start=1):
        row = [i]
        for j, other in enumerate(name, start=1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == name[j - 2] and word[i - 2] == other:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]


def _fold(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")

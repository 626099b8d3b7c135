"""The list of problems that the checks of one document fill, and the questions they all ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

from kspec.spec.problems import At, Path, Problem, Severity, did_you_mean, nearest
from kspec.spec.slips import slip

_WITHOUT_VALUE = {"unknown-constant", "bad-expression"}
"""Problems that leave a place without its value."""


@dataclass(slots=True)
class Checker:
    """Collects problems, so that one pass over a document shows all of them."""

    problems: list[Problem] = field(default_factory=list)
    _written: dict[Path, str] = field(default_factory=dict)
    _empty: set[Path] = field(default_factory=set)

    def error(self, code: str, path: Path, message: str, hint: str | None = None, *, at: At = "value") -> None:
        """Note a problem that stops the work."""
        self.note(code, path, message, hint, at=at, severity="error")

    def note(
        self, code: str, path: Path, message: str, hint: str | None = None, *, at: At = "value", severity: Severity
    ) -> None:
        """Note a problem of any severity."""
        self.problems.append(Problem(code, path, message, hint, severity, at))

    def rename(self, path: Path, written: str) -> None:
        """Note that the key at `path` is misspelt in the document: problems below it are placed where it is written."""
        self._written[path] = written

    def leave_empty(self, path: Path) -> None:
        """Note that a place has no value for a reason that is told elsewhere: nothing more is said of it."""
        self._empty.add(path)

    def has_gap(self, path: Path) -> bool:
        """Say whether a place, or one below it, has no value for such a reason."""
        return any(empty[: len(path)] == path for empty in self._empty)

    def as_written(self) -> list[Problem]:
        """Return the problems with the paths that the document has, misspelt keys and all.

        What has no value because its expression is wrong is told once, for the expression.
        """
        empty = self._empty | {problem.path for problem in self.problems if problem.code in _WITHOUT_VALUE}
        kept = [
            problem
            for problem in self.problems
            if problem.code in _WITHOUT_VALUE
            or not any(problem.path[:length] in empty for length in range(len(problem.path) + 1))
        ]
        return [replace(problem, path=self._path(problem.path)) for problem in kept] if self._written else kept

    def _path(self, path: Path) -> Path:
        return tuple(self._written.get(path[: place + 1], part) for place, part in enumerate(path))

    def errors_since(self, count: int) -> bool:
        """Say whether a problem that stops the work is among those after the first `count`."""
        return any(problem.severity == "error" for problem in self.problems[count:])

    def mapping(self, value: Any, path: Path, what: str, *, expected: str = "a mapping") -> dict[str, Any] | None:
        """Return `value` if it is a mapping, else note `wrong-type` and return None."""
        if isinstance(value, dict):
            return value
        hint = slip(value) if isinstance(value, str) else None
        self.error("wrong-type", path, f"{what} is {expected}, not {kind_of(value)}", hint)
        return None

    def known_keys(
        self,
        value: Mapping[str, Any],
        path: Path,
        what: str,
        known: Iterable[str],
        *,
        hints: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Note `unknown-key` for every key that is not known.

        Args:
            value: The mapping.
            path: Its place.
            what: What it is, as in "`fit` has no key ...".
            known: The keys that it may have.
            hints: For keys that people bring from elsewhere, what to do instead.

        Returns:
            The mapping with its misspelt keys put right, so that one slip is not reported again as something missing.
        """
        names = list(known)
        mended: dict[str, Any] = {key: item for key, item in value.items() if key in names}
        for key, item in value.items():
            if key in names:
                continue
            likely = nearest(key, names)
            if likely and likely not in mended:
                mended[likely] = item
                self.rename((*path, likely), key)
            hint = (hints or {}).get(key) or slip(key) or did_you_mean(key, names)
            if hint is None and len(names) <= 12:
                hint = "it may have " + listing(names)
            self.error("unknown-key", (*path, key), f"{what} has no key `{shortened(key)}`", hint, at="key")
        return mended


def is_whole(value: Any) -> TypeGuard[int]:
    """Say whether a value is a whole number; `true` and `false`, which Python counts among them, are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def kind_of(value: Any) -> str:
    """Return what a value is, in words for a message: `the text 'abc'`, `the number 3`, `a list`, `nothing`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text `{shortened(value)}`"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"a {type(value).__name__}"


def shortened(text: str, width: int = 40) -> str:
    """Return a text cut to `width` characters, line breaks shown as spaces."""
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def listing(names: Iterable[str], last: str = "and") -> str:
    """Return names as "`a`, `b` and `c`"."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"

"""YAML text that is written for a reader: short lines, with a remark beside or above each."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from kspec.spec.scalars import plain_scalar

WIDTH = 118
_REMARKS = 44
"""Column in which remarks stand beside short lines."""
_PLAIN = re.compile(r"(?:(?:\.\./)*|/)[^\W\d](?:[\w./-]| (?=[\w./-]))*")
_LONGEST_NAME = 40


class Sheet:
    """A YAML text that grows line by line."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"

    def line(self, depth: int, text: str, remark: str = "") -> None:
        """Add a line, indented by `depth` steps, with a remark beside it if there is room, else above it."""
        indented = "  " * depth + text
        beside = f"{indented.ljust(_REMARKS)}  # {plain(remark)}"
        if remark and len(beside) > WIDTH:
            self.remark(depth, remark)
        self._lines.append(indented if not remark or len(beside) > WIDTH else beside)

    def remark(self, depth: int, text: str, bullet: str = "") -> None:
        """Add a comment of as many lines as it takes, the first of which begins with the bullet."""
        lead = "  " * depth + "# "
        more = lead + " " * len(bullet)
        self._lines += textwrap.wrap(
            plain(text), WIDTH, initial_indent=lead + bullet, subsequent_indent=more, break_on_hyphens=False
        )

    def names(self, depth: int, key: str, names: Iterable[str], remark: str = "") -> None:
        """Add `key: [...]`, over as many lines as the names take."""
        written = [scalar(name) for name in names]
        whole = f"{key}: [{', '.join(written)}]"
        if 2 * depth + len(whole) <= WIDTH:
            self.line(depth, whole, remark)
            return
        if remark:
            self.remark(depth, remark)
        row = f"{'  ' * depth}{key}: ["
        hanging = " " * len(row)
        for place, name in enumerate(written):
            item = name + ("," if place < len(written) - 1 else "]")
            if row.strip() and len(row) + 1 + len(item) > WIDTH and not row.endswith("["):
                self._lines.append(row)
                row = hanging
            row += item if row.endswith("[") or not row.strip() else f" {item}"
        self._lines.append(row)

    def space(self, lines: int = 1) -> None:
        """Leave lines empty."""
        self._lines += [""] * lines


def scalar(text: str) -> str:
    """Return a text as YAML that reads back as the same text, wherever it stands."""
    if _PLAIN.fullmatch(text) and text.isprintable() and plain_scalar(text) == text:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain(escaped)}"'


def plain(text: str) -> str:
    r"""Return a text with what a line of YAML cannot hold escaped, such as `\t` and `\x85`."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )


def shown(name: str) -> str:
    """Return the name of a column as remarks show it."""
    name = plain(name)
    return f"`{name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + '…'}`"


def listing(names: Iterable[str], most: int = 4) -> str:
    """Return names as remarks show them, the first few."""
    every = [shown(name) for name in names]
    if len(every) > most:
        return f"{', '.join(every[:most])} and {len(every) - most:,} more"
    return " and ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)

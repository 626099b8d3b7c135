"""The Python files that the command line names: read as text, once."""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from kspec.spec.problems import Problem, Source, Span, SpecError, did_you_mean

LARGEST = 2_000_000
"""Bytes that a file may have."""

MODULE_PREFIX = "kspec_code_"
"""How the names of the modules begin that such files become."""

DEEPEST = 400
"""Levels of the syntax tree that a file may have: nearly as many terms of a sum, or times `elif` after one `if`."""


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A Python file with components of one's own.

    Args:
        path: Where it lies, absolute.
        source: Its text, under the name by which it was given.
        sha256: Of its bytes.
        offered: Names of the classes and functions that a spec can use.
    """

    path: Path
    source: Source
    sha256: str
    offered: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """Name under which other files that are named too can import it: that of the file without its ending."""
        return self.path.stem

    @property
    def module(self) -> str:
        """Name of the module that the file becomes once it is run; no other module has one like it."""
        return MODULE_PREFIX + re.sub(r"\W", "_", self.stem)


def read_file(given: str | Path) -> CodeFile:
    """Read a file.

    Raises:
        SpecError: It is no text file that can be read.
    """
    path = Path(given)
    try:
        if path.is_dir():
            raise SpecError([Problem("not-a-file", (), f"`{given}` is a folder", "name a Python file in it")])
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        beside = [entry.name for entry in path.parent.glob("*.py")] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, beside)
        raise SpecError([Problem("not-found", (), f"there is no file `{given}`", hint)]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SpecError([Problem("unreadable", (), f"`{given}` cannot be read: {reason}")]) from None
    if len(content) > LARGEST:
        message = f"`{given}` is larger than {LARGEST // 1_000_000} MB, too large for Python code"
        raise SpecError([Problem("too-large", (), message)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        hint = "save the file as UTF-8"
        raise SpecError([Problem("not-utf-8", (), f"`{given}` is not UTF-8", hint)]) from None
    return CodeFile(path.absolute(), Source(str(given), text), hashlib.sha256(content).hexdigest())


def parse(file: CodeFile) -> ast.Module:
    """Return the syntax tree of a file; nothing of it is run.

    Raises:
        SpecError: It is not Python, or nested too deep to be looked through; the problem stands in the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # before Python 3.12, what is a SyntaxWarning now was another
            tree = ast.parse(file.source.text)
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        same = (error.end_lineno or line) == line
        end = max(column + 1, (error.end_offset or 0) if same else 0)
        span = Span(file.source, line, column, line, end)
        raise SpecError([Problem("python-syntax", (), f"this is not Python: {error.msg}", span=span)]) from None
    except ValueError as error:
        span = Span(file.source, 1, 1, 1, 1)
        raise SpecError([Problem("python-syntax", (), f"this is not Python: {error}", span=span)]) from None
    except (RecursionError, MemoryError):
        raise _too_deep(file, 1) from None  # Python's own limit, before Python 3.13
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise _too_deep(file, next((node.lineno for node in level if isinstance(node, ast.expr | ast.stmt)), 1))
    return tree


def _too_deep(file: CodeFile, line: int) -> SpecError:
    message = f"nested more than {DEEPEST} levels deep"
    return SpecError([Problem("too-deep", (), message, span=Span(file.source, line, 1, line, 1))])


def place(file: CodeFile, node: ast.ClassDef | ast.FunctionDef) -> Span:
    """Return the place of the name of a class or function."""
    line = file.source.line(node.lineno)
    column = line.find(node.name, node.col_offset) + 1 or node.col_offset + 1
    return Span(file.source, node.lineno, column, node.lineno, column + len(node.name))

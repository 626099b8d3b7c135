"""Every spec beside this file: the good ones have no problem, the broken ones show the screen that stands with them.

A broken spec lies in `invalid/CODE/` and has one problem, of that code. Beside `NAME.yaml` stands `NAME.txt`, the
screen of `kspec validate --static NAME.yaml`; `KSPEC_UPDATE_GOLDEN=1` writes it anew, to be looked at before it is
kept.
"""

from __future__ import annotations

import ast
import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from kspec import catalogue
from kspec.console.diagnostics import render_problems
from kspec.spec.checking import read_spec
from kspec.spec.extending import extend
from kspec.spec.lints import LINTS
from kspec.spec.problems import Problem
from kspec.spec.reading import read_document

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "kspec" / "spec"
VALID = sorted((HERE / "valid").iterdir())
INVALID = sorted(path for path in (HERE / "invalid").glob("*/*") if path.suffix in (".yaml", ".json"))

WITHOUT_A_SPEC = {"not-found", "not-a-file", "unreadable", "too-large", "bad-override", "unknown-name", "python-syntax"}
"""Codes about the file itself, `--set`, `--code` or a name to explain; tests/spec/ has them."""


def problems_of(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Problem, ...]:
    monkeypatch.chdir(path.parent)
    document = read_document(path.name)
    extend(document, catalogue.load())
    return read_spec(document, catalogue.load()).problems


def screen(problems: tuple[Problem, ...]) -> str:
    console = Console(file=io.StringIO(), width=100, color_system=None, force_terminal=False)
    render_problems(problems, console)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.name)
def test_valid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [str(problem) for problem in problems_of(path, monkeypatch)] == []


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_invalid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = problems_of(path, monkeypatch)
    assert [problem.code for problem in problems] == [path.parent.name], [str(problem) for problem in problems]
    found = screen(problems)
    golden = path.with_suffix(".txt")
    if os.environ.get("KSPEC_UPDATE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")
    assert golden.is_file(), f"there is no {golden.name}: run with KSPEC_UPDATE_GOLDEN=1"
    assert found == golden.read_text(encoding="utf-8")
    assert "Traceback" not in found


def test_every_code_has_a_spec() -> None:
    folders = {path.name for path in (HERE / "invalid").iterdir()}
    assert codes_in_package() | set(LINTS) == folders | WITHOUT_A_SPEC


def codes_in_package() -> set[str]:
    """Return the codes of all problems that kspec/spec notes: first arguments of the calls that make problems."""
    makers = {"error", "note", "problem", "Problem", "_unread"}
    codes: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [
                *(node.args if name in makers else []),
                *(word.value for word in node.keywords if word.arg == "code"),
            ]
            codes |= {arg.value for arg in given if isinstance(arg, ast.Constant) and _is_code(arg.value)}
            if name == "ExpressionError" and len(node.args) == 3 and isinstance(node.args[2], ast.Constant):
                codes.add(node.args[2].value)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.arg | ast.FunctionDef) and isinstance(node, ast.FunctionDef):
                named = dict(zip(reversed(node.args.args), reversed(node.args.defaults), strict=False))
                codes |= {
                    default.value
                    for arg, default in named.items()
                    if arg.arg == "code" and isinstance(default, ast.Constant)
                }
            if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "code" for target in node.targets):
                codes |= {
                    part.value
                    for part in ast.walk(node.value)
                    if isinstance(part, ast.Constant) and "-" in str(part.value)
                }
    return codes


def _is_code(value: object) -> bool:
    return isinstance(value, str) and value.replace("-", "").isalnum() and value.islower() and " " not in value

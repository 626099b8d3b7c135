"""Specs from texts, as the tests of the language read them."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import dedent

from kspec import catalogue
from kspec.spec.checking import Reading, read_spec
from kspec.spec.extending import extend
from kspec.spec.overrides import apply_overrides
from kspec.spec.problems import Problem
from kspec.spec.reading import read_text
from kspec.spec.spec import Spec


def read(text: str, *overrides: str, name: str = "spec.yaml") -> Reading:
    """Return what comes of reading a text; its common indentation is left out."""
    document = read_text(name, dedent(text).lstrip("\n"))
    known = catalogue.load()
    extend(document, catalogue.load())
    apply_overrides(document, overrides, known)
    return read_spec(document, known)


def spec_of(text: str, *overrides: str) -> Spec:
    """Return the spec that a text is; a problem in it fails the test."""
    reading = read(text, *overrides)
    assert reading.spec is not None, [str(problem) for problem in reading.problems]
    return reading.spec


def shown(problems: Iterable[Problem]) -> list[str]:
    """Return problems as `line:column code`, columns counted from 1."""
    return [f"{problem.span.line}:{problem.span.column} {problem.code}" for problem in problems if problem.span]


def model_of(steps: str, *overrides: str) -> Spec:
    """Return a spec whose model has these steps and an input of four numbers."""
    return spec_of("model:\n  input: [4]\n  layers:\n" + _indented(steps), *overrides)


def problems_of(steps: str) -> list[str]:
    """Return what is wrong with a model of these steps: `line:column code`, lines counted from the first step."""
    reading = read("model:\n  input: [4]\n  layers:\n" + _indented(steps))
    return [
        f"{problem.span.line - 3}:{problem.span.column - 4} {problem.code}"
        for problem in reading.problems
        if problem.span
    ]


def _indented(steps: str) -> str:
    return "".join(f"    {line}\n" for line in dedent(steps).strip("\n").splitlines())

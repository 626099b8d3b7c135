"""The values of a sweep put into the spec, as `--set` would, to see whether they are right there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kspec.catalogue import Catalogue
from kspec.spec.document import Document
from kspec.spec.overrides import SOURCE, apply_overrides
from kspec.spec.problems import Path, Problem, did_you_mean
from kspec.spec.sweep import SweepSpec
from kspec.spec.sweep_space import SPACE, Dimension
from kspec.spec.writing import to_inline
from kspec.spec.written_paths import copy_node

if TYPE_CHECKING:
    from kspec.spec.checking import Reading

MOST = 50
"""Values of one dimension that are tried; further ones are the trials' own."""


def option(name: str, value: Any) -> str:
    """Return the `--set` option that puts a value at a path."""
    return f"{name}={to_inline(value)}"


def check_space(
    document: Document, catalogue: Catalogue, sweep: SweepSpec, read: Callable[[Document], Reading]
) -> list[Problem]:
    """Return what would be wrong with the spec of a trial, at the value that is tried.

    Args:
        document: The document, right as it stands.
        catalogue: What Keras offers.
        sweep: What is tried.
        read: Reads a document.
    """
    problems = _unknown_constants(document, sweep)
    named = {problem.path for problem in problems}
    dimensions = [dimension for dimension in sweep.space if dimension.path not in named]
    rounds = min(MOST, max((len(dimension.samples) for dimension in dimensions), default=0))
    for number in range(rounds):
        tried = [(dimension, *dimension.samples[number % len(dimension.samples)]) for dimension in dimensions]
        options = {option(dimension.name, value): (dimension, place) for dimension, value, place in tried}
        trial = _trial(document, list(options), catalogue)
        for problem in read(trial).problems:
            if problem.severity == "error":
                problems.append(_placed(problem, options))
    return _once(problems)


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems, of the two ends of a range that are wrong in one way only the first."""
    found: dict[tuple[Path, str], Problem] = {}
    for problem in problems:
        ends = problem.path[-1:] in (("low",), ("high",)) and problem.code == "wrong-type"
        found.setdefault((problem.path[:-1], problem.code) if ends else (problem.path, problem.message), problem)
    return list(found.values())


def _trial(document: Document, options: Sequence[str], catalogue: Catalogue) -> Document:
    """Return the document of a trial, the document itself left as it is."""
    root = copy_node(document.root) if document.root else None
    if root is not None and isinstance(root.value, dict):
        root.value.pop("sweep", None)
    trial = Document(document.source, root, [], document.bases)
    apply_overrides(trial, options, catalogue)
    return trial


def _placed(problem: Problem, options: dict[str, tuple[Dimension, Path]]) -> Problem:
    """Return a problem of a trial at the value that brings it, or at the space if no single value does."""
    span = problem.span
    if span and span.source.name == SOURCE and span.source.text in options:
        dimension, place = options[span.source.text]
        in_path = span.column <= len(dimension.name)
        code = "bad-path" if problem.code == "bad-override" else problem.code
        path = dimension.path if in_path else place
        return replace(problem, code=code, path=path, at="key" if in_path else "value", span=None)
    message = f"with {', '.join(f'`{text}`' for text in options)}: {problem.message}"
    return replace(problem, path=SPACE, message=message, at="key", span=None)


def _unknown_constants(document: Document, sweep: SweepSpec) -> list[Problem]:
    """Return a problem for every constant that is tried and that the spec does not have."""
    constants = document.root.child("vars") if document.root else None
    known = list(constants.entries) if constants else []
    problems = []
    for dimension in sweep.space:
        section, _, rest = dimension.name.partition(".")
        name = rest.partition(".")[0]
        if section == "vars" and name not in known:
            hint = did_you_mean(name, known) or "add it under `vars`, with the value that it has otherwise"
            message = f"there is no constant `{name}`"
            problems.append(Problem("unknown-constant", dimension.path, message, hint, at="key"))
    return problems

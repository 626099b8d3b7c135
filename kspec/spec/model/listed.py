"""The list of steps of a model or of a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kspec.spec.checker import Checker, kind_of
from kspec.spec.expressions import substitute
from kspec.spec.model.names import written_names
from kspec.spec.model.references import Result
from kspec.spec.model.steps import StepReader
from kspec.spec.problems import Path


def listed_steps(value: Any, path: Path, constants: Mapping[str, Any], checker: Checker) -> list[Any] | None:
    """Return what stands behind `layers` if it is a list of steps, noting if not.

    Args:
        value: What is written.
        path: Its place.
        constants: What `$(...)` may use.
        checker: Where problems go.
    """
    if isinstance(value, str):
        value = substitute(value, constants, path, checker)
        if value is None:
            return None
    if not isinstance(value, list) or not value:
        given = "an empty one" if value == [] else kind_of(value)
        hint = "put `- ` before each layer" if isinstance(value, dict) else "write `- Dense: 10` below it"
        checker.error("wrong-type", path, f"`layers` is a list of steps, not {given}", hint, at="key")
        return None
    return value


def read_steps(steps: Sequence[Any], path: Path, reader: StepReader, first: Result) -> Result | None:
    """Add steps to a graph and return the result of the last one; None if it is not known.

    Args:
        steps: The steps.
        path: Place of the list.
        reader: Reads them.
        first: What feeds the first step.
    """
    aside = Checker()  # what is wrong with a name is told where its step is read
    names = (substitute(name, reader.constants, (), aside) for name in written_names(steps))
    reader.wiring.names.will_come(name for name in names if isinstance(name, str))
    previous: Result | None = first
    for index, step in enumerate(steps):
        previous = reader.read(step, (*path, index), previous)
        if reader.wiring.scope.budget.left < 0:
            break
    return previous

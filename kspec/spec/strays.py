"""Arguments that a component does not have: what was meant by each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kspec.catalogue import Catalogue, Component
from kspec.spec.checker import Checker, shortened
from kspec.spec.problems import Path
from kspec.spec.unknown import argument_hint, known_arguments

_BESIDE_APPLICATION = ("outputs", "trainable", "from", "repeat")


def note_strays(
    catalogue: Catalogue, checker: Checker, component: Component, strays: Sequence[str], given: Collection[str],
    path: Path,
) -> set[str]:  # fmt: skip
    """Note every argument that a component does not have.

    Args:
        catalogue: What Keras offers.
        checker: Where problems go.
        component: The component.
        strays: Names that it has no arguments for.
        given: Names of arguments that are there, or excused.
        path: Place of the arguments.

    Returns:
        The arguments that were meant. They are not missing as well: one mistake is one problem.
    """
    wrapped = _wrapped(catalogue, component, strays)
    strays = [name for name in strays if wrapped is None or name not in wrapped.arguments]  # they belong into that
    hints = {name: _hint(catalogue, component, name) for name in strays}
    meant = {meaning for _, meaning in hints.values() if meaning}
    for hint, _ in hints.values():
        meant |= {name for name in component.required if re.search(rf"`{name}\b", hint or "")}
    missing = [name for name in component.required if name not in {*given, *meant}]
    for name, (hint, _) in hints.items():
        if hint is None and missing:
            needed = missing.pop(0)
            meant.add(needed)
            hint = f"it needs `{needed}`"
        message = f"{component.title} has no argument `{shortened(name)}`"
        hint = hint or known_arguments(component)
        checker.error("unknown-argument", (*path, name), message, hint, at="key")
    return meant


def _wrapped(catalogue: Catalogue, component: Component, strays: Sequence[str]) -> Component | None:
    """Return the component among the strays that the first argument takes."""
    family = component.first.family if component.first else None
    names = [name for name in strays if name[:1].isupper()] if family else []
    return next((found for name in names if (found := catalogue.component(str(family), name))), None)


def _hint(catalogue: Catalogue, component: Component, name: str) -> tuple[str | None, str | None]:
    """Return how to mend an argument, and the one that was meant, as far as known."""
    first = component.first
    if first and _wrapped(catalogue, component, [name]):
        return f"write `{first.name}: {{{name}: ...}}`", first.name
    if component.family == "applications" and name in _BESIDE_APPLICATION:
        return "it stands beside `application`, not inside", None
    return argument_hint(component, name)

"""Arguments that a component does not have: what was meant by each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kspec.catalogue import Catalogue, Component
from kspec.spec.checker import Checker, shortened
from kspec.spec.problems import Path
from kspec.spec.unknown import argument_hint, known_arguments


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
        message = f"{component.name} has no argument `{shortened(name)}`"
        hint = hint or known_arguments(component)
        checker.error("unknown-argument", (*path, name), message, hint, at="key")
    return meant


def _hint(catalogue: Catalogue, component: Component, name: str) -> tuple[str | None, str | None]:
    """Return how to mend an argument, and the one that was meant, as far as known."""
    first = component.first
    if first and first.family and name[:1].isupper() and catalogue.component(first.family, name):
        return f"write `{first.name}: {{{name}: ...}}`", first.name
    return argument_hint(component, name)

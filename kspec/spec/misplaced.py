"""Arguments that stand beside their component instead of inside it: a missing indentation, or a short form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import listing
from kspec.spec.problems import did_you_mean
from kspec.spec.writing import to_inline

_LONGEST = 70


def misplaced_hint(component: Component, inner: Any, others: Mapping[str, Any]) -> str | None:
    """Return how to write the keys `others` that stand beside a component.

    Args:
        component: The component.
        inner: What stands behind its name.
        others: The keys beside it.
    """
    misplaced = {key: value for key, value in others.items() if key in component.arguments}
    if not misplaced:
        return did_you_mean(next(iter(others)), component.arguments)
    if inner is None:
        arguments: dict[str, Any] = {}
    elif isinstance(inner, dict):
        arguments = inner
    else:
        arguments = {component.first.name: inner} if component.first else {}
    written = to_inline({component.name: {**arguments, **misplaced}}).removeprefix("{").removesuffix("}")
    are = "is an argument" if len(misplaced) == 1 else "are arguments"
    if len(written) <= _LONGEST:
        return f"{listing(misplaced)} {are} of it: write `{written}`"
    return f"{listing(misplaced)} {are} of it: indent {'it' if len(misplaced) == 1 else 'them'} further"

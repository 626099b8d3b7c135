"""Names that mean nothing where they are used: where they stand, and what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kspec.spec.model.names import Names, written_names
from kspec.spec.model.scope import Scope
from kspec.spec.model.words import PREVIOUS
from kspec.spec.problems import did_you_mean


def unknown_hint(name: str, names: Names, scope: Scope) -> str | None:
    """Return what to do about a name that no step or input in sight has.

    Args:
        name: The name.
        names: The names that are in sight.
        scope: What `shared` and `blocks` offer, and the models around.
    """
    if entry := scope.find(name):
        scope.used.add(entry.path)
        what = "a block" if entry.section == "blocks" else "built once, and"
        return f"`{name}` is {what} called by steps: give such a step a `name`, and say that here"
    base, _, number = name.rpartition("_")
    if base in names.results and number.isdigit():
        return f"`{base}` is the last of its repeats; the others cannot be referred to"
    if name in names.layers:
        return "kspec numbered it; give the step a `name` to refer to it"
    parts = [part.strip() for part in name.split(",")]
    if len(parts) > 1:
        return f"write a list: `[{', '.join(parts)}]`"
    return (
        did_you_mean(name, [*names.results, *names.written])
        or _elsewhere(name, names, scope)
        or (None if names.written else _only_names(names))
    )


def _only_names(names: Names) -> str:
    known = ", ".join(f"`{name}`" for name in names.results)
    before = f"`{PREVIOUS}` for the step before" + (f", or the input {known}" if len(names.results) == 1 else "")
    return f"only names can be referred to: give the step a `name`, or write {before}"


def _elsewhere(name: str, names: Names, scope: Scope) -> str | None:
    """Return what to do about a name that stands in a model around, in a block, or in a model inside."""
    around: Scope | None = scope
    while around is not None:
        content = around.content
        if name in names_of(content):
            first = next(iter(names.results), "input")
            if around is scope:
                return f"a block sees only its own names: write `inputs: [{first}, {name}]` in it, and feed it both"
            return f"a model inside another sees only its own names: give it `{name}` among its `inputs`, and feed it"
        if owner := _owner(name, around):
            return f"it is a name inside {owner}: list it in the `outputs` there, and refer to the step that uses it"
        around = around.parent
    return None


def _owner(name: str, scope: Scope) -> str | None:
    """Return what has a step of this name inside: an entry, or a model that is a step."""
    for entry in scope.entries.values():
        if isinstance(entry.value, dict) and name in names_of(entry.value):
            return f"`{entry.name}`"
    steps = scope.content.get("layers")
    inner = [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
    return next(("a model with `layers`" for step in inner if name in names_of(step)), None)


def names_of(content: Mapping[str, Any]) -> list[str]:
    """Return the names of the inputs and steps of a model as it is written."""
    steps, inputs = content.get("layers"), content.get("inputs")
    names = list(written_names(steps)) if isinstance(steps, list) else []
    return [*names, *inputs] if isinstance(inputs, dict) else names

"""An argument: that of one component, or what all components mean that have one of this name."""

from __future__ import annotations

from collections.abc import Collection

from kspec.catalogue import Argument, Catalogue, Component
from kspec.spec.arguments import KINDS
from kspec.spec.explain.components import shown_name
from kspec.spec.explain.entries import ArgumentEntry, ArgumentUse
from kspec.spec.unknown import noun


def argument_of(component: Component, argument: Argument) -> ArgumentEntry:
    """Return an argument of one component."""
    name = shown_name(component.family, component.name)
    use = ArgumentUse(argument, component.family, noun(component.family), (name,))
    return ArgumentEntry(f"{name}.{argument.name}", (use,))


def argument_entry(catalogue: Catalogue, name: str, families: Collection[str]) -> ArgumentEntry | None:
    """Return an argument as the components of some families take it, or None if none of them does.

    Components that say the same of it stand together, the largest such group first.
    """
    uses: dict[tuple[str, str], tuple[Argument, list[str]]] = {}
    for family in families:
        for canonical in catalogue.having(family, name):
            component = catalogue.component(family, canonical)
            argument = component.arguments.get(name) if component else None
            if argument is not None:
                _, names = uses.setdefault((family, repr(argument)), (argument, []))
                names.append(shown_name(family, canonical))
    if not uses:
        return None
    found = [ArgumentUse(argument, key[0], noun(key[0]), tuple(names)) for key, (argument, names) in uses.items()]
    return ArgumentEntry(name, tuple(sorted(found, key=lambda use: -len(use.components))))


def argument_names(catalogue: Catalogue, families: Collection[str]) -> set[str]:
    """Return the names of all arguments."""
    return {
        name
        for family in families
        for canonical in catalogue.canonical(family)
        if (component := catalogue.component(family, canonical))
        for name in component.arguments
    }


def taken(argument: Argument, *, most: int | None = None) -> str:
    """Return what an argument takes, in words: `whole number, at least 1`; empty if it is not known.

    Args:
        argument: The argument.
        most: How many choices are named; None for all.
    """
    types = [kind for kind in argument.types if kind != "null" or len(argument.types) == 1]
    if argument.choices:
        types = [kind for kind in types if kind not in ("str", "null")]
    kinds = [KINDS[kind].removeprefix("a ").replace("`", "") for kind in types]
    if argument.family:
        kinds.insert(0, argument.family if argument.many else noun(argument.family))
    choices = argument.choices[:most]
    if more := len(argument.choices) - len(choices):
        choices = (*choices, f"{more} other words")
    kinds = [*choices, *kinds]
    if len(kinds) > 1:
        kinds = ["boolean" if kind == "true or false" else kind for kind in kinds]
        kinds = [f"{', '.join(kinds[:-1])} or {kinds[-1]}"]
    return ", ".join(part for part in (*kinds, _range(argument)) if part)


def _range(argument: Argument) -> str:
    low = "" if argument.minimum is None else f"{'more than' if argument.above else 'at least'} {argument.minimum:g}"
    high = "" if argument.maximum is None else f"{'less than' if argument.below else 'at most'} {argument.maximum:g}"
    if low and high and not (argument.above or argument.below):
        return f"{argument.minimum:g} to {argument.maximum:g}"
    return " and ".join(part for part in (low, high) if part)

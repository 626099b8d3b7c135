"""A name into what it means: everything that has it, or the problem that nothing has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from kspec.catalogue import Catalogue, Component
from kspec.catalogue.oldnames import new_name
from kspec.spec.checker import shortened
from kspec.spec.codes import codes
from kspec.spec.explain.arguments import argument_entry, argument_names, argument_of
from kspec.spec.explain.components import component_entry, dotted_path, shown_name
from kspec.spec.explain.entries import CodeEntry, Entry
from kspec.spec.explain.families import check_family, component_families, everything, families, listed
from kspec.spec.explain.keys import key_entries, key_names
from kspec.spec.explain.old import old_name, old_names, refused_names
from kspec.spec.explain.words import meant, word_entries
from kspec.spec.ops import OPS
from kspec.spec.problems import Problem, SpecError, did_you_mean
from kspec.spec.unknown import argument_hint
from kspec.spec.vocabulary import descriptions


def explain(catalogue: Catalogue, name: str, *, family: str | None = None) -> tuple[Entry, ...]:
    """Return all that has a name: components, words, arguments, keys, codes, old and refused names.

    Args:
        catalogue: What Keras offers.
        name: The name; also `Dense.units`, `fit.epochs`, `ops.mean`, `keras.layers.Dense`.
        family: The only family to look in; one of those that can be listed.

    Raises:
        SpecError: Nothing has this name, or there is no such family.
    """
    if family is not None:
        check_family(catalogue, family)
    name = _below_keys(name)
    found = list(_entries(catalogue, name, family))
    if not found and family in (None, "old"):
        # Where a spec has one of these, whatever its case, it is understood, too.
        found = [entry for entry in old_names() if entry.name.lower() == name.lower()]
    if not found:
        raise SpecError([_unknown(catalogue, name, family)])
    return tuple(found)


def _entries(catalogue: Catalogue, name: str, family: str | None) -> Iterator[Entry]:
    searched = [each for each in component_families(catalogue) if family in (None, each)]
    for each in searched:
        if component := _component(catalogue, name, each):
            yield component_entry(catalogue, component, asked=name)
        yield from (entry for entry in word_entries(catalogue, each) if entry.name == name)
    if family in (None, "keys"):
        yield from key_entries(name)
    if family in (None, "codes") and (code := codes().get(name)):
        yield CodeEntry(**asdict(code))
    for kind, entries in (("old", old_names), ("refused", refused_names)):
        if family in (None, kind):
            yield from (entry for entry in entries() if entry.name == name)
    yield from _arguments(catalogue, name, searched)


def _below_keys(name: str) -> str:
    """Return a path as `--set` takes it from its first component on: `compile.optimizer.Adam` means `Adam`."""
    parts = name.split(".")
    first = next((place for place, part in enumerate(parts) if part[:1].isupper()), 0)
    return ".".join(parts[first:]) if first and parts[0] in descriptions() else name


def _component(catalogue: Catalogue, name: str, family: str) -> Component | None:
    """Return the component of a family with this name, alias, word or dotted path, or None."""
    if "." not in name:
        return catalogue.component(family, name) or catalogue.component(family, meant(catalogue, family, name) or "")
    bare = name.removeprefix("tf.").removeprefix("keras.")
    if family == "ops":
        return catalogue.component(family, bare.removeprefix(OPS))
    found = catalogue.component(family, bare.rpartition(".")[2])
    return found if found and f".{dotted_path(found)}".endswith(f".{bare}") else None


def _arguments(catalogue: Catalogue, name: str, searched: Sequence[str]) -> Iterator[Entry]:
    owner, _, argument = name.rpartition(".")
    if not owner:
        entry = argument_entry(catalogue, name, searched)
        yield from [entry] if entry else []
    for family in searched if owner else ():
        component = _component(catalogue, owner, family)
        if component and argument in component.arguments:
            yield argument_of(component, component.arguments[argument])
        elif component and (new := new_name("argument", argument, component=component.name, family=family)):
            yield old_name(name, new, f"argument of {shown_name(family, component.name)}")


def _unknown(catalogue: Catalogue, name: str, family: str | None) -> Problem:
    if family is not None:
        rows = [known for row in listed(catalogue, family) for known in (row.name, *row.also)]
        message = f"there is no `{shortened(name)}` among the {family}"
        hint = did_you_mean(name, rows)
        if hint is None and any(True for _ in _entries(catalogue, name, None)):
            hint = f"`kspec explain {name}` shows what has this name"
        return Problem("unknown-name", (), message, hint or f"`kspec list {family}` shows them")
    message = f"there is nothing to explain that is called `{shortened(name)}`"
    owner, _, argument = name.rpartition(".")
    if argument in families(catalogue):
        return Problem("unknown-name", (), message, f"`kspec list {argument}` shows what there is")
    for each in component_families(catalogue) if owner and argument else ():
        if component := _component(catalogue, owner, each):
            hint, _ = argument_hint(component, argument)
            return Problem("unknown-name", (), f"{component.name} has no argument `{shortened(argument)}`", hint)
    known = [
        *(each for row in everything(catalogue) for each in (row.name, *row.also)),
        *key_names(),
        *argument_names(catalogue, component_families(catalogue)),
    ]
    return Problem("unknown-name", (), message, did_you_mean(name, known) or "`kspec list` shows what there is")

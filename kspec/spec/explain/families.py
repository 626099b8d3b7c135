"""Everything that can be written, family by family, with one line for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kspec.catalogue import Catalogue
from kspec.spec.checker import listing, shortened
from kspec.spec.codes import codes
from kspec.spec.explain.components import shown_name, words_for
from kspec.spec.explain.forms import PLACES
from kspec.spec.explain.old import old_names, refused_names
from kspec.spec.explain.words import word_entries
from kspec.spec.problems import Problem, SpecError, did_you_mean
from kspec.spec.vocabulary import descriptions


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list.

    Args:
        family: The family.
        name: The name, as a spec writes it.
        summary: What it is, in one sentence.
        also: Further names of the same thing, lower-case words among them.
    """

    family: str
    name: str
    summary: str
    also: tuple[str, ...] = ()


SUMMARIES: Mapping[str, str] = {
    "layers": "Layers, the steps of a model.",
    "optimizers": "Optimizers, under `compile`.",
    "schedules": "Learning rates that change while training goes on.",
    "losses": "Losses, under `compile`.",
    "metrics": "Metrics, under `compile`.",
    "callbacks": "Callbacks.",
    "regularizers": "Regularizers of weights and outputs, arguments of layers.",
    "initializers": "Initial values of weights, arguments of layers.",
    "constraints": "Constraints of weights, arguments of layers.",
    "activations": "Activations, arguments of layers.",
    "ops": "Functions of `keras.ops`, as steps of a model.",
    "applications": "Known models, with or without trained weights.",
    "strategies": "Ways to spread training over devices.",
    "samplers": "Optuna's ways to draw the values of a sweep's trials.",
    "pruners": "Optuna's ways to end the hopeless trials of a sweep.",
    "sources": "Sources of data.",
    "keys": "The words of the language, by their place.",
    "codes": "Codes of diagnostics.",
    "refused": "Names of Keras that a spec cannot use.",
    "old": "Names that older Keras programs and other frameworks use.",
}
"""What each family is."""


def component_families(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the families of the catalogue whose components a spec can name."""
    return tuple(family for family in catalogue.families if family in PLACES)


def families(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the names of all families that can be listed."""
    return (*component_families(catalogue), *_OTHERS)


def check_family(catalogue: Catalogue, family: str) -> None:
    """Refuse a family that there is not.

    Raises:
        SpecError: There is none of this name.
    """
    known = families(catalogue)
    if family not in known:
        hint = did_you_mean(family, known) or f"there are {listing(known)}"
        raise SpecError([Problem("unknown-name", (), f"there is no family `{shortened(family)}`", hint)])


def listed(catalogue: Catalogue, family: str) -> tuple[Listed, ...]:
    """Return what a family has, in the order in which it is kept.

    Raises:
        SpecError: There is no such family.
    """
    check_family(catalogue, family)
    if family in _OTHERS:
        return tuple(Listed(family, name, text) for name, text in _OTHERS[family]())
    return tuple(_of_catalogue(catalogue, family))


def everything(catalogue: Catalogue) -> tuple[Listed, ...]:
    """Return what all families have."""
    return tuple(row for family in families(catalogue) for row in listed(catalogue, family))


def matching(rows: Sequence[Listed], text: str) -> tuple[Listed, ...]:
    """Return those lines that have a text in one of their names or in what they say, whatever its case."""
    wanted = text.casefold()
    return tuple(row for row in rows if any(wanted in part.casefold() for part in (row.name, *row.also, row.summary)))


def _of_catalogue(catalogue: Catalogue, family: str) -> Iterator[Listed]:
    for name in catalogue.canonical(family):
        if component := catalogue.component(family, name):
            also = (*component.aliases, *words_for(catalogue, component))
            yield Listed(family, shown_name(family, name), component.summary, also)
    for entry in word_entries(catalogue, family):
        yield Listed(family, entry.name, entry.meaning)


def _keys() -> Iterator[tuple[str, str]]:
    """Yield the keys; what may stand at once or by name, as the keys of a field, is told once."""
    found = descriptions()
    return ((path, text) for path, text in found.items() if ".*" not in path or path.replace(".*", "") not in found)


_OTHERS: Mapping[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "keys": _keys,
    "codes": lambda: ((code.name, code.meaning) for code in codes().values()),
    "refused": lambda: ((entry.name, entry.advice) for entry in refused_names()),
    "old": lambda: ((entry.name, f"{entry.what}: {entry.advice}") for entry in old_names()),
}
"""Families that are not of the catalogue."""

"""`kspec explain` and `kspec list`: what names mean, and which there are."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kspec import catalogue
from kspec.spec import explain as explaining
from kspec.spec.explain.entries import Entry
from kspec.spec.explain.families import SUMMARIES, Listed


def explain(name: str, *, family: str | None = None) -> tuple[Entry, ...]:
    """Return what a name means.

    Args:
        name: The name.
        family: The only family to look in; None for all.

    Raises:
        SpecError: Nothing has this name.
    """
    return explaining.explain(catalogue.load(), name, family=family)


def explanation_as_json(name: str, entries: tuple[Entry, ...]) -> dict[str, Any]:
    """Return what a name means, as plain values."""
    return {"name": name, "entries": [asdict(entry) for entry in entries]}


def list_names(family: str | None = None, *, match: str | None = None) -> tuple[Listed, ...]:
    """Return the names of a family, or of all.

    Args:
        family: The family; None for all.
        match: Only names that have this text in them, or in what they are.

    Raises:
        SpecError: There is no such family.
    """
    known = catalogue.load()
    rows = explaining.everything(known) if family is None else explaining.listed(known, family)
    return rows if match is None else explaining.matching(rows, match)


def count_families() -> list[tuple[str, int, str]]:
    """Return the families with the number of their names and what they are."""
    known = catalogue.load()
    return [(each, len(explaining.listed(known, each)), SUMMARIES[each]) for each in explaining.families(known)]

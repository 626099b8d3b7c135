"""`kspec explain` and `kspec list`: what names mean, and which there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kspec.catalogue import load
from kspec.spec import explain as explaining
from kspec.spec.code import with_code
from kspec.spec.explain.entries import Entry
from kspec.spec.explain.families import SUMMARIES, Listed


def explain(name: str, *, family: str | None = None, code: Sequence[str | Path] = ()) -> tuple[Entry, ...]:
    """Return what a name means.

    Args:
        name: The name.
        family: The only family to look in; None for all.
        code: Python files with components of one's own.

    Raises:
        SpecError: Nothing has this name.
    """
    return explaining.explain(with_code(load(), code), name, family=family)


def explanation_as_json(name: str, entries: tuple[Entry, ...]) -> dict[str, Any]:
    """Return what a name means, as plain values."""
    return {"name": name, "entries": [asdict(entry) for entry in entries]}


def list_names(
    family: str | None = None, *, match: str | None = None, code: Sequence[str | Path] = ()
) -> tuple[Listed, ...]:
    """Return the names of a family, or of all.

    Args:
        family: The family; None for all.
        match: Only names that have this text in them, or in what they are.
        code: Python files with components of one's own.

    Raises:
        SpecError: There is no such family.
    """
    known = with_code(load(), code)
    rows = explaining.everything(known) if family is None else explaining.listed(known, family)
    return rows if match is None else explaining.matching(rows, match)


def count_families(code: Sequence[str | Path] = ()) -> list[tuple[str, int, str]]:
    """Return the families with the number of their names and what they are, names in Python files among them."""
    known = with_code(load(), code)
    return [(each, len(explaining.listed(known, each)), SUMMARIES[each]) for each in explaining.families(known)]

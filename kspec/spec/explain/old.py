"""Names that cannot be written: old ones with what took their place, and those that a spec refuses."""

from __future__ import annotations

from collections.abc import Iterator

from kspec.catalogue.oldnames import ARGUMENTS, ARGUMENTS_OF, COMPONENTS, WORDS, WORDS_OF
from kspec.catalogue.refused import REFUSED
from kspec.spec.explain.entries import NameEntry
from kspec.spec.unknown import noun, with_article


def old_name(name: str, new: str, what: str) -> NameEntry:
    """Return an old name.

    Args:
        name: The old name.
        new: An identifier that took its place, or a sentence that says what did.
        what: What it was the name of.
    """
    replaced = new.isidentifier()
    return NameEntry(name, what, f"it is called `{new}`" if replaced else new, new if replaced else None, "old")


def old_names() -> Iterator[NameEntry]:
    """Yield the names that older Keras programs and other frameworks use."""
    tables = [
        ("component", COMPONENTS),
        ("word", WORDS),
        *((noun(family), table) for family, table in WORDS_OF.items()),
        ("argument", ARGUMENTS),
        *((f"argument of {_owner(owner)}", table) for owner, table in ARGUMENTS_OF.items()),
    ]
    for what, table in tables:
        yield from (old_name(name, new, what) for name, new in table.items())


def _owner(owner: str) -> str:
    found = noun(owner)
    return owner if found == owner else with_article(found)


def refused_names() -> Iterator[NameEntry]:
    """Yield the names of Keras that a spec cannot use."""
    for name, reason in REFUSED.items():
        yield NameEntry(name, "name of Keras", reason, None, "refused")

"""Names that older Keras programs use, and what stands in their place today."""

from __future__ import annotations

from typing import Literal

from kspec.catalogue.old_arguments import ARGUMENTS, ARGUMENTS_OF
from kspec.catalogue.old_components import COMPONENTS, WORDS, WORDS_OF

__all__ = ["ARGUMENTS", "ARGUMENTS_OF", "COMPONENTS", "WORDS", "WORDS_OF", "new_name", "renamed"]

Kind = Literal["argument", "component", "word"]


def renamed(kind: Kind, name: str, *, component: str | None = None, family: str | None = None) -> str | None:
    """Return a hint for a name that older programs use, or None where nothing is known.

    Args:
        kind: What the name was written as.
        name: The old name.
        component: For an argument, the component that it was given to.
        family: Family of that component; for a component or a word, the family that its place takes.

    Returns:
        A sentence without a full stop, such as ``it is called `learning_rate` ``. It may name an argument
        that this component does not have: ask for a hint only where the old name was refused.
    """
    new = new_name(kind, name, component=component, family=family)
    if new is None:
        return None
    return f"it is called `{new}`" if new.isidentifier() else new


def new_name(kind: Kind, name: str, *, component: str | None = None, family: str | None = None) -> str | None:
    """Return the table's entry for an old name: an identifier where one name took its place, else a sentence."""
    if kind == "argument":
        tables = [ARGUMENTS_OF.get(owner or "", {}) for owner in (component, family)]
        return next((table[name] for table in (*tables, ARGUMENTS) if name in table), None)
    if (found := WORDS_OF.get(family or "", {}).get(name.lower())) is not None:
        return found
    table = COMPONENTS if kind == "component" else WORDS
    return next((new for old, new in table.items() if old.lower() == name.lower()), None)

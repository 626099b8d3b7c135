"""Names of inputs and outputs, made of the names of columns."""

from __future__ import annotations

import re

from kspec import catalogue
from kspec.spec.model.words import RESERVED
from kspec.spec.scalars import plain_scalar


class StepNames:
    """The names that one model gives; each is given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def give(self, column: str) -> str:
        """Return a name that an input or a step may have, as near to a column's name as can be."""
        name = re.sub(r"[^A-Za-z0-9_]+", "_", column).strip("_")
        if not name[:1].isalpha():
            name = f"column_{name}".rstrip("_")
        if name[:1].isupper() and catalogue.load().families_of(name):
            name = name.lower()
        if name in RESERVED or plain_scalar(name) != name:
            name = f"{name}_column"
        free, number = name, 1
        # Names of files are made of them, which some systems tell apart by more than case only.
        while free.lower() in self._given:
            number += 1
            free = f"{name}_{number}"
        self._given.add(free.lower())
        return free

"""What the names under `shared` and `blocks` mean, here and in the models around."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from kspec.spec.graph import SharedThing
from kspec.spec.model.words import MAX_STEPS
from kspec.spec.problems import Path

Section = Literal["shared", "blocks"]


@dataclass(slots=True)
class Budget:
    """How many steps a model may still have, counted over all that is repeated and nested."""

    left: int = MAX_STEPS


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """An entry under `shared` or `blocks`.

    Args:
        name: Its name.
        section: Where it stands.
        value: What it says.
        path: Its place.
        scope: The names that it sees.
        constants: What `$(...)` in it may use.
    """

    name: str
    section: Section
    value: Any
    path: Path
    scope: Scope
    constants: Mapping[str, Any]


@dataclass(slots=True)
class Scope:
    """The entries that the steps of one model can name.

    Args:
        parent: The scope around; None for the outermost model.
        budget: Steps that are left.
        entries: Entries of this model by name.
        shared: What is built of those under `shared`, by their place; None where something is wrong with one.
        opened: Places of the entries whose content is being read just now, all over the document.
        used: Places of the entries that a step names, all over the document.
        broken: Places of the entries that have been found wrong.
        unread: Names that were to mean something in this model, and what it is could not be read.
        written_out: Places of the blocks whose steps have been read.
        content: What the model says, as written.
    """

    parent: Scope | None = None
    budget: Budget = field(default_factory=Budget)
    entries: dict[str, Entry] = field(default_factory=dict)
    shared: dict[Path, SharedThing | None] = field(default_factory=dict)
    opened: list[Path] = field(default_factory=list)
    used: set[Path] = field(default_factory=set)
    broken: set[Path] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    written_out: set[Path] = field(default_factory=set)
    content: Mapping[str, Any] = field(default_factory=dict)

    def within(self) -> Scope:
        """Return an empty scope inside this one."""
        return Scope(
            self, self.budget, opened=self.opened, used=self.used, broken=self.broken, written_out=self.written_out
        )

    def find(self, name: str) -> Entry | None:
        """Return what a name means here, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.entries:
                return scope.entries[name]
            scope = scope.parent
        return None

    def is_unread(self, name: str) -> bool:
        """Say whether a name was to mean something here, and what it is could not be read, as has been noted."""
        if name in self.entries:
            return False
        return name in self.unread or (self.parent is not None and self.parent.is_unread(name))

    def names(self) -> tuple[str, ...]:
        """Return all names that mean something here."""
        outer = self.parent.names() if self.parent else ()
        return (*self.entries, *outer)

    @contextmanager
    def opening(self, entry: Entry) -> Iterator[None]:
        """Mark an entry as being read."""
        self.opened.append(entry.path)
        try:
            yield
        finally:
            self.opened.pop()

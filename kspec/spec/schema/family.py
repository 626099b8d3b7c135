"""The names that a place for one family of components takes, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kspec.catalogue import Catalogue, Component
from kspec.spec.explain.words import meant, word_entries
from kspec.spec.unknown import ALSO


@dataclass(frozen=True)
class FamilyNames:
    """The names of a family, and of those others whose components stand at its places, too.

    Args:
        catalogue: The components.
        family: The family.
    """

    catalogue: Catalogue
    family: str

    @property
    def families(self) -> tuple[str, ...]:
        """The family and those others."""
        return (self.family, *ALSO.get(self.family, ()))

    @cached_property
    def components(self) -> dict[str, Component]:
        """The components by their names and aliases."""
        found: dict[str, Component] = {}
        for family in self.families:
            for name in self.catalogue.names(family):
                component = self.catalogue.component(family, name)
                if component:
                    found.setdefault(name, component)
        return found

    @cached_property
    def words(self) -> dict[str, Component]:
        """The components that words stand for and that are no names themselves."""
        found: dict[str, Component] = {}
        for family in self.families:
            for name in self.catalogue.words(family):
                word = self.catalogue.word(family, name)
                component = word and word.component and self.catalogue.component(family, word.component)
                if component and name not in self.components:
                    found.setdefault(name, component)
        return found

    @cached_property
    def alone(self) -> Mapping[str, str]:
        """What can stand without arguments, words first, with what it means."""
        words = {entry.name: entry.meaning for entry in word_entries(self.catalogue, self.family)}
        for word in self.catalogue.words(self.family):
            component = self.catalogue.component(self.family, meant(self.catalogue, self.family, word) or "")
            words |= {word: component.summary} if component else {}
        named = {**self.words, **self.components}.items()
        return words | {name: found.summary for name, found in named if not found.required and name not in words}

    @cached_property
    def needing(self) -> list[str]:
        """The names that cannot stand without arguments."""
        return [name for name in self.components if name not in self.alone]

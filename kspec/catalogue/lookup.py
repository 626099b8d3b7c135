"""Looking up what Keras offers."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kspec.catalogue.cache import SHIPPED, installed_keras, read_cached
from kspec.catalogue.components import Argument, Component, Word, read_argument, read_component

_HOLDERS = ("arguments", "common")


class Catalogue:
    """Everything that a spec can name, by family.

    Args:
        record: The content of the catalogue's file.
    """

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._families: Mapping[str, Mapping[str, Any]] = record["families"]
        self._words: Mapping[str, Mapping[str, Any]] = record["words"]
        self._common: Mapping[str, Mapping[str, Any]] = record["common"]
        self._canonical: dict[str, dict[str, str]] = {}
        for family, components in self._families.items():
            names = {alias: name for name, value in components.items() for alias in value.get("aliases", ())}
            self._canonical[family] = names | {name: name for name in components}
        self._built: dict[tuple[str, str], Component] = {}
        self._own: tuple[Component, ...] = ()
        self.version: str = record["keras"]

    @property
    def families(self) -> tuple[str, ...]:
        """Names of all families."""
        return tuple(self._families)

    def names(self, family: str) -> tuple[str, ...]:
        """Return all names of a family, sorted, aliases among them. An unknown family has none."""
        return tuple(sorted(self._canonical.get(family, ())))

    def canonical(self, family: str) -> tuple[str, ...]:
        """Return the names of a family without aliases, in the catalogue's order. An unknown family has none."""
        return (*self._families.get(family, ()), *(own.name for own in self._own if own.family == family))

    def having(self, family: str, argument: str) -> tuple[str, ...]:
        """Return the names of those components of a family that have an argument of this name."""
        records = self._families.get(family, {}).items()
        return tuple(name for name, record in records if any(argument in record.get(key, ()) for key in _HOLDERS))

    def component(self, family: str, name: str) -> Component | None:
        """Return the component of this family with this name or alias, or None."""
        canonical = self._canonical.get(family, {}).get(name)
        if canonical is None:
            return None
        key = (family, canonical)
        if key not in self._built:
            record = self._families[family][canonical]
            self._built[key] = read_component(family, canonical, record, self._common.get(family, {}))
        return self._built[key]

    def common(self, family: str) -> dict[str, Argument]:
        """Return the arguments that all components of a family take besides their own."""
        records = self._common.get(family, {})
        return {name: replace(read_argument(name, record), common=True) for name, record in records.items()}

    def extended(self, components: Sequence[Component]) -> Catalogue:
        """Return a catalogue that has these components besides, whose names it must not know yet."""
        if not components:
            return self
        extended = copy.copy(self)
        extended._own = (*self._own, *components)
        extended._canonical = {family: dict(names) for family, names in self._canonical.items()}
        extended._built = dict(self._built)
        for component in components:
            extended._canonical[component.family][component.name] = component.name
            extended._built[component.family, component.name] = component
        return extended

    def families_of(self, name: str) -> tuple[str, ...]:
        """Return the families that know this name; `Identity` is a layer and an initializer."""
        return tuple(family for family, names in self._canonical.items() if name in names)

    def words(self, family: str) -> tuple[str, ...]:
        """Return the words of a family, sorted."""
        return tuple(sorted(self._words.get(family, ())))

    def word(self, family: str, text: str) -> Word | None:
        """Return what a string means where a component of this family stands, or None."""
        record = self._words.get(family, {}).get(text)
        return None if record is None else Word(family, text, **record)


@functools.cache
def load() -> Catalogue:
    """Return the catalogue of the installed Keras if there is one, else the one that is shipped. It is read once."""
    shipped = Catalogue(json.loads(SHIPPED.read_text(encoding="utf-8")))
    installed = installed_keras()
    if installed is None or installed == shipped.version:
        return shipped
    cached = read_cached(installed)
    return shipped if cached is None else Catalogue(cached)


def is_current() -> bool:
    """Say whether the catalogue is that of the installed Keras."""
    return installed_keras() in (None, load().version)

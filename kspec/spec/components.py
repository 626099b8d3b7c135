"""A component as a spec asks for it: what the catalogue says of it, and the arguments that it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kspec.catalogue import Component
from kspec.spec.problems import Path

LEARNT = ("vocabulary", "mean", "variance", "bin_boundaries", "idf_weights")
"""Arguments that give a layer what it would otherwise learn."""


@dataclass(frozen=True, slots=True)
class ComponentSpec:
    """A component as a spec asks for it.

    Args:
        definition: What the catalogue says of it.
        arguments: Constructor arguments that were given. Components among them are `ComponentSpec`s themselves.
        path: Its place in the document.
    """

    definition: Component
    arguments: Mapping[str, Any] = field(default_factory=dict)
    path: Path = ()

    @property
    def family(self) -> str:
        """Its family in the catalogue, such as `layers`."""
        return self.definition.family

    @property
    def name(self) -> str:
        """Its canonical name, such as `Conv2D`."""
        return self.definition.name

    @property
    def learns(self) -> bool:
        """Whether it is a layer that is to learn from data before training, and is not given what it would learn."""
        return self.definition.adapts and not any(self.arguments.get(name) is not None for name in LEARNT)

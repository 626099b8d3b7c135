"""Schemas of components: what stands behind a component's name.

For the layer `Dense` there are two definitions: `layers.Dense`, and `whole.layers.Dense`, which asks for its required
arguments, too. `common.layers.name` is an argument that all layers take.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kspec.catalogue import Argument, Component
from kspec.spec.checker import listing
from kspec.spec.schema.arguments import describe, plain_value
from kspec.spec.schema.places import LAYERS, OF_THE_SPEC, ONLY_CAPITALS, OPS, Places, asks, reference
from kspec.spec.schema.values import ANY_TYPE, Schema, typed
from kspec.spec.unknown import COMPONENT_FAMILIES


@dataclass(frozen=True, slots=True)
class ComponentSchemas:
    """The schemas of all components of a catalogue."""

    places: Places

    def definitions(self) -> Iterator[tuple[str, Schema]]:
        """Yield every definition with its name."""
        for family in COMPONENT_FAMILIES:
            for component in self._components(family):
                yield f"{family}.{component.name}", self._component(component)
                if asks(component):
                    yield f"whole.{family}.{component.name}", _whole(component)
                for argument in component.arguments.values():
                    if argument.common:
                        yield f"common.{family}.{argument.name}", self._argument(argument)

    def _components(self, family: str) -> Iterator[Component]:
        catalogue = self.places.catalogue
        found = (catalogue.component(family, name) for name in catalogue.canonical(family))
        yield from (component for component in found if component)

    def _component(self, component: Component) -> Schema:
        behind: Schema = {
            "properties": {
                name: reference(f"common.{component.family}.{name}") if argument.common else self._argument(argument)
                for name, argument in component.arguments.items()
            },
            "additionalProperties": component.open is not None,
            "errorMessage": f"{_written(component)} has no argument of this name",
        }
        wrapped = component.first.family if component.first else None
        if wrapped:
            behind = {"if": ONLY_CAPITALS, "then": reference(f"named.{wrapped}"), "else": behind}
        if wrapped == LAYERS and LAYERS not in component.arguments:
            behind = {"if": {"required": [LAYERS]}, "then": reference("model"), "else": behind}
        return {
            "description": component.summary, "if": {"type": "object"}, "then": behind, "else": self._short(component)
        }  # fmt: skip

    def _argument(self, argument: Argument) -> Schema:
        description = describe(argument)
        if argument.family is None:
            return {"description": description, **plain_value(argument)}
        if not argument.types and not argument.many:
            return reference(argument.family, description)
        return {"description": description, **self.places.key(argument.family, argument, many=argument.many)}

    def _short(self, component: Component) -> Schema:
        """Return the schema of what may stand behind a name without being a mapping: the first argument, or nothing."""
        first, name = component.first, component.name
        if component.family == OPS:
            return typed("null", message=f"the arguments of {_written(component)} are given by name")
        if first is None:
            return {} if component.open else typed("null", message=f"{name} has no arguments")
        if any(required != first.name for required in component.required):
            return typed("null", message=f"{name} needs {listing(component.required)}")
        value = plain_value(first)
        if first.family:
            value = self.places.bare(first.family, first, many=first.many, also=OF_THE_SPEC.get(first.family, ""))
        types = [kind for kind in dict.fromkeys([*value.get("type", ANY_TYPE), "null"]) if kind != "object"]
        if component.inputs != "list":
            return {**value, "type": types}
        unmerged = {"type": [kind for kind in types if kind != "array"]}
        return {**value, **unmerged, "errorMessage": f"{name} merges what `from` names; a list is no argument of it"}


def _written(component: Component) -> str:
    """Return the name of a component as a spec writes it."""
    return f"{OPS}.{component.name}" if component.family == OPS else component.name


def _whole(component: Component) -> Schema:
    """Return the schema of a component that asks for its required arguments.

    A missing one is told only where all others are known, so that a misspelt one is not told twice. That all types are
    listed makes an editor put a colon behind the name that it completes.
    """
    known = {"propertyNames": {"enum": list(component.arguments)}}
    return {
        "description": component.summary,
        "type": list(ANY_TYPE),
        "allOf": [reference(f"{component.family}.{component.name}")],
        "if": {"type": "object"},
        "then": {"if": known, "then": {"required": list(component.required)}},
        "else": {
            "type": [kind for kind in ANY_TYPE if kind != "null"],
            "errorMessage": f"{component.name} needs {listing(component.required)}",
        },
    }

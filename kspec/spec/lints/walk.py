"""Going through what a spec builds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kspec.spec.components import ComponentSpec
from kspec.spec.graph import Graph, GraphNode


def layers_of(graph: Graph) -> Iterator[ComponentSpec]:
    """Yield every layer that a model builds, those of nested models and those inside other layers too."""
    for component in graph.components():
        yield from (part for part in components_in(component) if part.family == "layers")


def components_in(value: Any) -> Iterator[ComponentSpec]:
    """Yield every component in a value, itself first."""
    if isinstance(value, ComponentSpec):
        yield value
        value = value.arguments
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for item in items:
        yield from components_in(item)


def graphs_of(graph: Graph) -> Iterator[Graph]:
    """Yield a model and every model that is nested in it."""
    yield graph
    yield from (thing for thing in graph.things() if isinstance(thing, Graph))


def users_of(graph: Graph) -> Mapping[str, Sequence[GraphNode]]:
    """Return, for every result of a model, the steps that take it."""
    users: dict[str, list[GraphNode]] = {}
    for node in graph.nodes:
        for source in node.sources:
            users.setdefault(source.name, []).append(node)
    return users

"""How a component is written in a spec: pieces of YAML in the forms that it takes, each right by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kspec.catalogue import Component
from kspec.spec.explain.samples import NOT_BARE, fed_to, named_samples, op_samples, required_samples, sample
from kspec.spec.ops import OPS
from kspec.spec.writing import to_inline, to_yaml


@dataclass(frozen=True, slots=True)
class Place:
    """Where components of a family stand.

    Args:
        path: Path of a key that takes them, as in the vocabulary, or an argument that does.
        key: Key that is written before a component; None where it is an item of a list.
    """

    path: str
    key: str | None = None


PLACES: Final[Mapping[str, Place]] = {
    "layers": Place("model.layers"),
    "ops": Place("model.layers"),
    "applications": Place("model.layers"),
    "optimizers": Place("compile.optimizer", "optimizer"),
    "losses": Place("compile.loss", "loss"),
    "metrics": Place("compile.metrics"),
    "callbacks": Place("callbacks"),
    "sources": Place("data.source", "source"),
    "strategies": Place("runtime.strategy", "strategy"),
    "samplers": Place("sweep.sampler", "sampler"),
    "pruners": Place("sweep.pruner", "pruner"),
    "schedules": Place("Adam.learning_rate", "learning_rate"),
    "activations": Place("Dense.activation", "activation"),
    "initializers": Place("Dense.kernel_initializer", "kernel_initializer"),
    "regularizers": Place("Dense.kernel_regularizer", "kernel_regularizer"),
    "constraints": Place("Dense.kernel_constraint", "kernel_constraint"),
}

_DULL: Final = frozenset({"name", "dtype", "reduction", "data_format", "verbose", "activity_regularizer"})
"""Arguments that show nothing of what a component is for."""

_NOT_ALONE: Final = _DULL | {
    "axis",
    "monitor",
    "value_range",
    "mode",
    "root",
    "seed",
    "side",
    "minval",
    "scale",
    "gain",
}
"""Arguments that say nothing where only their value stands."""

_WIDEST = 74


def forms(component: Component) -> tuple[str, ...]:
    """Return how a component is written: by its name alone, with its first argument, with named arguments."""
    place = PLACES[component.family]
    if component.family == "activations":
        return () if component.required else (written_at(place, component.name),)
    if component.family == "applications":
        return (written_at(place, {"application": {component.name: {"include_top": False, "weights": None}}}),)
    if component.family == "ops":
        return _of_op(component, place)
    if component.inputs == "list":
        return (_step(component.name, required_samples(component), {"from": ["left", "right"]}),)
    bare = not component.required and component.name not in NOT_BARE and (component.arguments or not component.open)
    values: list[Any] = [component.name] if bare else []
    if (first := _first(component)) is not None:
        values.append({component.name: first})
    if named := named_samples(component, without=_DULL):
        values.append({component.name: named})
    found = [written_at(place, value) for value in values]
    if further := [name for name in component.call_required[1:] if name != "states"]:
        found.append(_step(component.name, required_samples(component), {"call": dict.fromkeys(further, "a_step")}))
    return tuple(found)


def word_forms(family: str, word: str) -> tuple[str, ...]:
    """Return how a lower-case word is written."""
    return (written_at(PLACES[family], word),)


def written_at(place: Place, value: Any) -> str:
    """Return a component as YAML with the key or the dash that stands before it, in one line if that is short."""
    if place.key is not None:
        line = f"{place.key}: {to_inline(value)}"
        return line if len(line) <= _WIDEST else to_yaml({place.key: value}).strip()
    if isinstance(value, str):
        return f"- {value}"
    ((name, inner),) = value.items()
    line = f"- {name}: {to_inline(inner)}"
    return line if len(line) <= _WIDEST else to_yaml([value]).strip()


def standing(place: Place, form: str) -> str:
    """Return a form below the sections that it stands in, as a piece of a spec."""
    sections = place.path.split(".")
    if place.key is not None:
        sections.pop()
    lines = [f"{'  ' * depth}{section}:" for depth, section in enumerate(sections)]
    return "\n".join([*lines, *(f"{'  ' * len(sections)}{line}" for line in form.splitlines())])


def _of_op(component: Component, place: Place) -> tuple[str, ...]:
    name = f"{OPS}{component.name}"
    given, fed = op_samples(component), fed_to(component)
    if len(fed) > 1:
        return (_step(name, given, {"from": fed}),)
    values: list[Any] = [{name: given}] if given else [name]
    named = {key: value for key, value in named_samples(component, without=_DULL).items() if key not in fed}
    if named.keys() > given.keys():
        values.append({name: {**named, **given}})
    return tuple(written_at(place, value) for value in values)


def _step(name: str, arguments: Mapping[str, Any], beside: Mapping[str, Any]) -> str:
    """Return a step with words beside its component."""
    head = written_at(PLACES["layers"], {name: dict(arguments)}) if arguments else f"- {name}:"
    return "\n".join([head, *(f"  {key}: {to_inline(value)}" for key, value in beside.items())])


def _first(component: Component) -> Any:
    """Return a value for the first argument where that alone is enough and says something, else None."""
    first = component.first
    if first is None or first.name in _NOT_ALONE or set(component.required) - {first.name}:
        return None
    value = sample(component, first)
    return None if isinstance(value, bool) else value

"""What a spec means, whatever the way in which it is written: forms of components, order of keys, defaults."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path as FilePath
from typing import Any

from kspec.catalogue import Catalogue, Component
from kspec.spec.checker import Checker
from kspec.spec.checking import read_spec
from kspec.spec.components import ComponentSpec
from kspec.spec.constants import read_constants
from kspec.spec.problems import Path
from kspec.spec.reading import read_text
from kspec.spec.sections import Section
from kspec.spec.spec import Spec
from kspec.spec.writing import to_yaml

_OPTIONS = {"run_eagerly": False, "auto_scale_loss": True, "jit_compile": "auto", "steps_per_execution": 1}
"""What `compile` means where it says nothing of these."""

_PLACE = "path"
"""Field in which everything that is read of a spec keeps where it stood, which is no part of what it means."""


class Settled(dict[str, Any]):
    """Arguments of a component by name, or a component by its name, where it may be written otherwise.

    Args:
        content: The arguments that differ from their defaults, or the one component.
        written: What stands in the spec.
        component: The component of the arguments; None for a component by its name.
        short: Whether its first argument stands there without its name.
    """

    def __init__(
        self, content: Mapping[str, Any], written: Any, component: Component | None = None, *, short: bool = False
    ) -> None:
        super().__init__(content)
        self.written = written
        self.component = component
        self.short = short


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a spec means.

    Args:
        content: The spec as plain values, but for its components, which are `Settled`.
        keys: What is read of a section, or of a key of one, by its path, defaults put in. Empty if the spec cannot
            be read, as where it is of another version; then what is written is all that is known.
        constants: The constants that the model is computed from.
    """

    content: Mapping[str, Any]
    keys: Mapping[Path, Any] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)


def meaning(content: Mapping[str, Any], known: Catalogue, folder: FilePath) -> Meaning:
    """Return what a spec means.

    Args:
        content: The spec as plain values.
        known: What it may name.
        folder: Folder that its relative paths start from.
    """
    spec = read_spec(read_text("", to_yaml(dict(content))), known, folder=folder).spec
    if spec is None:
        return Meaning(content)
    settled = json.loads(json.dumps(content))
    found = {place.path: place for part in _with_components(spec) for place in _components(part)}
    for path in sorted(found, key=len, reverse=True):
        _settle(settled, found[path])
    return Meaning(settled, dict(_keys(spec)), read_constants(content.get("vars"), Checker()))


def as_written(value: Any) -> Any:
    """Return a value of a meaning's content as it stands in the spec."""
    if isinstance(value, Settled):
        return value.written
    if isinstance(value, Mapping):
        return {key: as_written(item) for key, item in value.items()}
    return [as_written(item) for item in value] if isinstance(value, list) else value


def _with_components(spec: Spec) -> tuple[Any, ...]:
    return spec.graph, spec.data, spec.compile, spec.callbacks, spec.strategy


def _components(value: Any) -> Iterator[ComponentSpec]:
    if isinstance(value, ComponentSpec):
        yield value
        yield from _components(value.arguments)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _components(getattr(value, each.name))
    elif isinstance(value, Mapping | list | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _components(item)


def _settle(content: Any, found: ComponentSpec) -> None:
    """Put a component, in place, into the one form that all others are compared in."""
    *way, last = found.path
    owner = content
    for key in way:
        owner = owner[key] if _has(owner, key) else None
    if not _has(owner, last):
        return
    component, value = found.definition, owner[last]
    if isinstance(value, str) and not found.arguments:
        owner[last] = Settled({component.title: Settled({}, None, component)}, value)
        return
    named = value is None or (isinstance(value, Mapping) and set(value) <= set(found.arguments))
    arguments = (value or {}) if named else {next(iter(found.arguments), ""): value}
    kept = {key: item for key, item in arguments.items() if not _is_default(component, key, item)}
    owner[last] = Settled(kept, as_written(value), component, short=not named)


def _has(owner: Any, key: str | int) -> bool:
    if isinstance(owner, list):
        return isinstance(key, int) and key < len(owner)
    return isinstance(owner, dict) and key in owner


def _is_default(component: Component, name: str, value: Any) -> bool:
    argument = component.arguments.get(name)
    return (
        argument is not None
        and not argument.required
        and argument.default == value
        and isinstance(argument.default, bool) == isinstance(value, bool)
    )


def _keys(spec: Spec) -> Iterator[tuple[Path, Any]]:
    graph = _meant(spec.graph)
    yield ("model",), graph
    yield ("vars",), graph  # of the constants, only those that the model is computed from are kept in its text
    yield ("callbacks",), _meant(spec.callbacks)
    yield ("expect",), _meant(spec.expect)
    for name in ("data", "compile", "fit", "checkpoint", "evaluate", "predict", "runtime"):
        section = getattr(spec, name)
        if section is not None:
            yield from (((name, key), value) for key, value in _meant(section).items())
    yield ("fit", "class_weight"), _meant(spec.class_weight)
    yield ("runtime", "strategy"), _meant(spec.strategy)
    if spec.compile is not None:
        for key, value in {**_OPTIONS, **spec.compile.options}.items():
            yield ("compile", key), value
    if spec.data is not None:
        for part in ("train", "validation", "test"):
            yield (
                ("data", part),
                (_meant(spec.data.parts.get(part)), part == "validation" and spec.data.validation_is_test),
            )


def _meant(value: Any) -> Any:
    """Return what is read of a spec as plain values, without the places where it stood and without defaults."""
    if isinstance(value, ComponentSpec):
        arguments = {key: _meant(item) for key, item in value.arguments.items()}
        kept = {key: item for key, item in arguments.items() if not _is_default(value.definition, key, item)}
        return {"family": value.family, "name": value.name, "arguments": kept}
    if is_dataclass(value):
        return {each.name: _meant(getattr(value, each.name)) for each in fields(value) if each.name != _PLACE}
    if isinstance(value, Section):
        return {name: _meant(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {key: _meant(item) for key, item in value.items()}
    return [_meant(item) for item in value] if isinstance(value, list | tuple) else value

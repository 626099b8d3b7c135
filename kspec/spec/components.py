"""Components in the three forms in which they are written, checked against the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kspec.catalogue import Argument, Catalogue, Component, refused, renamed
from kspec.catalogue.oldnames import new_name
from kspec.spec.checker import Checker, kind_of, listing, shortened
from kspec.spec.problems import At, Path, did_you_mean, nearest

_ALSO: Mapping[str, tuple[str, ...]] = {"activations": ("layers",), "schedules": (), "metrics": ("losses",)}
"""Families that a place takes besides its own: a layer is an activation, a loss function a metric."""

_NOUNS = {
    "layers": "layer", "optimizers": "optimizer", "schedules": "learning rate schedule", "losses": "loss",
    "metrics": "metric", "callbacks": "callback", "regularizers": "regularizer", "initializers": "initializer",
    "constraints": "constraint", "activations": "activation", "sources": "source",
}  # fmt: skip

_KINDS: Mapping[str, str] = {
    "int": "a whole number", "float": "a number", "bool": "`true` or `false`", "str": "text",
    "list": "a list", "dict": "a mapping", "null": "`null`",
}  # fmt: skip

_OLD_INPUT = ("input_shape", "input_dim", "batch_input_shape", "batch_shape")


@dataclass(frozen=True, slots=True)
class ComponentSpec:
    """A component as a spec asks for it.

    Args:
        family: Its family in the catalogue, such as `layers`.
        name: Its canonical name, such as `Conv2D`.
        arguments: Constructor arguments that were given. Components among them are `ComponentSpec`s themselves.
        path: Its place in the document.
    """

    family: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    path: Path = ()


@dataclass(frozen=True, slots=True)
class ComponentReader:
    """Turns written components into `ComponentSpec`s, noting every problem on the way."""

    catalogue: Catalogue
    checker: Checker

    def read(self, value: Any, path: Path, family: str) -> Any:
        """Return a component, or the word that Keras itself resolves, or None after a problem.

        Args:
            value: What is written: `Flatten`, `{Dropout: 0.5}`, `{Conv2D: {...}}`, or a word such as `relu`.
            path: Its place.
            family: The family that the place takes.
        """
        if isinstance(value, ComponentSpec):
            return value
        if isinstance(value, str):
            return self._read_name(value, path, family)
        if isinstance(value, dict) and len(value) == 1:
            (name, inner), = value.items()
            found = self.find(name, (*path, name), family, at="key")
            return self.with_value(found, inner, (*path, name)) if found else None
        noun = _NOUNS.get(family, family)
        if isinstance(value, dict) and value:
            self._several_names(value, path, family)
        else:
            self.checker.error("wrong-type", path, f"a {noun} is a name or a mapping with one name, not {kind_of(value)}")
        return None

    def find(self, name: str, path: Path, family: str, *, at: At = "value") -> Component | None:
        """Return the component of this name, or None after noting why there is none."""
        if reason := refused(name):
            self.checker.error("refused", path, f"`{name}` is not available in a spec", reason, at=at)
            return None
        for candidate in (family, *_ALSO.get(family, ())):
            if component := self.catalogue.component(candidate, name):
                return component
        if (word := self.catalogue.word(family, name)) and word.component:
            return self.catalogue.component(family, word.component)
        self._unknown(name, path, family, at)
        return None

    def with_value(
        self, component: Component, value: Any, path: Path, *, excused: Collection[str] = ()
    ) -> ComponentSpec:
        """Return the component with what stands behind its name: arguments, the first argument, or nothing.

        Arguments that are `excused` may be missing, because another problem has been noted for them.
        """
        first = component.first
        if value is None:
            arguments: dict[str, Any] = dict.fromkeys(excused)
        elif isinstance(value, dict) and not self._is_component(value, component):
            return self.with_arguments(component, value, path)
        elif first is None and not component.open:
            self.checker.error("unknown-argument", path, f"{component.name} has no arguments")
            arguments = {}
        elif component.inputs == "list" and isinstance(value, list) and component.family == "layers":
            message = f"`{component.name}` merges what `from` names; a list here would be its argument"
            names = ", ".join(str(item) for item in value)
            self.checker.error("merge-arguments", path, message, f"write `{component.name}:` and beside it `from: [{names}]`")
            arguments = {}
        else:
            name = first.name if first else str(component.open)
            arguments = {name: self._argument(component, first, name, value, path)}
        self._missing(component, arguments, path)
        return ComponentSpec(component.family, component.name, arguments, path)

    def with_arguments(self, component: Component, value: Mapping[str, Any], path: Path) -> ComponentSpec:
        """Return the component with named arguments, each checked."""
        arguments: dict[str, Any] = {}
        in_tuple = False
        for name, item in value.items():
            at = (*path, name)
            argument = component.arguments.get(name)
            if in_tuple and argument is None and item is None:
                in_tuple = not name.endswith(")")  # the rest of `(3, 3)`, reported with its first number
            elif isinstance(item, str) and item.startswith("(") and not item.endswith(")"):
                in_tuple = True
                hint = "a list is written `[3, 3]`, with square brackets"
                self.checker.error("wrong-type", at, f"`{name}` of {component.name} is written with round brackets", hint)
                arguments[name] = None
            elif argument is None and not component.open:
                if meant := self._unknown_argument(component, name, at):
                    arguments[meant] = None
            else:
                arguments[name] = self._argument(component, argument, name, item, at)
        self._missing(component, arguments, path)
        return ComponentSpec(component.family, component.name, arguments, path)

    def _read_name(self, name: str, path: Path, family: str) -> Any:
        word = self.catalogue.word(family, name)
        if word is None:
            found = self.find(name, path, family)
            return self.with_value(found, None, path) if found else None
        if word.native and family != "optimizers":
            return name
        found = self.catalogue.component(family, word.component) if word.component else None
        return ComponentSpec(family, found.name, {}, path) if found else name

    def _is_component(self, value: Mapping[str, Any], owner: Component) -> bool:
        """Say whether a mapping is one component rather than named arguments of `owner`."""
        if len(value) != 1 or owner.open:
            return False
        (name,) = value
        return name[:1].isupper() and name not in owner.arguments and bool(self.catalogue.families_of(name))

    def _argument(self, owner: Component, argument: Argument | None, name: str, value: Any, path: Path) -> Any:
        if argument is None:
            return value
        if argument.family and value is not None:
            if argument.many and isinstance(value, list):
                return [self.read(item, (*path, i), argument.family) for i, item in enumerate(value)]
            if isinstance(value, str | dict) and not self._plain(argument, value):
                return self.read(value, path, argument.family)
        value = self._nested(value, path)
        self._check_value(owner, argument, name, value, path)
        return value

    def _plain(self, argument: Argument, value: Any) -> bool:
        """Say whether an argument that takes components takes this plain value as it is."""
        if isinstance(value, str):
            return value in argument.choices or ("str" in argument.types and not self.catalogue.word(str(argument.family), value))
        return "dict" in argument.types and not (len(value) == 1 and next(iter(value))[:1].isupper())

    def _nested(self, value: Any, path: Path) -> Any:
        """Return a value with the components inside it read, wherever a mapping's only key is a component's name."""
        if isinstance(value, list):
            return [self._nested(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name,) = value
            families = self.catalogue.families_of(name) if name[:1].isupper() else ()
            if families:
                return self.read(value, path, families[0])
        return {key: self._nested(item, (*path, key)) for key, item in value.items()}

    def _check_value(self, owner: Component, argument: Argument, name: str, value: Any, path: Path) -> None:
        if isinstance(value, ComponentSpec) or (value is None and not argument.required and argument.default is None):
            return
        what = f"`{name}` of {owner.name}"
        if argument.types and not _fits(value, argument.types):
            expected = " or ".join(_KINDS[kind] for kind in argument.types if kind != "null" or len(argument.types) == 1)
            self.checker.error("wrong-type", path, f"{what} is {expected}, not {kind_of(value)}", _slip(value, argument.types))
        elif argument.choices and isinstance(value, str) and value.lower() not in map(str.lower, argument.choices):
            hint = did_you_mean(value, argument.choices)
            choices = listing(argument.choices, "or")
            self.checker.error("not-a-choice", path, f"{what} is {choices}, not `{shortened(value)}`", hint)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._check_range(argument, what, value, path)

    def _check_range(self, argument: Argument, what: str, value: float, path: Path) -> None:
        low, high = argument.minimum, argument.maximum
        too_low = low is not None and (value <= low if argument.above else value < low)
        too_high = high is not None and (value >= high if argument.below else value > high)
        if too_low:
            self.checker.error("out-of-range", path, f"{what} must be {'more than' if argument.above else 'at least'} {low:g}, not {value}")
        elif too_high:
            self.checker.error("out-of-range", path, f"{what} must be {'less than' if argument.below else 'at most'} {high:g}, not {value}")

    def _missing(self, component: Component, arguments: Mapping[str, Any], path: Path) -> None:
        missing = [name for name in component.required if name not in arguments]
        if missing:
            noun = "argument" if len(missing) == 1 else "arguments"
            self.checker.error(
                "missing-argument", path, f"{component.name} needs the {noun} {listing(missing)}",
                f"write `{component.name}: {{{', '.join(f'{name}: ...' for name in missing)}}}`", at="key",
            )  # fmt: skip

    def _unknown(self, name: str, path: Path, family: str, at: At) -> None:
        noun = _NOUNS.get(family, family)
        others = [other for other in self.catalogue.families_of(name) if other != family]
        if old := renamed("component", name) or renamed("word", name):
            hint: str | None = old
        elif others:
            hint = f"`{name}` is a {_NOUNS.get(others[0], others[0])}"
        else:
            known = [self.catalogue.names(family), self.catalogue.words(family)]
            hint = did_you_mean(name, [*known[name[:1].islower()], *known[not name[:1].islower()]])
        names = self.catalogue.names(family)
        if hint is None and 0 < len(names) <= 20:
            hint = f"there are {listing(names)}"
        self.checker.error("unknown-component", path, f"there is no {noun} `{shortened(name)}`", hint, at=at)

    def _unknown_argument(self, component: Component, name: str, path: Path) -> str | None:
        """Note an argument that the component does not have, and return the one that was meant."""
        new = new_name("argument", name, component=component.name)
        if new and (not new.isidentifier() or new in component.arguments):
            hint = renamed("argument", name, component=component.name)
            meant = new if new in component.arguments else None
        else:
            hint = did_you_mean(name, component.arguments)
            meant = nearest(name, component.arguments)
        if hint is None and len(component.arguments) <= 8:
            hint = f"it has {listing(component.arguments)}" if component.arguments else "it has no arguments"
        self.checker.error("unknown-argument", path, f"{component.name} has no argument `{name}`", hint, at="key")
        return meant


def old_input(component: ComponentSpec) -> dict[str, Any] | None:
    """Return arguments of `keras.Input` that a first layer's `input_shape` or `input_dim` stands for."""
    given = component.arguments
    if (size := given.get("input_dim")) is not None and component.name != "Embedding":
        return {"shape": [size]}
    if (shape := given.get("input_shape")) is not None:
        return {"shape": shape}
    shape = given.get("batch_input_shape") or given.get("batch_shape")
    return {"batch_shape": shape} if shape else None


def without_old_input(component: ComponentSpec) -> ComponentSpec:
    """Return the component without the arguments that `old_input` reads."""
    kept = {
        name: value
        for name, value in component.arguments.items()
        if name not in _OLD_INPUT or (name == "input_dim" and component.name == "Embedding")
    }
    return ComponentSpec(component.family, component.name, kept, component.path)


def _fits(value: Any, types: Sequence[str]) -> bool:
    if value is None:
        return "null" in types
    if isinstance(value, bool):
        return "bool" in types
    if isinstance(value, int):
        return "int" in types or "float" in types
    if isinstance(value, float):
        return "float" in types or ("int" in types and value.is_integer() and "float" in types)
    if isinstance(value, str):
        return "str" in types
    return ("dict" if isinstance(value, dict) else "list") in types


def _slip(value: Any, types: Sequence[str]) -> str | None:
    """Return a hint for what people write when they mean something else."""
    if not isinstance(value, str):
        return None
    if "list" in types and value.startswith("(") and value.endswith(")"):
        return f"a list is written `[{value[1:-1]}]`"
    if value == "None":
        return "nothing is written `null`"
    if "bool" in types and value.lower() in ("yes", "no", "on", "off"):
        return f"write `{'true' if value.lower() in ('yes', 'on') else 'false'}`"
    try:
        float(value)
    except ValueError:
        return None
    return "leave the quotes out" if {"int", "float"} & set(types) else None

"""The values of the catalogue: components, their arguments, and Keras' words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

JsonValue: TypeAlias = "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
Type = Literal["int", "float", "bool", "str", "list", "dict", "null"]
Inputs = Literal["one", "list", "several", "any"]
Function = Literal["plain", "factory"]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a component.

    Args:
        name: Its name in the constructor.
        required: Whether it must be given.
        default: What stands where it is not given; None if `required`.
        types: JSON types that it takes; `float` accepts whole numbers too. Empty when not known for sure.
        family: Family of the components that it takes, such as `initializers`, or None.
        many: Whether several such components may be given, as a list or a mapping.
        choices: All strings that it takes, if they are a closed list. Some of Keras' own, such as `padding`, are
            taken in any letter case.
        minimum: Least number that it takes, or None.
        maximum: Greatest number that it takes, or None.
        above: Whether `minimum` itself is too little.
        below: Whether `maximum` itself is too much.
        writes: Whether it names a path that is written to.
        reads: Whether it may name a file that is read.
        common: Whether all components of the family take it, and this one does not name it itself.
        summary: First sentence of its documentation.
    """

    name: str
    required: bool
    default: JsonValue = None
    types: tuple[Type, ...] = ()
    family: str | None = None
    many: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    above: bool = False
    below: bool = False
    writes: bool = False
    reads: bool = False
    common: bool = False
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that a spec can name: a layer, an optimizer, a loss, an op, a data source.

    Args:
        family: Family that it belongs to, such as `layers`.
        name: Its canonical name.
        module: Dotted path that it can be imported from, as `attribute`.
        arguments: Its arguments by name, in the order of the signature.
        summary: First sentence of its documentation.
        aliases: Its other names.
        open: Name of the parameter that takes any further named arguments, or None.
        inputs: For a layer, how its call is fed: `one` tensor, one `list` of tensors, `several` arguments, or `any` of
            them, where only the layer itself knows.
        call: Names of the arguments of a layer's call, without `training`.
        call_required: Those of `call` that must be given.
        adapts: Whether the layer learns from data before training.
        training_only: Whether the layer passes its input through unchanged outside training.
        function: For a function of one's own, whether it is taken as it is (`plain`) or called to make what is wanted
            (`factory`).
    """

    family: str
    name: str
    module: str
    arguments: Mapping[str, Argument]
    summary: str = ""
    aliases: tuple[str, ...] = ()
    open: str | None = None
    inputs: Inputs = "one"
    call: tuple[str, ...] = ()
    call_required: tuple[str, ...] = ()
    adapts: bool = False
    training_only: bool = False
    function: Function | None = None

    @property
    def attribute(self) -> str:
        """Its name in its module: `resize` for the op `image.resize`."""
        return self.name.rpartition(".")[2]

    @property
    def title(self) -> str:
        """Its name as specs and messages say it: `ops.image.resize`."""
        return f"ops.{self.name}" if self.family == "ops" else self.name

    @property
    def first(self) -> Argument | None:
        """The first argument, which a value without a name stands for."""
        return next(iter(self.arguments.values()), None)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the arguments that must be given."""
        return tuple(argument.name for argument in self.arguments.values() if argument.required)


@dataclass(frozen=True, slots=True)
class Word:
    """A lower-case string that stands for a component or a function.

    Args:
        family: Family that it belongs to.
        name: The word.
        component: Canonical name of the component that it means, or None.
        function: Name of the function of the family's module that Keras makes of it, or None.
        native: Whether Keras' own `get` understands it; else the component is to be built with its defaults.

    With neither component nor function, Keras resolves the word from the shapes, as it does `accuracy`.
    """

    family: str
    name: str
    component: str | None = None
    function: str | None = None
    native: bool = True


_TUPLES = ("types", "choices", "aliases", "call", "call_required")


def read_argument(name: str, record: Mapping[str, Any]) -> Argument:
    """Return the argument that a record of the catalogue's file describes."""
    required = "default" not in record
    return Argument(name=name, required=required, **_tupled(record))


def read_component(family: str, name: str, record: Mapping[str, Any], common: Mapping[str, Any]) -> Component:
    """Return the component that a record of the catalogue's file describes.

    Args:
        family: Family of the component.
        name: Its canonical name.
        record: What the file says about it; `common` there names further arguments, shared by many components.
        common: Records of the shared arguments by name.
    """
    fields = _tupled(record)
    arguments = {key: read_argument(key, value) for key, value in fields.pop("arguments", {}).items()}
    for key in fields.pop("common", ()):
        arguments[key] = replace(read_argument(key, common[key]), common=True)
    return Component(family=family, name=name, arguments=arguments, **fields)


def _tupled(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if key in _TUPLES else value for key, value in record.items()}

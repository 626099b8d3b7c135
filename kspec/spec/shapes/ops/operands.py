"""What an operation is called with: results for some of its parameters, constants for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kspec.spec.checker import is_whole
from kspec.spec.ops import LISTED, VARIADIC, free_parameters
from kspec.spec.shapes.calls import Call, Fed, Unsure
from kspec.spec.shapes.demands import has_axis
from kspec.spec.shapes.sizes import Shape


@dataclass(frozen=True, slots=True)
class Operands:
    """The parameters of one call of an operation.

    Args:
        values: What each parameter gets that gets something: a `Fed`, a list of them, or a constant.
        call: The call.
    """

    values: Mapping[str, Any]
    call: Call

    def get(self, name: str) -> Any:
        """Return the constant that a parameter gets, or its default."""
        value = self.values[name] if name in self.values else self.call.argument(name)
        if isinstance(value, Fed):
            raise Unsure
        return value

    def shape(self, name: str) -> Shape | None:
        """Return the shape of what a parameter gets; None if it is not known. A number has no axes."""
        value = self.values.get(name)
        if isinstance(value, Fed):
            return value.shape
        if isinstance(value, bool | int | float):
            return ()
        raise Unsure

    def shapes(self, name: str) -> tuple[Shape | None, ...]:
        """Return the shapes of a list of results."""
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(item, Fed) for item in value):
            raise Unsure
        return tuple(item.shape for item in value)

    def whole(self, name: str, least: int | None = None) -> int:
        """Return the whole number that a parameter gets."""
        value = self.get(name)
        if not is_whole(value) or (least is not None and value < least):
            raise Unsure
        return value

    def axes(self, shape: Shape, name: str = "axis") -> tuple[int, ...] | None:
        """Return the axes that a parameter names, counted from the front; None for all of them."""
        value = self.get(name)
        if value is None:
            return None
        named = value if isinstance(value, list | tuple) else [value]
        if not all(is_whole(axis) for axis in named):
            raise Unsure
        found = tuple(has_axis(shape, axis) for axis in named)
        if len(set(found)) < len(found):
            raise Unsure
        return found


def operands(call: Call) -> Operands:
    """Return the parameters of a call: those given by name, and what feeds it in the places that are left."""
    component = call.component
    if component.name in VARIADIC:
        raise Unsure
    named = {**component.arguments, **call.named}
    free = free_parameters(component.definition, named)
    fed = [Fed(shape) for shape in call.inputs]
    if component.name in LISTED:
        return Operands({**named, free[0]: fed}, call)
    return Operands({**named, **dict(zip(free, fed, strict=False))}, call)

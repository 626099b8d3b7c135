"""One call of a layer or an op, as far as shapes go: what its rule is given, and what may come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kspec.spec.checker import is_whole
from kspec.spec.components import ComponentSpec
from kspec.spec.shapes.data_format import default_data_format
from kspec.spec.shapes.sizes import UNKNOWN, Shape, Size


@dataclass(frozen=True, slots=True)
class Several:
    """The results of a call that has several; None for one whose shape is not known."""

    shapes: tuple[Shape | None, ...]


Result = Shape | Several | None
"""What comes of a call: one shape, several, or None where the spec alone does not say."""


class Mistake(Exception):  # noqa: N818 - it is the user's, and becomes a problem
    """Keras refuses the call for sure.

    Attributes:
        reason: Why, in the terms of a spec; part of a sentence.
        hint: How to mend it, if there is a good guess.
    """

    def __init__(self, reason: str, hint: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class Unsure(Exception):  # noqa: N818 - no error: the answer is "unknown"
    """Nothing can be said about the call."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a component.

    Args:
        component: The layer or op.
        inputs: Shapes of what it is fed first; a single one unless `listed`.
        listed: Whether these are a list.
        named: All other call arguments: a `Fed` for each result, and constants.
        bound: Sizes that earlier calls of the same layer have given its weights, by axis. A call adds its own.
        rule_of: Applies the rule of a layer inside this one.
        model_of: Tells what comes of a model, or something shared, inside this layer.
    """

    component: ComponentSpec
    inputs: tuple[Shape | None, ...]
    listed: bool = False
    named: Mapping[str, Any] = field(default_factory=dict)
    bound: dict[int, Size] = field(default_factory=dict)
    rule_of: Callable[[Call], Result] = lambda call: None
    model_of: Callable[[Any, Shape | None], Result] = lambda thing, shape: None

    @property
    def name(self) -> str:
        """Name of the component, such as `Conv2D`."""
        return self.component.name

    @property
    def shape(self) -> Shape | None:
        """Shape of the only thing that it is fed."""
        if self.listed or len(self.inputs) != 1:
            raise Unsure
        return self.inputs[0]

    def argument(self, name: str) -> Any:
        """Return a constructor argument as written, or Keras' default."""
        given = self.component.arguments
        if name in given:
            return given[name]
        known = self.component.definition.arguments.get(name)
        return known.default if known else None

    def whole(self, name: str, least: int = 1) -> int:
        """Return an argument that is a whole number of at least `least`."""
        value = self.argument(name)
        if not is_whole(value) or value < least:
            raise Unsure
        return value

    def flag(self, name: str) -> bool:
        """Return an argument that is true or false."""
        value = self.argument(name)
        if not isinstance(value, bool):
            raise Unsure
        return value

    def sizes(self, name: str, count: int, least: int = 1) -> tuple[int, ...]:
        """Return an argument that is one whole number for each of `count` axes, or one for all of them."""
        value = self.argument(name)
        numbers = [value] * count if isinstance(value, int) else value
        return whole_numbers(numbers, count, least)

    @property
    def channels_first(self) -> bool:
        """Whether the channel axis comes before the others."""
        if "data_format" not in self.component.definition.arguments:
            return False
        given = self.argument("data_format")
        if given not in (None, "channels_first", "channels_last"):
            raise Unsure
        return (given or default_data_format()) == "channels_first"

    def inside(self, thing: Any, shape: Shape | None) -> Result:
        """Return what comes of a layer or a model inside this one, fed with `shape`."""
        if isinstance(thing, ComponentSpec):
            return self.rule_of(Call(thing, (shape,), bound=self.bound, rule_of=self.rule_of, model_of=self.model_of))
        return self.model_of(thing, shape)


@dataclass(frozen=True, slots=True)
class Fed:
    """A result that a call takes: its shape, or None."""

    shape: Shape | None


def whole_numbers(value: Any, count: int | None = None, least: int = 1) -> tuple[int, ...]:
    """Return a list of `count` whole numbers as a tuple.

    Raises:
        Unsure: It is something else, which is not about shapes.
    """
    if not isinstance(value, list | tuple) or (count is not None and len(value) != count):
        raise Unsure
    if not all(is_whole(item) and item >= least for item in value):
        raise Unsure
    return tuple(value)


def unknown(rank: int) -> Shape:
    """Return a shape of which nothing but the number of axes is known."""
    return (UNKNOWN,) * rank

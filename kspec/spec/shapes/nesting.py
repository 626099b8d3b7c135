"""Whole models as steps: what they are fed, held against the inputs that they say themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kspec.spec.graph import Graph, InputSpec
from kspec.spec.shapes.calls import Mistake, Result
from kspec.spec.shapes.sizes import UNKNOWN, Shape, differ, shown
from kspec.spec.whole_models import ApplicationSpec


def input_shape(item: InputSpec) -> Shape | None:
    """Return the shape of an input, the batch axis first; None if the data decides it."""
    arguments = item.arguments
    if arguments.get("sparse") or arguments.get("ragged"):
        return None
    whole = arguments.get("batch_shape")
    if isinstance(whole, list):
        return tuple(whole)
    row = arguments.get("shape")
    return (arguments.get("batch_size"), *row) if isinstance(row, list) else None


def check_fed(graph: Graph, wanted: Sequence[Shape | None], fed: Sequence[Shape | None]) -> None:
    """Hold what a model is fed against what it is built for, as Keras does: the batch axis and a last axis of 1 aside.

    Args:
        graph: The model.
        wanted: Shapes that its inputs are built with; None for one that is not known.
        fed: Shapes that it is fed.

    Raises:
        Mistake: Keras refuses it.
    """
    for name, built, given in zip(graph.inputs, wanted, fed, strict=True):
        if built is not None and given is not None and not _fits(built, given):
            raise wrong_input(name, built, said=graph.inputs[name].known)


def wrong_input(name: str, shape: Iterable[Any], *, said: bool) -> Mistake:
    """Return the mistake of a model that is fed something else than its input.

    Args:
        name: Name of the input.
        shape: Its shape.
        said: Whether the model says it; else it has the shape of what feeds it first.
    """
    if said:
        hint = "feed it what its input says, or change the input; `null` in it is any size"
    else:
        hint = "it is built for what feeds it first; give it an `input` of its own, with `null` for sizes that vary"
    return Mistake(f"its input `{name}` is {shown(shape)}", hint)


def _fits(wanted: Shape, given: Shape) -> bool:
    one, other = _squeezed(wanted), _squeezed(given)
    if any(differ(a, b) for a, b in list(zip(one, other, strict=False))[1:]):
        return False
    if len(wanted) == len(given):
        return True
    longer = given if len(given) > len(wanted) else wanted
    return abs(len(wanted) - len(given)) == 1 and longer[-1] in (1, None, UNKNOWN)


def _squeezed(shape: Shape) -> Shape:
    return shape[:-1] if shape and shape[-1] == 1 else shape


def application_result(thing: ApplicationSpec, fed: Shape | None) -> Result:
    """Return what an application gives: known where it ends in its classes."""
    arguments = {name: argument.default for name, argument in thing.component.definition.arguments.items()}
    arguments |= thing.component.arguments
    classes = arguments.get("classes")
    if thing.outputs or arguments.get("include_top") is not True or not isinstance(classes, int):
        return None
    return (UNKNOWN if fed is None else fed[0], classes)

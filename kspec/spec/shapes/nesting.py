"""Whole models as steps: what they are fed, held against the inputs that they say themselves."""

from __future__ import annotations

from collections.abc import Sequence

from kspec.spec.graph import ApplicationSpec, Graph, InputSpec
from kspec.spec.shapes.calls import Mistake, Result
from kspec.spec.shapes.sizes import UNKNOWN, Shape, differ, shown


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


def check_fed(graph: Graph, fed: Sequence[Shape | None]) -> None:
    """Hold what a model is fed against its inputs, as Keras does: the batch axis aside, and a last axis of 1.

    Raises:
        Mistake: Keras refuses it.
    """
    for item, given in zip(graph.inputs.values(), fed, strict=True):
        wanted = input_shape(item)
        if wanted is None or given is None or _fits(wanted, given):
            continue
        hint = "feed it what its input says, or change the input"
        raise Mistake(f"its input `{item.name}` is {shown(wanted)}", hint)


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

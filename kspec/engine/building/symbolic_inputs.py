"""The symbolic inputs of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from kspec.spec.graph import Graph, InputSpec
from kspec.spec.problems import Problem, SpecError


def symbolic_inputs(
    graph: Graph, shapes: Mapping[str, tuple[int | None, ...]], dtypes: Mapping[str, str]
) -> dict[str, Any]:
    """Return a symbolic tensor for each input of a model, by name.

    Args:
        graph: The model.
        shapes: Shapes of one row of each input, for inputs whose shape the spec leaves to the data.
        dtypes: Types of each input, likewise.

    Raises:
        SpecError: The shape of an input is not known, or Keras refuses its arguments.
    """
    return {item.name: _input(item, shapes, dtypes) for item in graph.inputs.values()}


def _input(item: InputSpec, shapes: Mapping[str, tuple[int | None, ...]], dtypes: Mapping[str, str]) -> Any:
    arguments = dict(item.arguments)
    if not item.known:
        if item.name not in shapes:
            message = f"the shape of the input `{item.name}` is not known"
            hint = "write `input: {shape: [...]}`, or name the data that it is fed"
            raise SpecError([Problem("unknown-shape", item.path, message, hint, at="key")])
        arguments["shape"] = shapes[item.name]
        arguments.setdefault("dtype", dtypes.get(item.name))
    try:
        return keras.Input(name=item.name, **arguments)
    except (TypeError, ValueError) as error:
        message = f"the input `{item.name}` cannot be made: {error}"
        raise SpecError([Problem("component-failed", item.path, message, at="key")]) from error

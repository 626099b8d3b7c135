"""`input_shape` and `input_dim` of a first layer, as older Keras programs give a model its input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kspec.spec.checker import Checker
from kspec.spec.components import ComponentSpec
from kspec.spec.graph import InputSpec
from kspec.spec.model.inputs import check_shape
from kspec.spec.writing import to_inline

_ARGUMENTS = ("input_shape", "input_dim")


def take_old_input(
    layer: ComponentSpec, first: InputSpec | None, checker: Checker
) -> tuple[ComponentSpec, InputSpec | None]:
    """Return a layer without its old input arguments, and the input that they describe.

    Args:
        layer: The layer.
        first: The input that feeds the layer, if it is the model's first; else None.
        checker: Where problems go.

    Returns:
        The layer; and `first` with the shape, if the layer says one that the input does not say itself.
    """
    given = [name for name in _ARGUMENTS if layer.arguments.get(name) is not None and not _is_own(layer, name)]
    kept = {name: value for name, value in layer.arguments.items() if name not in _ARGUMENTS or _is_own(layer, name)}
    mended = replace(layer, arguments=kept)
    if not given:
        return mended, first
    name = given[0]
    path = (*layer.path, name)
    shape = _shape(name, layer.arguments)
    if first is None:
        message = f"`{name}` says something only in the first layer"
        checker.error("late-input-shape", path, message, "leave it out: Keras knows the shape", at="key")
    elif first.known:
        said = first.arguments.get("shape")
        if said != shape:
            message = f"`{name}` is not the shape that `input` says"
            hint = f"leave it out, or change `input`, which says `{to_inline(first.arguments)}`"
            checker.error("two-inputs", path, message, hint, at="key")
    elif check_shape(checker, shape, path):
        return mended, replace(first, arguments={**first.arguments, "shape": shape})
    return mended, first


def _is_own(layer: ComponentSpec, name: str) -> bool:
    """Say whether the argument is the layer's own: `input_dim` of Embedding is the size of its vocabulary."""
    argument = layer.definition.arguments.get(name)
    return argument is not None and not argument.common


def _shape(name: str, arguments: Mapping[str, Any]) -> Any:
    return arguments[name] if name == "input_shape" else [arguments[name]]

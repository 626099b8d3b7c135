"""Operations of `keras.ops` applied to symbolic tensors or arrays, their parameters filled as a spec says."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from kspec.spec.components import ComponentSpec
from kspec.spec.ops import LISTED, VARIADIC, free_parameters


def apply_op(op: ComponentSpec, inputs: Any, call: Mapping[str, Any] | None = None) -> Any:
    """Return what an operation makes of its inputs.

    Args:
        op: The operation with its arguments.
        inputs: One tensor or array, or a list of them: they fill, in order, the parameters that are not given by name.
        call: Further parameters by name.
    """
    function = getattr(importlib.import_module(op.definition.module), op.definition.attribute)
    named = {name: _tuple(value) for name, value in {**op.arguments, **(call or {})}.items()}
    fed = list(inputs) if isinstance(inputs, Sequence) else [inputs]
    if op.name in VARIADIC:
        leading = [named.pop(name) for name in list(op.definition.arguments) if op.name == "einsum" and name in named]
        return function(*leading, *fed, **named)
    free = free_parameters(op.definition, named)
    if op.name in LISTED:
        return function(**{free[0]: tuple(fed)}, **named)
    return function(**dict(zip(free, fed, strict=False)), **named)


def _tuple(value: Any) -> Any:
    """Return a list of numbers as the tuple that some operations insist on."""
    return tuple(value) if isinstance(value, list) and all(isinstance(item, int | float) for item in value) else value

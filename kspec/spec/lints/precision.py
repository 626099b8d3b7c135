"""Numbers that are too short for what they are to hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kspec.spec.components import ComponentSpec
from kspec.spec.document import Document
from kspec.spec.graph import Tensor
from kspec.spec.lints.finding import Finding
from kspec.spec.lints.heads import own_activation
from kspec.spec.lints.walk import layers_of

if TYPE_CHECKING:
    from kspec.spec.spec import Spec

_WITH_WEIGHTS = {"Dense", "Conv1D", "Conv2D", "Conv3D", "EinsumDense"}
_SHORT = ("float16", "bfloat16")
_MIXED = "mixed_"
_PROBABILITIES = ("softmax", "sigmoid")


def half_precision(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of weights of 16 bits, whose updates are lost in rounding."""
    everywhere = spec.runtime.precision
    if everywhere in _SHORT:
        yield _rounded_weights(everywhere, ("runtime", "precision"))
    for component in layers_of(spec.graph):
        dtype = component.arguments.get("dtype")
        if component.name in _WITH_WEIGHTS and dtype in _SHORT:
            yield _rounded_weights(str(dtype), (*component.path, "dtype"))


def rounded_output(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of probabilities that are computed in 16 bits, which leave two or three digits of them to the loss."""
    precision = spec.runtime.precision or ""
    if not precision.startswith(_MIXED):
        return
    for tensor in spec.graph.outputs.values():
        node = spec.graph.node(tensor.name) if isinstance(tensor, Tensor) else None
        component = node.thing if node else None
        if not isinstance(component, ComponentSpec) or component.arguments.get("dtype") is not None:
            continue
        found = own_activation(component)
        if found and found[0] in _PROBABILITIES:
            message = f"the {found[0]} of this output is rounded to {precision.removeprefix(_MIXED)}"
            yield Finding(component.path, message, f"give {component.name} `dtype: float32`", at="key")


def _rounded_weights(dtype: str, path: tuple[str | int, ...]) -> Finding:
    message = f"weights of {dtype} hardly train: small updates are rounded away"
    return Finding(path, message, f"write `{_MIXED}{dtype}`")

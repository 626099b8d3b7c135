"""What the outputs of a model end in: the last activation and the number of units, as far as the graph shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kspec.spec.checker import is_whole
from kspec.spec.components import ComponentSpec
from kspec.spec.graph import Graph, GraphNode, Tensor
from kspec.spec.problems import Path
from kspec.spec.whole_models import ApplicationSpec

if TYPE_CHECKING:
    from kspec.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Head:
    """What a result ends in.

    Args:
        activation: Keras' word for the activation, such as `linear`; None if it is not sure.
        units: Size of the last axis; None if it is not sure.
        path: Place of what gives the activation.
    """

    activation: str | None = None
    units: int | None = None
    path: Path = ()


UNKNOWN = Head()

_LAYERS = {
    "Softmax": "softmax",
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "leaky_relu",
    "ELU": "elu",
}
"""Layers that are an activation."""

_UNITS = {
    "Dense": "units", "LSTM": "units", "GRU": "units", "SimpleRNN": "units",
    "Conv1D": "filters", "Conv2D": "filters", "Conv3D": "filters",
    "Conv1DTranspose": "filters", "Conv2DTranspose": "filters", "Conv3DTranspose": "filters",
    "SeparableConv1D": "filters", "SeparableConv2D": "filters", "EinsumDense": "",
}  # fmt: skip
"""Layers with an activation of their own, and the argument that says how many units it has."""

_KEEPING = {
    "Identity", "Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
}  # fmt: skip
"""Layers whose results are what they are fed, or means of it."""

_UNBOUNDED = {"BatchNormalization", "LayerNormalization", "GroupNormalization", "Embedding"}
"""Layers whose results may be any number."""

_FARTHEST = 100
"""Steps that are looked back at; a model may end in any number of layers that change nothing."""

_ALIKE = {"swish": "silu", "hard_swish": "hard_silu"}
_OPS = {"softmax", "sigmoid", "relu", "log_softmax", "tanh", "softplus", "elu", "gelu", "silu"}


def head_of(spec: Spec, output: str) -> Head:
    """Return what an output of a spec's model ends in."""
    head = _head(spec.graph, spec.graph.outputs[output], _FARTHEST)
    shape = spec.shapes.outputs.get(output)
    return replace(head, units=shape[-1]) if head.units is None and shape else head


def activation_word(value: Any) -> str | None:
    """Return Keras' word for what is given as an activation; `linear` for none, None if it is not sure."""
    if value is None:
        return "linear"
    if isinstance(value, ComponentSpec):
        return _LAYERS.get(value.name) if value.name != "Softmax" or not value.arguments else None
    return _ALIKE.get(value, value) if isinstance(value, str) else None


def is_activation(component: ComponentSpec) -> bool:
    """Say whether a layer is nothing but an activation, without weights before it."""
    return component.family == "layers" and (component.name in _LAYERS or component.name == "Activation")


def own_activation(component: ComponentSpec) -> tuple[str | None, Path] | None:
    """Return the activation that a layer applies last and its place; None if the layer has none of its own."""
    if component.family != "layers":
        return None
    if component.name in _LAYERS:
        plain = component.name != "Softmax" or component.arguments.get("axis", -1) == -1
        return (_LAYERS[component.name] if plain else None), component.path
    if component.name not in _UNITS and not is_activation(component):
        return None
    argument = component.definition.arguments.get("activation")
    given = "activation" in component.arguments
    value = component.arguments["activation"] if given else argument.default if argument else None
    return activation_word(value), (*component.path, "activation") if given else component.path


def _head(graph: Graph, tensor: Tensor, left: int) -> Head:
    node = graph.node(tensor.name)
    if node is None or not left:
        return UNKNOWN
    if isinstance(node.thing, Graph):
        outputs = list(node.thing.outputs.values())
        index = tensor.index or 0
        return _head(node.thing, outputs[index], left - 1) if index < len(outputs) else UNKNOWN
    if isinstance(node.thing, ApplicationSpec):
        return _classifier(node.thing)
    if not isinstance(node.thing, ComponentSpec) or tensor.index is not None:
        return UNKNOWN
    return _of_component(graph, node, node.thing, left)


def _of_component(graph: Graph, node: GraphNode, component: ComponentSpec, left: int) -> Head:
    def fed() -> Head:
        return _head(graph, node.inputs, left - 1) if isinstance(node.inputs, Tensor) else UNKNOWN

    if component.family == "ops":
        name = component.definition.attribute
        return Head(name, fed().units, component.path) if name in _OPS and not component.arguments else UNKNOWN
    if component.name == "TimeDistributed" and isinstance(inner := component.arguments.get("layer"), ComponentSpec):
        return _of_component(graph, node, inner, left)
    if component.name in _KEEPING:
        return fed()
    if component.name in _UNBOUNDED:
        units = component.arguments.get("output_dim") if component.name == "Embedding" else fed().units
        return Head("linear", _whole(units), component.path)
    found = own_activation(component)
    if found is None:
        return UNKNOWN
    activation, path = found
    if component.name in _UNITS:
        return Head(activation, _whole(component.arguments.get(_UNITS[component.name])), path)
    return fed() if activation == "linear" else Head(activation, fed().units, path)


def _classifier(application: ApplicationSpec) -> Head:
    component = application.component
    options = {name: argument.default for name, argument in component.definition.arguments.items()}
    options |= component.arguments
    if application.outputs or not options.get("include_top") or "classifier_activation" not in options:
        return UNKNOWN
    return Head(activation_word(options["classifier_activation"]), _whole(options.get("classes")), application.path)


def _whole(value: Any) -> int | None:
    return value if is_whole(value) else None

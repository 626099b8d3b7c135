"""Layers that undo or repeat what another layer does, or can do nothing at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kspec.spec.components import ComponentSpec
from kspec.spec.document import Document
from kspec.spec.graph import Graph, GraphNode, Tensor, Thing
from kspec.spec.lints.finding import Finding
from kspec.spec.lints.heads import activation_word, is_activation, own_activation
from kspec.spec.lints.walk import graphs_of, layers_of, users_of

if TYPE_CHECKING:
    from kspec.spec.spec import Spec

_MOST_DROPPED = 0.9
_DROPOUT = {"Dropout", "AlphaDropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"}
_NEVER_BELOW_0 = {"relu", "softplus", "exponential", "sigmoid", "hard_sigmoid", "softmax"}
_KEEPING_ABOVE_0 = {"relu", "leaky_relu", "elu"}
_SQUASHING = {"softmax", "sigmoid"}
_CUT_OR_SQUASHED = {"relu", "softmax", "sigmoid"}
_FLATTENING = {
    "Flatten", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D",
}  # fmt: skip
_WITH_WEIGHTS = {"Dense", "Conv1D", "Conv2D", "Conv3D", "EinsumDense"}


def one_unit_softmax(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of softmax over one unit, which is 1 whatever the unit says."""
    for component in layers_of(spec.graph):
        if component.name != "Dense" or component.arguments.get("units") != 1:
            continue
        if activation_word(component.arguments.get("activation")) == "softmax":
            path = (*component.path, "activation")
            yield Finding(path, "softmax over one unit is always 1", "write `activation: sigmoid`, or more units")


def hidden_softmax(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a Dense layer with softmax that only feeds Dense layers: it lets hardly anything through."""
    for graph in graphs_of(spec.graph):
        outputs = {tensor.name for tensor in graph.outputs.values()}
        users = users_of(graph)
        for node in graph.nodes:
            component = node.component
            if component is None or component.name != "Dense" or component.arguments.get("units") == 1:
                continue
            softmax = activation_word(component.arguments.get("activation")) == "softmax"
            if softmax and _hidden(node, users, outputs):
                message = "softmax in a hidden layer makes its units share 1 among them"
                yield Finding((*component.path, "activation"), message, "write `activation: relu`")


def activation_twice(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of an activation behind another that leaves it nothing to do, or spoils it."""
    for graph in graphs_of(spec.graph):
        nodes = {node.name: node for node in graph.nodes}
        for node in graph.nodes:
            before = nodes.get(node.inputs.name) if isinstance(node.inputs, Tensor) else None
            if before is None or before.component is None or node.component is None:
                continue
            if not is_activation(node.component) or before.component.name in ("LSTM", "GRU", "SimpleRNN"):
                continue
            first, second = own_activation(before.component), own_activation(node.component)
            if first and second and _useless(first[0], second[0]):
                message = f"{before.kind} ends in `{first[0]}` already, and `{second[0]}` is applied to that"
                yield Finding(node.component.path, message, "keep one of them", at="key")


def high_dropout(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a dropout that leaves next to nothing: `rate` is what is dropped, not what is kept."""
    for component in layers_of(spec.graph):
        rate = component.arguments.get("rate")
        if component.name in _DROPOUT and isinstance(rate, int | float) and rate >= _MOST_DROPPED:
            message = f"{component.name} drops {rate:.4g} of its input and keeps {1 - rate:.4g}"
            hint = f"if {rate:.4g} is to be kept, write {1 - rate:.4g}" if rate < 1 else None
            yield Finding((*component.path, "rate"), message, hint)


def one_row_normalized(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of BatchNormalization over batches of one row: a value less the mean of itself is 0, whatever it is."""
    yield from normalizing_one_row(spec)


def normalizing_one_row(spec: Spec) -> Iterator[Finding]:
    """Yield what there is to say of BatchNormalization over batches of one row, as far as shapes are known."""
    if spec.compile is None or spec.fit.batch_size > 1:
        return
    nodes = {node.name: node for node in spec.graph.nodes}
    for node in spec.graph.nodes:
        component = node.component
        frozen = node.trainable is False or (component and component.arguments.get("trainable") is False)
        if component is None or component.name != "BatchNormalization" or frozen or not isinstance(node.inputs, Tensor):
            continue
        before = nodes.get(node.inputs.name)
        shape = spec.shapes.of(node.inputs)
        flat = before is not None and before.component is not None and before.component.name in _FLATTENING
        if flat or (shape is not None and len(shape) == 2):
            message = "BatchNormalization of one row at a time makes every value the same"
            yield Finding(
                component.path, message, "train with a larger `batch_size`, or use LayerNormalization", at="key"
            )


def nothing_trains(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a model that is to be trained and has nothing to train."""
    if spec.compile is not None and spec.graph.nodes and not _trains(spec.graph):
        message = "every layer is frozen, or has no weights: nothing is trained"
        yield Finding((*spec.graph.path, "layers"), message, "take `trainable: false` from a layer", at="key")


def _trains(thing: Thing) -> bool:
    """Say whether something may have weights that are trained."""
    if isinstance(thing, ComponentSpec):
        weightless = thing.family == "ops" or thing.definition.training_only or thing.name in _WEIGHTLESS
        return not weightless and thing.definition.inputs != "list" and thing.arguments.get("trainable") is not False
    if not isinstance(thing, Graph):
        return True
    shared = {entry.path: entry.trainable for entry in thing.shared}
    return any(
        node.trainable is not False and shared.get(node.shared or ()) is not False and _trains(node.thing)
        for node in thing.nodes
    )


def _hidden(node: GraphNode, users: Mapping[str, Sequence[GraphNode]], outputs: Collection[str]) -> bool:
    """Say whether nothing but Dense layers takes a step's result, seen through Dropout."""
    pending = [node]
    while pending:
        step = pending.pop()
        if step.name in outputs:
            return False
        for user in users.get(step.name, ()):
            name = user.component.name if user.component else ""
            if name in _DROPOUT:
                pending.append(user)
            elif name != "Dense":
                return False
    return True


def _useless(first: str | None, second: str | None) -> bool:
    if first is None or second is None or "linear" in (first, second):
        return False
    if first == second:
        return True
    kept = first in _NEVER_BELOW_0 and second in _KEEPING_ABOVE_0
    return kept or (first in _CUT_OR_SQUASHED and second in _SQUASHING)


_WEIGHTLESS = {
    "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Identity", "Masking", "Reshape", "Flatten", "Permute",
    "RepeatVector", "UnitNormalization", "Rescaling", "Resizing", "CenterCrop", "RandomCrop", "Normalization",
    "Discretization", "CategoryEncoding", "Hashing", "HashedCrossing", "StringLookup", "IntegerLookup",
    "TextVectorization", "Cropping1D", "Cropping2D", "Cropping3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D",
    "UpSampling1D", "UpSampling2D", "UpSampling3D", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "GlobalMaxPooling1D", "GlobalMaxPooling2D",
    "GlobalMaxPooling3D", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
}  # fmt: skip
"""Layers that never have weights to train, besides those that merge or act in training alone."""

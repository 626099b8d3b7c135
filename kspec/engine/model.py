"""A graph into a Keras model: layers made and called one by one, in the order of the spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras

from kspec.engine.faults import call_failed, no_such_result, several_results
from kspec.engine.instantiate import adapts, instantiate
from kspec.spec.graph import Graph, GraphNode, InputSpec, Tensor
from kspec.spec.problems import Problem, SpecError

Adapt = Callable[[keras.layers.Layer, Mapping[str, Any], Any], None]
"""Adapts a layer to the training data: the layer, the model's inputs, and the tensor that the layer will be fed."""


def build_model(
    graph: Graph,
    *,
    name: str,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    dtypes: Mapping[str, str] | None = None,
    adapt: Adapt | None = None,
) -> keras.Model:
    """Build the Keras model of a graph.

    A model with one input takes an array, one with several a dict; likewise for outputs.

    Args:
        graph: The graph.
        name: Name of the model.
        shapes: Shapes of one row of each input, for inputs whose shape the spec leaves to the data.
        dtypes: Types of each input, likewise.
        adapt: Adapts layers that learn from data; without it they stay as they are.

    Raises:
        SpecError: A layer cannot be built, or refuses its inputs.
    """
    builder = _Builder(graph, shapes or {}, dtypes or {}, adapt)
    inputs = {item.name: builder.input(item) for item in graph.inputs.values()}
    if graph.sequential:
        return builder.sequential(inputs[next(iter(inputs))], name)
    for node in graph.nodes:
        builder.call(node)
    outputs = {label: builder.result(tensor, builder.last(tensor)) for label, tensor in graph.outputs.items()}
    return keras.Model(
        inputs=inputs if graph.several_inputs else next(iter(inputs.values())),
        outputs=outputs if graph.several_outputs else next(iter(outputs.values())),
        name=name,
    )


class _Builder:
    def __init__(
        self, graph: Graph, shapes: Mapping[str, tuple[int, ...]], dtypes: Mapping[str, str], adapt: Adapt | None
    ) -> None:
        self.graph = graph
        self.shapes = shapes
        self.dtypes = dtypes
        self.adapt = adapt
        self.results: dict[str, Any] = {}
        self.inputs: dict[str, Any] = {}

    def input(self, item: InputSpec) -> Any:
        arguments = dict(item.arguments)
        if not item.known:
            if item.name not in self.shapes:
                message = f"the shape of the input `{item.name}` is not known"
                hint = "write `input: {shape: [...]}`, or name the data that it is fed"
                raise SpecError([Problem("unknown-shape", item.path, message, hint, at="key")])
            arguments["shape"] = self.shapes[item.name]
            arguments.setdefault("dtype", self.dtypes.get(item.name))
        try:
            tensor = keras.Input(name=item.name, **arguments)
        except (TypeError, ValueError) as error:
            message = f"the input `{item.name}` cannot be made: {error}"
            raise SpecError([Problem("component-failed", item.path, message, at="key")]) from error
        self.results[item.name] = self.inputs[item.name] = tensor
        return tensor

    def sequential(self, tensor: Any, name: str) -> keras.Sequential:
        """Build the layers as a `keras.Sequential`; called one by one first, so that faults have a place."""
        model = keras.Sequential(name=name)
        model.add(tensor)
        for node in self.graph.nodes:
            layer = self.layer(node)
            self.learn(layer, node, tensor)
            try:
                model.add(layer)
            except Exception as error:  # whatever Keras raises here is about this layer and its input
                raise SpecError([call_failed(node, self.known_shapes(), error)]) from error
            tensor = self.results[node.name] = model.outputs[0]
        return model

    def call(self, node: GraphNode) -> None:
        """Make a node's layer and call it."""
        layer = self.layer(node)
        first = self.result(node.inputs, node)
        self.learn(layer, node, first)
        call = {key: self.resolved(value, node) for key, value in node.call.items()}
        try:
            self.results[node.name] = layer(first, **call)
        except Exception as error:  # whatever Keras raises here is about this layer and its inputs
            raise SpecError([call_failed(node, self.known_shapes(), error)]) from error

    def layer(self, node: GraphNode) -> keras.layers.Layer:
        if node.component is None:
            raise TypeError(f"{node.kind} is no layer")
        layer = instantiate(node.component, name=node.layer_name)
        if node.trainable is not None:
            layer.trainable = node.trainable
        return layer

    def learn(self, layer: keras.layers.Layer, node: GraphNode, tensor: Any) -> None:
        if self.adapt and node.component and adapts(node.component):
            self.adapt(layer, self.inputs, tensor)

    def result(self, wanted: Tensor | tuple[Tensor, ...], node: GraphNode) -> Any:
        """Return the Keras tensor of a result, or a list of them."""
        if isinstance(wanted, tuple):
            return [self.result(item, node) for item in wanted]
        found = self.results[wanted.name]
        count = len(found) if isinstance(found, list | tuple) else 1
        if wanted.index is None:
            if count > 1:
                raise SpecError([several_results(node, wanted, count)])
            return found[0] if isinstance(found, list | tuple) else found
        if wanted.index >= count:
            raise SpecError([no_such_result(node, wanted, count)])
        return found[wanted.index] if isinstance(found, list | tuple) else found

    def resolved(self, value: Any, node: GraphNode) -> Any:
        if isinstance(value, Tensor):
            return self.result(value, node)
        if isinstance(value, list):
            return [self.resolved(item, node) for item in value]
        return value

    def last(self, tensor: Tensor) -> GraphNode:
        """Return the node that a problem with an output belongs to."""
        return self.graph.node(tensor.name) or self.graph.nodes[-1]

    def known_shapes(self) -> dict[str, Any]:
        shapes: dict[str, Any] = {}
        for name, found in self.results.items():
            for index, tensor in enumerate(found if isinstance(found, list | tuple) else [found]):
                shape = tuple(getattr(tensor, "shape", ()))
                shapes.setdefault(name, shape)
                shapes[f"{name}.{index}"] = shape
        return shapes

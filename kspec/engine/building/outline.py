"""A Keras model as an outline: what its diagram shows, as plain values."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import keras

from kspec.engine.building.arguments import describe
from kspec.plots.outline import Outline, OutlineEdge, OutlineNode, Shape

_End = tuple[str, int]  # key of a node and number of its output


def outline(model: keras.Model) -> Outline:
    """Return the graph of a model, those of nested models included.

    Args:
        model: A built model. A subclassed model has no graph that could be read: it is shown as one layer, also where
            it is nested.

    Returns:
        Its nodes in build order, each use of a shared layer as a node of its own.

    Raises:
        ValueError: If the model is not built.
    """
    if not model.built:
        raise ValueError(f"model '{model.name}' has no outline before it is built")
    return _Reader(model).read()


class _Reader:
    """Reads one model; knows across its nested models which layers were met before."""

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._seen: set[int] = set()
        self._edges: list[OutlineEdge] = []
        self._uses = Counter(_operations(model))

    def read(self) -> Outline:
        graph = _graph(self._model)
        if graph is None:
            node = self._node(self._model, self._model.name, ())
            return self._outline(self._model, node.key, (node,), (), (), ())
        children, made = self._children(graph, self._model.name)
        inputs = tuple(made[id(tensor)][0] for tensor in graph.inputs)
        outputs = tuple((name, made[id(tensor)][0]) for name, tensor in _outputs(graph))
        return self._outline(self._model, self._model.name, children, tuple(self._edges), inputs, outputs)

    def _children(self, graph: Any, key: str) -> tuple[tuple[OutlineNode | Outline, ...], dict[int, _End]]:
        """Return the children of a graph, and for each of its tensors the node that makes it."""
        children: list[OutlineNode | Outline] = []
        made: dict[int, _End] = {}
        times: Counter[str] = Counter()
        for node in _nodes(graph):
            operation = node.operation
            times[operation.name] += 1
            use = f"#{times[operation.name]}" if times[operation.name] > 1 else ""
            child_key = f"{key}/{operation.name}{use}"
            nested = None if node.is_input else _graph(operation)
            if nested is not None:
                child, ends = self._nested(operation, nested, child_key, node, made)
                children.append(child)
                made.update(zip(map(id, node.outputs), ends, strict=True))
                continue
            shapes = tuple(_shape(tensor) for tensor in node.outputs)
            children.append(self._node(operation, child_key, shapes))
            made.update((id(tensor), (child_key, index)) for index, tensor in enumerate(node.outputs))
            for tensor in node.input_tensors:
                self._connect(made[id(tensor)], child_key, tensor)
        return tuple(children), made

    def _nested(
        self, model: keras.Model, graph: Any, key: str, node: Any, outer: dict[int, _End]
    ) -> tuple[Outline, list[_End]]:
        """Return a nested model and the nodes that make its outputs; connect its inputs with the nodes outside."""
        start = len(self._edges)
        first = id(model) not in self._seen
        children, made = self._children(graph, key)
        inside = tuple(self._edges[start:])
        ends = [made[id(tensor)] for tensor in graph.outputs]
        inputs = tuple(made[id(tensor)][0] for tensor in graph.inputs)
        outputs = tuple((name, made[id(tensor)][0]) for name, tensor in _outputs(graph))
        shared = not first or self._uses[id(model)] > 1
        child = self._outline(model, key, children, inside, inputs, outputs, shared=shared, again=not first)
        self._seen.add(id(model))
        for tensor, input_key in zip(_arguments(node, graph), inputs, strict=False):
            self._connect(outer[id(tensor)], input_key, tensor)
        return child, ends

    def _connect(self, tail: _End, head: str, tensor: Any) -> None:
        self._edges.append(OutlineEdge(tail=tail[0], head=head, shape=_shape(tensor), output=tail[1]))

    def _node(self, operation: Any, key: str, shapes: tuple[Shape, ...]) -> OutlineNode:
        again = id(operation) in self._seen
        self._seen.add(id(operation))
        has_weights = isinstance(operation, keras.layers.Layer) and operation.built
        return OutlineNode(
            key=key,
            name=operation.name,
            kind=type(operation).__name__,
            details=describe(operation),
            parameters=operation.count_params() if has_weights and not again else 0,
            trainable=bool(has_weights and operation.trainable_weights),
            shapes=shapes,
            shared=(again or self._uses[id(operation)] > 1) and not isinstance(operation, keras.layers.InputLayer),
        )

    def _outline(
        self,
        model: keras.Model,
        key: str,
        children: tuple[OutlineNode | Outline, ...],
        edges: tuple[OutlineEdge, ...],
        inputs: tuple[str, ...],
        outputs: tuple[tuple[str, str], ...],
        *,
        shared: bool = False,
        again: bool = False,
    ) -> Outline:
        trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights)
        return Outline(
            key=key,
            name=model.name,
            parameters=0 if again else model.count_params(),
            trainable_parameters=0 if again else trainable,
            layers=len(set(_layers(model))) or 1,
            children=children,
            edges=edges,
            inputs=inputs,
            outputs=outputs,
            shared=shared,
            kind=type(model).__name__,
            shapes=tuple(_shape(tensor) for tensor in getattr(_graph(model), "outputs", ())),
            again=again,
        )


def _graph(operation: Any) -> Any:
    """Return the functional graph of a model, or None where there is none to read."""
    if isinstance(operation, keras.Sequential):
        return operation._functional
    # A subclass of Functional with a `call` of its own does not do what its graph says.
    is_graph = isinstance(operation, keras.Model) and hasattr(operation, "_nodes_by_depth")
    return operation if is_graph else None


def _nodes(graph: Any) -> list[Any]:
    """Return the calls of a graph, each after those it needs."""
    order = {id(operation): index for index, operation in enumerate(graph._operations)}
    nodes = []
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        calls = graph._nodes_by_depth[depth]
        nodes += sorted(calls, key=lambda node: (order[id(node.operation)], node.operation._inbound_nodes.index(node)))
    return nodes


def _outputs(graph: Any) -> list[tuple[str, Any]]:
    """Return the outputs with their names: keys of a dict where there is one, names of layers elsewhere."""
    struct = graph._outputs_struct
    if isinstance(struct, dict) and all(isinstance(tensor, keras.KerasTensor) for tensor in struct.values()):
        return [(str(key), tensor) for key, tensor in struct.items()]
    return list(zip(graph.output_names, graph.outputs, strict=True))


def _operations(model: Any) -> Iterator[int]:
    """Yield the identity of every use of an operation, those in nested models included, models themselves too."""
    graph = _graph(model)
    for node in _nodes(graph) if graph is not None else ():
        yield id(node.operation)
        if _graph(node.operation) is not None:
            yield from _operations(node.operation)


def _layers(model: Any) -> Iterator[int]:
    graph = _graph(model)
    for node in _nodes(graph) if graph is not None else ():
        if _graph(node.operation) is None:
            yield id(node.operation)
        else:
            yield from _layers(node.operation)


def _arguments(node: Any, graph: Any) -> list[Any]:
    """Return the tensors a nested model is called with, in the order of its inputs."""
    positional = node.arguments.args
    if positional and isinstance(positional[0], dict):
        given = positional[0]
        names = [tensor._keras_history.operation.name for tensor in graph.inputs]
        if all(name in given for name in names):
            return [given[name] for name in names]
    return list(node.input_tensors)


def _shape(tensor: Any) -> Shape:
    return tuple(tensor.shape)

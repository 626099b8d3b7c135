"""A graph into a Keras model: layers made and called one by one, in the order of the spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from kspec.data.ops import apply_op
from kspec.data.part import AnyPart
from kspec.engine.building.instantiate import instantiate
from kspec.engine.building.learning import Learning, learner_at, learns
from kspec.engine.building.operations import name_operations
from kspec.engine.building.results import Results
from kspec.engine.building.symbolic_inputs import symbolic_inputs
from kspec.engine.building.weights import start_from
from kspec.engine.building.whole import make_whole, whole_as_model
from kspec.engine.faults import call_failed
from kspec.spec.components import ComponentSpec
from kspec.spec.graph import Graph, GraphNode, SharedArgument, Tensor, Thing
from kspec.spec.problems import Path, SpecError

_WRAPPED = "model"
"""What a model is called that is the argument of a layer."""


def build_model(
    graph: Graph,
    *,
    name: str,
    shapes: Mapping[str, tuple[int | None, ...]] | None = None,
    dtypes: Mapping[str, str] | None = None,
    rows: AnyPart | None = None,
    filled: bool = True,
) -> keras.Model:
    """Build the Keras model of a graph.

    A model with one input takes an array, one with several a dict; likewise for outputs.

    Args:
        graph: The graph.
        name: Name of the model.
        shapes: Shapes of one row of each input, for inputs whose shape the spec leaves to the data.
        dtypes: Types of each input, likewise.
        rows: Training rows, which layers that learn are adapted to; without them they stay as they are.
        filled: Whether weights have values, so that saved ones can be put in.

    Raises:
        SpecError: A layer cannot be built, or refuses its inputs.
    """
    if graph.whole:
        return whole_as_model(graph, name)
    builder = _Builder(graph, shapes or {}, dtypes or {}, filled=filled)
    if rows is not None:
        builder.learning = Learning.of(builder.inputs, rows)
    if graph.sequential:
        model = builder.sequential(name)
    else:
        outputs = builder.outputs()
        model = keras.Model(
            inputs=builder.inputs if graph.several_inputs else next(iter(builder.inputs.values())),
            outputs=outputs if graph.several_outputs else next(iter(outputs.values())),
            name=name,
        )
    start_from(model, graph.weights, filled=filled)
    return model


class _Builder:
    """Builds one model; nested models have builders of their own, whose parents know what is shared around them."""

    def __init__(
        self, graph: Graph, shapes: Mapping[str, tuple[int | None, ...]], dtypes: Mapping[str, str],
        parent: _Builder | None = None, *, filled: bool,
    ) -> None:  # fmt: skip
        self.graph = graph
        self.parent = parent
        self.filled = filled
        self.learning: Learning | None = None
        self.inputs = symbolic_inputs(graph, shapes, dtypes)
        self.results = Results(graph, self.inputs)
        self.entries = {entry.path: entry for entry in graph.shared}
        self.shared: dict[Path, Any] = {}
        self.learnt: set[Path] = set()
        for entry in graph.shared:
            if not (isinstance(entry.thing, Graph) and _needs_feeding(entry.thing)):
                self.shared[entry.path] = self.make(entry.thing, entry.name, entry.trainable, [])

    def sequential(self, name: str) -> keras.Sequential:
        """Build the layers as a `keras.Sequential`, added one by one, so that faults have a place."""
        model = keras.Sequential(name=name)
        tensor = next(iter(self.inputs.values()))
        model.add(tensor)
        for node in self.graph.nodes:
            layer = self.make(node.thing, node.layer_name, node.trainable, [tensor])
            self.learn(layer, node, tensor)
            try:
                model.add(layer)
            except Exception as error:  # whatever Keras raises here is about this layer and its input
                raise SpecError([call_failed(node, self.results.shapes(), error)]) from error
            try:
                tensor = model.outputs[0]
                self.results.add(node.name, tensor)
            except AttributeError:  # Keras puts the question off until there is data
                untold = NotImplementedError("it has no `call` of its own")
                raise SpecError([call_failed(node, self.results.shapes(), untold)]) from None
        return model

    def outputs(self) -> dict[str, Any]:
        """Call everything in the order of the graph and return the results that it names as outputs."""
        for node in self.graph.nodes:
            self.call(node)
        return {label: self.results.of(tensor, self.last(tensor)) for label, tensor in self.graph.outputs.items()}

    def call(self, node: GraphNode) -> None:
        """Make what a node calls, unless it is shared and there already, and call it."""
        first = self.results.of(node.inputs, node)
        fed = list(first) if isinstance(node.inputs, tuple) else [first]
        call = {key: self.results.resolved(value, node) for key, value in node.call.items()}
        try:
            if node.component is not None and node.component.family == "ops":
                result = apply_op(node.component, first, call)
                name_operations(node.name, result, [*fed, *_symbolic(call)])
            else:
                layer = self.callee(node, fed)
                self.learn(layer, node, first)
                result = layer(first, **call)
        except SpecError:
            raise
        except Exception as error:  # whatever Keras raises here is about this layer and its inputs
            raise SpecError([call_failed(node, self.results.shapes(), error)]) from error
        self.results.add(node.name, result)

    def callee(self, node: GraphNode, fed: Sequence[Any]) -> Any:
        """Return what a node calls: something of its own, or what is shared, made where it is first needed."""
        if node.shared is None:
            return self.make(node.thing, node.layer_name, node.trainable, fed)
        return self.shared_thing(node.shared, fed)

    def shared_thing(self, shared: Path, fed: Sequence[Any]) -> Any:
        """Return what is shared, made where it is first needed."""
        owner = self.owner(shared)
        if shared not in owner.shared:
            entry = owner.entries[shared]
            owner.shared[shared] = self.make(entry.thing, entry.name, entry.trainable, fed)
        return owner.shared[shared]

    def argument(self, value: SharedArgument | Thing) -> Any:
        """Return what a layer wraps: something shared, or a model of its own."""
        if isinstance(value, SharedArgument):
            return self.shared_thing(value.shared, [])
        return self.make(value, _WRAPPED, None, [])

    def owner(self, shared: Path) -> _Builder:
        """Return the builder of the model under whose `shared` an entry stands."""
        builder = self
        while shared not in builder.entries and builder.parent is not None:
            builder = builder.parent
        return builder

    def make(self, thing: Thing, name: str, trainable: bool | None, fed: Sequence[Any]) -> Any:
        """Build a layer or a whole model.

        Args:
            thing: What it is.
            name: What it is called.
            trainable: False to freeze it.
            fed: Symbolic tensors that it will be fed first, as far as they are known.
        """
        if isinstance(thing, Graph):
            made = self.nested(thing, name, fed)
        elif isinstance(thing, ComponentSpec):
            made = instantiate(thing, make=self.argument, name=name)
        else:
            made = make_whole(thing, fed=fed)
            made.name = name
        if trainable is not None:
            made.trainable = trainable
        return made

    def nested(self, graph: Graph, name: str, fed: Sequence[Any]) -> keras.Model:
        """Build a model that is used as a layer; several inputs and outputs are lists, in the order of the graph."""
        names = list(graph.inputs)
        shapes = {key: tuple(tensor.shape[1:]) for key, tensor in zip(names, fed, strict=False)}
        dtypes = {key: tensor.dtype for key, tensor in zip(names, fed, strict=False)}
        inner = _Builder(graph, shapes, dtypes, self, filled=self.filled)
        if self.learning is not None and fed and learns(graph):
            inner.learning = self.learning.within(inner.inputs, list(fed))
        if graph.sequential:
            model = inner.sequential(name)
        else:
            outputs = list(inner.outputs().values())
            inputs = list(inner.inputs.values())
            model = keras.Model(
                inputs if len(inputs) > 1 else inputs[0], outputs if len(outputs) > 1 else outputs[0], name=name
            )
        start_from(model, graph.weights, filled=self.filled)
        return model

    def learn(self, layer: Any, node: GraphNode, tensor: Any) -> None:
        """Adapt a layer that learns from data to the training rows; a shared one where it is first called."""
        found = learner_at(layer, node.component, tensor) if self.learning is not None else None
        if self.learning is None or found is None:
            return
        if node.shared is not None:
            owner = self.owner(node.shared)
            if node.shared in owner.learnt:
                return
            owner.learnt.add(node.shared)
        self.learning.adapt(*found)

    def last(self, tensor: Tensor) -> GraphNode:
        """Return the node that a problem with an output belongs to."""
        return self.graph.node(tensor.name) or self.graph.nodes[-1]


def _needs_feeding(graph: Graph) -> bool:
    """Say whether a nested model can only be built once it is fed: for the shapes of its inputs, or to learn."""
    return any(not item.known for item in graph.inputs.values()) or learns(graph)


def _symbolic(call: Mapping[str, Any]) -> list[Any]:
    return [item for item in keras.tree.flatten(dict(call)) if isinstance(item, keras.KerasTensor)]

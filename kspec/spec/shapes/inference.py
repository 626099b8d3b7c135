"""Shapes through a whole graph, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kspec.spec.components import ComponentSpec
from kspec.spec.graph import Graph, GraphNode, SharedArgument, Tensor, Thing, tensors_in
from kspec.spec.problems import Path, Problem
from kspec.spec.shapes.calls import Call, Fed, Mistake, Result, Several
from kspec.spec.shapes.messages import no_such_result, refused, several_results
from kspec.spec.shapes.nesting import application_result, check_fed, input_shape
from kspec.spec.shapes.rules import result_of
from kspec.spec.shapes.sizes import Shape, Size
from kspec.spec.whole_models import ApplicationSpec

KnownShape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes in a model, as far as its spec alone says them.

    Args:
        outputs: Shape of every output, the batch axis first; None for one that is not known. A size is None where
            it is open or not known.
        problems: Calls that Keras refuses for sure.
        results: What comes of every input and call, by its name.
    """

    outputs: Mapping[str, KnownShape | None] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    results: Mapping[str, Result] = field(default_factory=dict)

    def of(self, tensor: Tensor | str) -> KnownShape | None:
        """Return the shape of a result, the batch axis first; None if it is not known.

        Args:
            tensor: The result, or its name such as `lstm` or `lstm.1`.
        """
        if isinstance(tensor, str):
            name, _, index = tensor.rpartition(".")
            numbered = tensor not in self.results and index.isdigit()
            tensor = Tensor(name, int(index)) if numbered else Tensor(tensor)
        return _known(_shape(self.results.get(tensor.name), tensor.index))


def infer(graph: Graph) -> Shapes:
    """Return the shapes in a model, and the mistakes that they show.

    Inputs whose shape the data decides are unknown, and so is much of what comes of them. A mistake is sure: Keras
    refuses it, too. What comes of it is unknown, so that one mistake gives one problem.
    """
    inference = _Inference()
    results = inference.graph(graph)
    outputs = {name: _known(_shape(results.get(tensor.name), tensor.index)) for name, tensor in graph.outputs.items()}
    return Shapes(outputs, tuple(inference.problems), results)


def explain(node: GraphNode, shapes: Mapping[str, Iterable[Any] | None]) -> Mistake | None:
    """Return why Keras refuses the call of a component, in the terms of a spec, where the shapes alone tell it.

    Args:
        node: The call.
        shapes: Shape of each result that feeds it.
    """

    def shape_of(tensor: Tensor) -> Shape | None:
        found = shapes.get(str(tensor))
        return None if found is None else tuple(found)

    if not isinstance(node.thing, ComponentSpec):
        return None
    try:
        result_of(_call(node, node.thing, shape_of))
    except Mistake as mistake:
        return mistake
    return None


class _Inference:
    """One pass over a model and those inside it.

    Args:
        quiet: Whether only the shapes are wanted: what is wrong inside has been said.

    Attributes:
        problems: What is wrong, one problem for each step.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.problems: list[Problem] = []
        self._quiet = quiet
        self._shared: dict[Path, Thing] = {}
        self._bound: dict[Path, dict[int, Size]] = {}
        self._first: dict[Path, tuple[Shape | None, ...]] = {}
        self._found: dict[tuple[Path, tuple[Shape | None, ...]], Result] = {}
        self._noted: set[Path] = set()

    def graph(self, graph: Graph, fed: Sequence[Shape | None] = ()) -> dict[str, Result]:
        """Return what comes of every input and call of a model that is fed with these shapes."""
        given = fed or (None,) * len(graph.inputs)
        results: dict[str, Result] = {
            item.name: input_shape(item) if shape is None else shape
            for item, shape in zip(graph.inputs.values(), given, strict=True)
        }
        for entry in graph.shared:
            self._bound[entry.path] = {}
            self._shared[entry.path] = entry.thing
        for node in graph.nodes:
            results[node.name] = self._node(node, results, graph)
        for index, tensor in enumerate(graph.outputs.values()):
            self._refers(tensor, (*graph.path, "outputs", index), results, graph, output=True)
        return results

    def _node(self, node: GraphNode, results: Mapping[str, Result], graph: Graph) -> Result:
        in_call = tensors_in(node.call)
        first = node.sources[: len(node.sources) - len(in_call)]
        places = [*((tensor, "from") for tensor in first), *((tensor, "call") for tensor in in_call)]
        if not all(self._refers(tensor, (*node.path, key), results, graph) for tensor, key in places):
            return None

        def shape_of(tensor: Tensor) -> Shape | None:
            return _shape(results.get(tensor.name), tensor.index)

        try:
            if isinstance(node.thing, ComponentSpec):
                bound = self._bound.setdefault(node.shared, {}) if node.shared is not None else {}
                return result_of(replace(_call(node, node.thing, shape_of), bound=bound, model_of=self._wrapped))
            return self._model(node, tuple(shape_of(tensor) for tensor in first))
        except Mistake as mistake:
            shapes = {str(tensor): shape_of(tensor) for tensor in node.sources}
            self._note(refused(node, shapes, mistake.reason, mistake.hint))
        return None

    def _model(self, node: GraphNode, fed: tuple[Shape | None, ...]) -> Result:
        """Return what comes of a whole model."""
        if isinstance(node.thing, ApplicationSpec):
            return application_result(node.thing, fed[0])
        if not isinstance(node.thing, Graph):
            return None
        if node.shared is None:
            return self._nested(node.thing, fed, fed)
        # What is shared is built where it is first fed, and then has the shapes of that.
        first = self._first.setdefault(node.shared, fed)
        if (node.shared, fed) not in self._found:
            self._found[node.shared, fed] = self._nested(node.thing, first, fed)
        return self._found[node.shared, fed]

    def _wrapped(self, thing: Any, shape: Shape | None) -> Result:
        """Return what comes of the model or the shared layer that another layer wraps."""
        if isinstance(thing, SharedArgument):
            thing = self._shared.get(thing.shared)
        if isinstance(thing, ComponentSpec):
            return result_of(Call(thing, (shape,), rule_of=result_of))
        return self._nested(thing, (shape,), (shape,)) if isinstance(thing, Graph) and len(thing.inputs) == 1 else None

    def _nested(self, graph: Graph, first: tuple[Shape | None, ...], fed: tuple[Shape | None, ...]) -> Result:
        """Return what comes of a model that was built on the shapes `first`, as far as it does not say its own."""
        inputs = graph.inputs.values()
        built = [input_shape(item) if item.known else shape for item, shape in zip(inputs, first, strict=True)]
        check_fed(graph, built, fed)
        results = self.graph(graph, built) if not self._quiet else {}
        if self._quiet or any(shape != results[name] for name, shape in zip(graph.inputs, fed, strict=True)):
            # Keras computes the shapes anew for what differs, such as a size that the model itself leaves open.
            again = _Inference(quiet=True)
            results = again.graph(graph, fed)
            if again.problems or any(a and b and len(a) != len(b) for a, b in zip(built, fed, strict=True)):
                return None
        shapes = tuple(_shape(results.get(tensor.name), tensor.index) for tensor in graph.outputs.values())
        return shapes[0] if len(shapes) == 1 else Several(shapes)

    def _refers(
        self, tensor: Tensor, path: Path, results: Mapping[str, Result], graph: Graph, *, output: bool = False
    ) -> bool:
        """Say whether a name means one result, noting if not."""
        result = results.get(tensor.name)
        if result is None:
            return True
        count = len(result.shapes) if isinstance(result, Several) else 1
        if tensor.index is None and count > 1:
            step = graph.node(tensor.name)
            if output and step is not None and step is graph.nodes[-1] and len(graph.outputs) == 1:
                path = step.path  # most often nothing says that it is the output
            self._note(several_results(path, tensor, count, step, output=output))
        elif (tensor.index or 0) >= count:
            self._note(no_such_result(path, tensor, count))
        else:
            return True
        return False

    def _note(self, problem: Problem) -> None:
        """Note a problem, of each step the first: a repeated step would say the same again."""
        if problem.path not in self._noted:
            self._noted.add(problem.path)
            self.problems.append(problem)


def _call(node: GraphNode, component: ComponentSpec, shape_of: Callable[[Tensor], Shape | None]) -> Call:
    listed = not isinstance(node.inputs, Tensor)
    inputs = (node.inputs,) if isinstance(node.inputs, Tensor) else node.inputs
    named = {key: Fed(shape_of(value)) if isinstance(value, Tensor) else value for key, value in node.call.items()}
    return Call(component, tuple(shape_of(tensor) for tensor in inputs), listed, named, rule_of=result_of)


def _shape(result: Result, index: int | None) -> Shape | None:
    if isinstance(result, Several):
        return result.shapes[index] if index is not None and index < len(result.shapes) else None
    return result if not index else None


def _known(shape: Shape | None) -> KnownShape | None:
    return None if shape is None else tuple(size if isinstance(size, int) else None for size in shape)

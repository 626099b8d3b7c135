"""The whole `model` section into a graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kspec.spec.checker import Checker
from kspec.spec.component_reader import ComponentReader
from kspec.spec.files import Files
from kspec.spec.graph import Graph, InputSpec, Tensor, freeze
from kspec.spec.model.entries import note_entries
from kspec.spec.model.finding import UseFinder
from kspec.spec.model.inputs import InputReader
from kspec.spec.model.listed import listed_steps, read_steps
from kspec.spec.model.names import Names, written_names
from kspec.spec.model.outputs import Outputs, check_reachable, last_step, listed_outputs
from kspec.spec.model.references import Result
from kspec.spec.model.scope import Scope, Section
from kspec.spec.model.steps import StepReader, read_trainable
from kspec.spec.model.uses.step import Wiring
from kspec.spec.model.whole import read_weights
from kspec.spec.model.whole_graph import read_whole_graph
from kspec.spec.model.words import MODEL_KEYS, WHOLE_MODELS
from kspec.spec.model.wrapped import WrappedReader
from kspec.spec.problems import Path

_HINTS = {
    "steps": "it is called `layers`",
    "name": "the name of the run stands at the top of the spec, names of steps beside their layers",
    "optimizer": "it stands under `compile`, beside `model`",
    "loss": "it stands under `compile`, beside `model`",
    "metrics": "it stands under `compile`, beside `model`",
}


@dataclass(frozen=True, slots=True)
class ModelReading:
    """What came of reading a model.

    Args:
        graph: The graph; None if something is wrong with it.
        inputs: Names of the inputs as far as they are sure, so that other sections can be held against them.
        outputs: Names of the outputs, likewise.
        readable: Of a model with something wrong, the calls with nothing wrong, for what their shapes show; else None.
    """

    graph: Graph | None
    inputs: tuple[str, ...] | None = None
    outputs: tuple[str, ...] | None = None
    readable: Graph | None = None


@dataclass(frozen=True, slots=True)
class ModelReader:
    """Reads a model: the `model` section, an entry under `shared`, or a step with `layers`.

    Args:
        components: Reads layers.
        constants: What `$(...)` may use.
        files: Finds the files that the model names.
        path: Place of the model.
        scope: What `shared` and `blocks` around the model offer.
    """

    components: ComponentReader
    constants: Mapping[str, Any]
    files: Files
    path: Path = ("model",)
    scope: Scope | None = None

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    def read(self, section: Any) -> ModelReading:
        """Return the graph of a `model` section, or as much of it as other sections can be held against."""
        value = self.checker.mapping(section, self.path, "`model`", expected="a mapping with `layers`")
        if value is None:
            return ModelReading(None)
        steps_named = "steps" in value
        value = self.checker.known_keys(value, self.path, "`model`", MODEL_KEYS, hints=_HINTS)
        wholes = [key for key in WHOLE_MODELS if key in value]
        if len(wholes) > 1:
            message = f"a model is one thing, here stand `{wholes[0]}` and `{wholes[1]}`"
            self.checker.error("two-things", (*self.path, wholes[1]), message, "keep one of them", at="key")
            return ModelReading(None)
        if wholes and wholes[0] != "layers":
            return self._read_whole(wholes[0], value)
        return self.read_layers(value, excused=steps_named)

    def _read_whole(self, thing: str, value: Mapping[str, Any]) -> ModelReading:
        before = len(self.checker.problems)
        graph = read_whole_graph(thing, value, self.path, self.components, self.files, self.constants)
        trainable = value.get("trainable")
        if trainable is not None and not isinstance(trainable, dict):
            trainable = read_trainable(trainable, (*self.path, "trainable"), self.constants, self.checker)
            if graph is not None and trainable is False:
                graph = freeze(graph)
        if graph is None or self.checker.errors_since(before):
            return ModelReading(None)
        return ModelReading(graph, tuple(graph.inputs), tuple(graph.outputs))

    def read_layers(self, value: Mapping[str, Any], *, excused: bool = False) -> ModelReading:
        """Return the graph of a model that is a list of steps.

        Args:
            value: The model, its keys known.
            excused: Whether it has been said already that `layers` is missing.
        """
        before = len(self.checker.problems)
        names = Names(self.components.catalogue, self.checker)
        scope = self.scope.within() if self.scope else Scope()
        scope.content = value
        names.entries.update(scope.names())
        sections: tuple[Section, ...] = ("shared", "blocks")
        for section in sections:
            if section in value:
                at = (*self.path, section)
                note_entries(section, value[section], at, scope, names, self.constants)
        names.layers.update(name for name in scope.names() if (entry := scope.find(name)) and entry.section == "shared")
        inputs = InputReader(names, self.constants, self.path).read(value)
        known = tuple(inputs) if len(self.checker.problems) == before else None
        steps = self._steps(value, excused=excused)
        if steps is None:
            return ModelReading(None, known)
        uses = UseFinder(self.files, self._read_nested)
        wrapped = WrappedReader(uses, scope, self.components, self.constants)
        components = replace(self.components, models=wrapped)
        uses.read_shared(scope, components)
        wiring = Wiring(components, names, scope, inputs)
        reader = StepReader(wiring, self.constants, uses.find)
        result = read_steps(steps, (*self.path, "layers"), reader, Tensor(next(iter(inputs))))
        outputs = self._outputs(value, steps, result, reader)
        uses.check_unused(scope, components, sure=not self.checker.errors_since(before))
        weights = None
        if value.get("weights") is not None:
            at = (*self.path, "weights")
            weights = read_weights(value["weights"], at, self.files, self.constants, self.checker)
        frozen = self._trainable(value) is False
        if outputs.results is None or self.checker.errors_since(before):
            readable = self._readable(inputs, wiring) if known is not None else None
            return ModelReading(None, known, outputs.names, readable)
        nodes = wiring.nodes
        check_reachable(inputs.values(), nodes, outputs.results.values(), wiring)
        last = [Tensor(nodes[-1].name)] if nodes else []
        sequential = reader.plain and len(inputs) == 1 and list(outputs.results.values()) == last
        shared = tuple(thing for thing in scope.shared.values() if thing is not None)
        graph = Graph(inputs, tuple(nodes), outputs.results, sequential, self.path, shared, weights)
        return ModelReading(freeze(graph) if frozen else graph, known, outputs.names)

    def _readable(self, inputs: Mapping[str, InputSpec], wiring: Wiring) -> Graph | None:
        """Return the calls of steps in which nothing is wrong; None if it is not sure what feeds them."""
        if any(problem.code == "name-taken" for problem in self.checker.problems):
            return None
        wrong = {problem.path for problem in self.checker.problems if problem.severity == "error"}
        above = {path[:length] for path in wrong for length in range(len(path) + 1)}
        nodes = tuple(node for node in wiring.nodes if node.path not in above and node.shared not in above)
        return Graph(inputs, nodes, {}, sequential=False, path=self.path)

    def _read_nested(
        self, value: Mapping[str, Any], path: Path, constants: Mapping[str, Any], scope: Scope
    ) -> Graph | None:
        return replace(self, constants=constants, path=path, scope=scope).read_layers(value).graph

    def _steps(self, value: Mapping[str, Any], *, excused: bool) -> list[Any] | None:
        path = (*self.path, "layers")
        if "layers" not in value:
            if not excused:
                hint = "add `layers:` and below it a list, such as `- Dense: 10`"
                self.checker.error("missing-key", self.path, "`model` has no `layers`", hint, at="key")
            return None
        return listed_steps(value["layers"], path, self.constants, self.checker)

    def _outputs(
        self, value: Mapping[str, Any], steps: list[Any], result: Result | None, reader: StepReader
    ) -> Outputs:
        references = reader.references
        if "outputs" in value:
            return listed_outputs(value["outputs"], (*self.path, "outputs"), references, result)
        name = next(written_names(steps[-1:]), None)
        place = (*self.path, "layers", len(steps) - 1)
        return last_step(name if name in references.names.results else None, reader.last, result, place, references)

    def _trainable(self, value: Mapping[str, Any]) -> bool | None:
        if "trainable" not in value or self.path != ("model",):
            return None  # beside a step it is the step's
        return read_trainable(value["trainable"], (*self.path, "trainable"), self.constants, self.checker)

"""The whole `model` section into a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kspec.spec.checker import Checker, kind_of
from kspec.spec.components import ComponentReader
from kspec.spec.expressions import substitute
from kspec.spec.graph import Graph, Tensor
from kspec.spec.model.inputs import InputReader
from kspec.spec.model.names import Names
from kspec.spec.model.outputs import Outputs, check_reachable, last_step, listed_outputs
from kspec.spec.model.references import References
from kspec.spec.model.steps import StepReader, freeze
from kspec.spec.model.words import LATER, MAX_STEPS, MODEL_KEYS, STEP_WORDS, WHOLE_MODELS, not_built
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
    """

    graph: Graph | None
    inputs: tuple[str, ...] | None = None
    outputs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ModelReader:
    """Reads one `model` section.

    Args:
        components: Reads layers.
        constants: What `$(...)` may use.
        path: Place of the section.
    """

    components: ComponentReader
    constants: Mapping[str, Any]
    path: Path = ("model",)

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    def read(self, section: Any) -> ModelReading:
        """Return the graph, or as much of it as other sections can be held against."""
        value = self.checker.mapping(section, self.path, "`model`", expected="a mapping with `layers`")
        if value is None:
            return ModelReading(None)
        before = len(self.checker.problems)
        steps_named = "steps" in value
        value = self.checker.known_keys(value, self.path, "`model`", MODEL_KEYS, hints=_HINTS)
        for key in LATER:
            if key in value:
                self.checker.error("not-built-yet", (*self.path, key), not_built(f"`{key}` is"), at="key")
        names = Names(self.components.catalogue, self.checker)
        inputs = InputReader(names, self.constants, self.path).read(value)
        known = tuple(inputs) if len(self.checker.problems) == before else None
        steps = self._steps(value, excused=steps_named)
        if steps is None:
            return ModelReading(None, known)
        names.will_come(_written_names(steps))
        reader = StepReader(self.components, names, self.constants, inputs)
        previous: Tensor | None = Tensor(next(iter(inputs)))
        for index, step in enumerate(steps):
            previous = reader.read(step, (*self.path, "layers", index), previous)
            if len(reader.nodes) > MAX_STEPS:
                break
        outputs = self._outputs(value, steps, previous, References(names, self.constants))
        frozen = self._trainable(value) is False
        if outputs.results is None or self.checker.errors_since(before):
            return ModelReading(None, known, outputs.names)
        nodes = freeze(reader.nodes) if frozen else reader.nodes
        check_reachable(inputs.values(), nodes, outputs.results, self.checker)
        last = [Tensor(nodes[-1].name)] if nodes else []
        sequential = reader.plain and len(inputs) == 1 and list(outputs.results.values()) == last
        graph = Graph(inputs, tuple(nodes), outputs.results, sequential, self.path)
        return ModelReading(graph, known, outputs.names)

    def _steps(self, value: Mapping[str, Any], *, excused: bool) -> list[Any] | None:
        path = (*self.path, "layers")
        if "layers" not in value:
            if not excused and not any(key in value for key in WHOLE_MODELS):
                hint = "add `layers:` and below it a list, such as `- Dense: 10`"
                self.checker.error("missing-key", self.path, "`model` has no `layers`", hint, at="key")
            return None
        steps = value["layers"]
        if isinstance(steps, str):
            steps = substitute(steps, self.constants, path, self.checker)
            if steps is None:
                return None
        if not isinstance(steps, list) or not steps:
            given = "an empty one" if steps == [] else kind_of(steps)
            hint = "put `- ` before each layer" if isinstance(steps, dict) else "write `- Dense: 10` below it"
            self.checker.error("wrong-type", path, f"`layers` is a list of steps, not {given}", hint, at="key")
            return None
        return steps

    def _outputs(
        self, value: Mapping[str, Any], steps: list[Any], previous: Tensor | None, references: References
    ) -> Outputs:
        if "outputs" in value:
            return listed_outputs(value["outputs"], (*self.path, "outputs"), references, previous)
        name = next(_written_names(steps[-1:]), None)
        return last_step(name if name in references.names.results else None, previous)

    def _trainable(self, value: Mapping[str, Any]) -> bool | None:
        if "trainable" not in value:
            return None
        path = (*self.path, "trainable")
        trainable = substitute(value["trainable"], self.constants, path, self.checker)
        if isinstance(trainable, bool):
            return trainable
        self.checker.error("wrong-type", path, f"`trainable` is `true` or `false`, not {kind_of(trainable)}")
        return None


def _written_names(steps: list[Any]) -> Iterator[str]:
    """Yield the names that steps give themselves, beside their layers or inside."""
    for step in steps:
        if not isinstance(step, dict):
            continue
        inside = [value for key, value in step.items() if key not in STEP_WORDS and isinstance(value, dict)]
        for holder in (step, *inside):
            if isinstance(holder.get("name"), str):
                yield holder["name"]

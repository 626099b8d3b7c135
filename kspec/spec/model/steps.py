"""One step of a model: what it applies, what it is called, and the layers that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import Checker, kind_of
from kspec.spec.components import ComponentReader
from kspec.spec.expressions import substitute
from kspec.spec.graph import GraphNode, InputSpec, Tensor, layer_base_name
from kspec.spec.model.names import Names
from kspec.spec.model.old_input import take_old_input
from kspec.spec.model.references import References, Sources
from kspec.spec.model.repeats import COUNTER, Constants, read_repeat
from kspec.spec.model.things import ThingFinder
from kspec.spec.model.words import MAX_STEPS
from kspec.spec.problems import Path
from kspec.spec.slips import slip

_BESIDE = ("name", "trainable")
"""Arguments of every layer that may stand beside it, too."""

_ABOUT_NAMES = {"unknown-argument", "unknown-component", "unknown-constant", "refused"}
"""Problems of a layer that do not depend on the values of constants."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A step with what it applies.

    Args:
        words: The keys beside the thing.
        thing: Key of the thing.
        component: The layer that it is.
        value: What stands behind the key, without those arguments that may stand beside it.
        strays: Keys beside the thing that have been reported.
        path: Place of the step.
        thing_path: Place of the thing.
    """

    words: Mapping[str, Any]
    thing: str
    component: Component
    value: Any
    strays: tuple[str, ...]
    path: Path
    thing_path: Path


@dataclass(slots=True)
class StepReader:
    """Reads the steps of one model in their order.

    Args:
        components: Reads layers.
        names: Names of the model.
        constants: What `$(...)` may use.
        inputs: Inputs of the model. An old `input_shape` of the first layer is added to them.
        nodes: Layer calls so far.
        plain: Whether no step so far says anything but its layer.
    """

    components: ComponentReader
    names: Names
    constants: Constants
    inputs: dict[str, InputSpec]
    nodes: list[GraphNode] = field(default_factory=list)
    plain: bool = True

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    @property
    def references(self) -> References:
        """Finds the results that names mean."""
        return References(self.names, self.constants)

    def read(self, step: Any, path: Path, previous: Tensor | None) -> Tensor | None:
        """Add a step's layers to the graph and return its result; None if it is not known."""
        step = substitute(step, self.constants, path, self.checker) if isinstance(step, str) else step
        if step is None or step == {} or not isinstance(step, str | dict):
            given = "an empty mapping" if step == {} else kind_of(step)
            hint = "write `- Dense: 10` or `- Flatten`"
            self.checker.error("wrong-type", path, f"a step is a layer, not {given}", hint)
            return None
        entries = {step: None} if isinstance(step, str) else step
        things = ThingFinder(self.components)
        thing, strays = things.find(entries, path)
        entries = things.mended(entries, strays, path)
        thing_path = (*path, thing) if thing is not None and isinstance(step, dict) else path
        component = self.components.find(thing, thing_path, "layers", at="key") if thing is not None else None
        inner = entries.get(thing) if thing is not None else None
        is_mapping = isinstance(inner, dict) and not (component and self.components.is_component(inner, component))
        name = self._beside_or_inside(entries, inner if is_mapping else {}, "name", path, thing_path)
        name = name if name is not None and self._name(*name) else None
        written = str(name[0]) if name else None
        if thing is None or component is None:
            self._give(written, None)
            return None
        self.plain = self.plain and not any(word in entries for word in ("from", "call", "repeat"))
        value = {key: item for key, item in inner.items() if key not in _BESIDE} if is_mapping and inner else inner
        found = _Step(entries, thing, component, value, strays, path, thing_path)
        result = self._apply(found, inner if is_mapping else {}, written, previous)
        self._give(written, result)
        return result

    def _apply(
        self, step: _Step, inside: Mapping[str, Any] | None, name: str | None, previous: Tensor | None
    ) -> Tensor | None:
        """Add the layers of a step, one for each round of `repeat`."""
        sources = self.references.sources(step.words, step.path, previous)
        # `Add: [a, b]` is told where the list is read; that nothing is merged would be the same mistake again.
        merges = step.component.inputs == "list" and isinstance(step.value, list)
        if sources is not None and not merges:
            sources = self.references.fitting(step.component, sources, step.words, step.path, step.thing_path)
        rounds: list[Constants] = [self.constants]
        if "repeat" in step.words:
            room = MAX_STEPS - len(self.nodes)
            at = (*step.path, "repeat")
            rounds = read_repeat(step.words["repeat"], self.constants, at, self.checker, room=room)
        if not rounds:
            self._check_left_out(step)
        if not rounds and sources is not None:
            return sources if isinstance(sources, Tensor) else sources[0]
        result = previous
        before = len(self.checker.problems)
        for number, constants in enumerate(rounds):
            layer_name = f"{name}_{number}" if name and "repeat" in step.words else name
            trainable = self._trainable(step, inside or {}, constants)
            result = self._add(step, constants, self._layer_name(step, layer_name, name), sources, trainable, previous)
            if len(self.checker.problems) > before:
                break  # every further round would say the same again
            if sources is not None:
                sources = result if isinstance(sources, Tensor) else (result, *sources[1:])
        return result

    def _add(
        self, step: _Step, constants: Constants, name: str, sources: Sources | None, trainable: bool | None,
        previous: Tensor | None,
    ) -> Tensor:  # fmt: skip
        """Add one layer and its call to the graph."""
        before = len(self.checker.problems)
        value = substitute(step.value, constants, step.thing_path, self.checker)
        if len(self.checker.problems) == before:
            layer = self.components.with_value(step.component, value, step.thing_path, excused=step.strays)
            layer, first = take_old_input(layer, self._first_input(sources), self.checker)
            if first is not None:
                self.inputs[first.name] = first
            call = self.references.call(step.words, step.path, constants, step.component, previous)
            self.references.check_call(step.component, call, step.words, step.path, step.thing_path)
            if sources is not None:
                self.nodes.append(GraphNode(name, layer, sources, call, trainable, step.path))
        return Tensor(name)

    def _check_left_out(self, step: _Step) -> None:
        """Note wrong names in a step that `repeat: 0` leaves out; its values may only make sense in other rounds."""
        aside = ComponentReader(self.components.catalogue, Checker())
        repeat = step.words["repeat"]
        lists = dict.fromkeys(repeat) if isinstance(repeat, dict) else {}
        value = substitute(step.value, {**self.constants, **lists, COUNTER: 0}, step.thing_path, aside.checker)
        aside.with_value(step.component, value, step.thing_path, excused=step.strays)
        self.checker.problems += [problem for problem in aside.checker.problems if problem.code in _ABOUT_NAMES]

    def _first_input(self, sources: Sources | None) -> InputSpec | None:
        """Return the input that feeds the model's first layer, or None for any further layer."""
        return self.inputs.get(sources.name) if isinstance(sources, Tensor) and not self.nodes else None

    def _layer_name(self, step: _Step, layer_name: str | None, name: str | None) -> str:
        """Return the name of a step's next layer, and take it."""
        if layer_name is None:
            layer_name = self.names.number(layer_base_name(step.component.name))
        elif layer_name != name and (self.names.taken(layer_name) or layer_name in self.names.written):
            message = f"`repeat` calls a layer of this step `{layer_name}`, and that name is given already"
            self.checker.error("name-taken", (*step.path, "repeat"), message, "rename one of the two", at="key")
        self.names.layers.add(layer_name)
        return layer_name

    def _give(self, name: str | None, result: Tensor | None) -> None:
        if name is not None:
            self.names.results[name] = result

    # What may stand beside the thing or inside it

    def _beside_or_inside(
        self, step: Mapping[str, Any], inside: Mapping[str, Any] | None, key: str, path: Path, thing_path: Path
    ) -> tuple[Any, Path] | None:
        """Return a value and its place from beside a step's thing or from inside it; None if it stands nowhere."""
        if key in step and inside and key in inside:
            message = f"`{key}` stands beside the layer and inside it"
            self.checker.error("given-twice", (*path, key), message, "keep one of them", at="key")
            return None
        if key in step:
            return step[key], (*path, key)
        return (inside[key], (*thing_path, key)) if inside and inside.get(key) is not None else None

    def _name(self, name: Any, path: Path) -> bool:
        before = len(self.checker.problems)
        name = substitute(name, self.constants, path, self.checker)
        return len(self.checker.problems) == before and self.names.check(name, path, what="step")

    def _trainable(self, step: _Step, inside: Mapping[str, Any], constants: Constants) -> bool | None:
        found = self._beside_or_inside(step.words, inside, "trainable", step.path, step.thing_path)
        if found is None:
            return None
        value, path = found
        before = len(self.checker.problems)
        value = substitute(value, constants, path, self.checker)
        if len(self.checker.problems) > before:
            return None
        if not isinstance(value, bool):
            hint = slip(value, ("bool",)) if isinstance(value, str) else None
            message = f"`trainable` is `true` or `false`, not {kind_of(value)}"
            self.checker.error("wrong-type", path, message, hint)
            return None
        return value


def freeze(nodes: list[GraphNode]) -> list[GraphNode]:
    """Return the layer calls with every layer frozen."""
    return [replace(node, trainable=False) for node in nodes]

"""One step of a model: what it applies, what it is called, and the calls that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kspec.spec.checker import Checker, kind_of
from kspec.spec.expressions import substitute
from kspec.spec.graph import Tensor
from kspec.spec.model.references import References, Result
from kspec.spec.model.repeats import Constants, read_repeat
from kspec.spec.model.things import ThingFinder
from kspec.spec.model.uses.step import Round, Step, Use, Wiring
from kspec.spec.model.words import BESIDE_THAWED
from kspec.spec.problems import Path
from kspec.spec.slips import slip


class FindUse(Protocol):
    """Finds what the thing of a step means."""

    def __call__(self, wiring: Wiring, step: Step) -> Use | None:
        """Return what the step applies, or None after noting why there is none."""
        ...


@dataclass(slots=True)
class StepReader:
    """Reads the steps of one model, or of one use of a block, in their order.

    Args:
        wiring: The graph that they are added to.
        constants: What `$(...)` may use.
        find_use: Finds what a step applies.
        plain: Whether no step so far says anything but its layer.
        last: What the last step is called.
    """

    wiring: Wiring
    constants: Constants
    find_use: FindUse
    plain: bool = True
    last: str | None = None

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.wiring.checker

    @property
    def references(self) -> References:
        """Finds the results that names mean."""
        return self.wiring.references(self.constants)

    def read(self, step: Any, path: Path, previous: Result | None) -> Result | None:
        """Add a step to the graph and return its result; None if it is not known."""
        step = substitute(step, self.constants, path, self.checker) if isinstance(step, str) else step
        if step is None or step == {} or not isinstance(step, str | dict):
            kind = "an empty mapping" if step == {} else kind_of(step)
            hint = "write `- Dense: 10` or `- Flatten`"
            if isinstance(step, list) and step:
                hint = "take it out of its brackets, or write `- layers: [...]` for a model inside the model"
            self.checker.error("wrong-type", path, f"a step is a layer, not {kind}", hint)
            return None
        written: Mapping[str, Any] = {step: None} if isinstance(step, str) else step
        applied = ThingFinder(self.wiring.components, self.wiring.scope).find(written, path)
        thing, entries = applied.thing, applied.step
        thing_path = (*path, thing) if thing is not None and isinstance(step, dict) else path
        inner = entries.get(thing) if thing is not None else None
        found = Step(entries, thing or "", inner, applied.strays, path, thing_path)
        use = self.find_use(self.wiring, found) if thing is not None else None
        inside = _arguments_inside(use, inner)
        name = self._beside_or_inside(entries, inside, "name", path, thing_path)
        given = self._name(*name) if name is not None else None
        self.last = self.wiring.names.current = given
        if use is None:
            self._give(given, None)
            return None
        self.plain = self.plain and use.plain and not any(word in entries for word in ("from", "call", "repeat"))
        result = self._apply(use, inside, given, previous)
        self._give(given, result)
        return result

    def _apply(self, use: Use, inside: Mapping[str, Any], name: str | None, previous: Result | None) -> Result | None:
        """Add the calls of a step, one for each round of `repeat`."""
        step = use.step
        sources = self.references.sources(step.words, step.path, step.thing_path, previous)
        if sources is not None:
            sources = use.fitting(sources)
        rounds: list[Constants] | None = [self.constants]
        if "repeat" in step.words:
            at = (*step.path, "repeat")
            rounds = read_repeat(
                step.words["repeat"], self.constants, at, self.checker, budget=self.wiring.scope.budget
            )
        if rounds is None:
            return None
        if not rounds:
            use.check_left_out(self.constants)
        if not rounds and sources is not None:
            kept, *others = (sources,) if isinstance(sources, Tensor) else sources
            self.wiring.left_out.update({tensor.name: (*step.path, "from") for tensor in others})
            return kept
        result = previous
        before = len(self.checker.problems)
        for number, constants in enumerate(rounds):
            numbered = f"{name}_{number}" if name and "repeat" in step.words else name
            trainable = self._trainable(step, inside, constants)
            result = use.add(Round(constants, numbered, name, sources, trainable, previous))
            if len(self.checker.problems) > before or self.wiring.scope.budget.left < 0:
                break  # every further round would say the same again
            if sources is not None and number < len(rounds) - 1:
                first = self.references.one(result, f"a round of `{step.thing}`", step.thing_path, name, at="key")
                if first is None:
                    return None
                sources = first if isinstance(sources, Tensor) else (first, *sources[1:])
        self.last = self.last or self.wiring.called
        return result

    def _give(self, name: str | None, result: Result | None) -> None:
        if name is not None:
            self.wiring.names.results[name] = result

    # What may stand beside the thing or inside it

    def _beside_or_inside(
        self, step: Mapping[str, Any], inside: Mapping[str, Any], key: str, path: Path, thing_path: Path
    ) -> tuple[Any, Path] | None:
        """Return a value and its place from beside a step's thing or from inside it; None if it stands nowhere."""
        if key in step and key in inside:
            message = f"`{key}` stands beside the layer and inside it"
            self.checker.error("given-twice", (*path, key), message, "keep one of them", at="key")
            return None
        if key in step:
            return step[key], (*path, key)
        return (inside[key], (*thing_path, key)) if inside.get(key) is not None else None

    def _name(self, name: Any, path: Path) -> str | None:
        """Return the name that a step gives itself, its constants put in; None after noting why it cannot."""
        before = len(self.checker.problems)
        name = substitute(name, self.constants, path, self.checker)
        if len(self.checker.problems) == before and self.wiring.names.check(name, path, what="step"):
            return str(name)
        if isinstance(name, str):
            self.wiring.names.results.setdefault(name, None)  # who refers to it does nothing wrong
        return None

    def _trainable(self, step: Step, inside: Mapping[str, Any], constants: Constants) -> bool | None:
        found = self._beside_or_inside(step.words, inside, "trainable", step.path, step.thing_path)
        if found is None or (isinstance(found[0], dict) and step.thing in BESIDE_THAWED):
            return None  # `{from: LAYER}` is read with the model that it belongs to
        return read_trainable(found[0], found[1], constants, self.checker)


def read_trainable(value: Any, path: Path, constants: Constants, checker: Checker) -> bool | None:
    """Return what `trainable` says; None after a problem.

    Args:
        value: What is written.
        path: Its place.
        constants: What `$(...)` may use.
        checker: Where problems go.
    """
    before = len(checker.problems)
    value = substitute(value, constants, path, checker)
    if len(checker.problems) > before:
        return None
    if not isinstance(value, bool):
        hint = slip(value, ("bool",)) if isinstance(value, str) else None
        if isinstance(value, dict):
            hint = "`{from: LAYER}` is for `application` and `load`; here `false` stands beside each frozen layer"
        checker.error("wrong-type", path, f"`trainable` is `true` or `false`, not {kind_of(value)}", hint)
        return None
    return value


def _arguments_inside(use: Use | None, value: Any) -> Mapping[str, Any]:
    """Return the arguments inside a thing among which those of every layer may stand."""
    return value if isinstance(value, dict) and (use is None or use.named_inside) else {}

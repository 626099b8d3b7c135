"""A step that applies a layer of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import Checker
from kspec.spec.expressions import substitute
from kspec.spec.graph import GraphNode, Tensor
from kspec.spec.layer_names import layer_base_name
from kspec.spec.model.old_input import take_old_input
from kspec.spec.model.references import Sources
from kspec.spec.model.repeats import COUNTER, Constants
from kspec.spec.model.uses.step import Round, Step, Wiring

ABOUT_NAMES = {"unknown-argument", "unknown-component", "unknown-constant", "unknown-key", "refused"}
"""Problems that do not depend on the values of constants."""

BESIDE = ("name", "trainable")
"""Arguments of every layer that may stand beside it, too."""


@dataclass(frozen=True, slots=True)
class LayerUse:
    """A layer that the step builds, a new one in every round."""

    wiring: Wiring
    step: Step
    component: Component

    @property
    def plain(self) -> bool:
        """Whether a `keras.Sequential` can hold it."""
        return True

    @property
    def value(self) -> Any:
        """What stands behind the layer's name, without what may stand beside the layer, too."""
        value = self.step.value
        if not self.named_inside:
            return value
        return {key: item for key, item in value.items() if key not in BESIDE} or (value and None)

    @property
    def named_inside(self) -> bool:
        """Whether its name and `trainable` may stand among its arguments."""
        return isinstance(self.step.value, dict) and not self.wiring.components.is_component(
            self.step.value, self.component
        )

    def fitting(self, sources: Sources) -> Sources | None:
        """Return the sources if the layer takes them so, noting if not."""
        # `Add: [a, b]` is told where the list is read; that nothing is merged would be the same mistake again.
        if self.component.inputs == "list" and isinstance(self.step.value, list):
            return sources
        references = self.wiring.references({})
        return references.fitting(self.component, sources, self.step.words, self.step.path, self.step.thing_path)

    def check_left_out(self, constants: Constants) -> None:
        """Note wrong names; the values may only make sense in other rounds."""
        aside = replace(self.wiring.components, checker=Checker())
        value = substitute(self.value, constants_of_rounds(self.step, constants), (), aside.checker)
        aside.with_value(self.component, value, self.step.thing_path, excused=self.step.strays)
        self.wiring.checker.problems += [item for item in aside.checker.problems if item.code in ABOUT_NAMES]

    def add(self, round_: Round) -> Tensor:
        """Add the layer and its call to the graph."""
        wiring, step, checker = self.wiring, self.step, self.wiring.checker
        name = wiring.prefix + wiring.call_name(step, round_, layer_base_name(self.component.name))
        before = len(checker.problems)
        value = substitute(self.value, round_.constants, step.thing_path, checker)
        if len(checker.problems) > before:
            return Tensor(name)
        layer = wiring.components.with_value(self.component, value, step.thing_path, excused=step.strays)
        layer, first = take_old_input(layer, wiring.first_input(round_.sources), checker)
        if first is not None:
            wiring.inputs[first.name] = first
        references = wiring.references(round_.constants)
        call = references.call(step.words, step.path, round_.constants, self.component, round_.previous)
        references.check_call(self.component, call, step.words, step.path, step.thing_path)
        if round_.sources is None:
            return Tensor(name)
        return wiring.add(GraphNode(name, layer, round_.sources, call, round_.trainable, step.path))


def constants_of_rounds(step: Step, constants: Constants) -> dict[str, object]:
    """Return the names that a step's rounds see, for a step that has no round."""
    repeat = step.words.get("repeat")
    lists = dict.fromkeys(repeat) if isinstance(repeat, dict) else {}
    return {**constants, **lists, COUNTER: 0}

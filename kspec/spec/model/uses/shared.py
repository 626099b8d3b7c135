"""A step that calls what is built once under `shared`."""

from __future__ import annotations

from dataclasses import dataclass

from kspec.spec.checker import kind_of
from kspec.spec.graph import Graph, GraphNode, SharedThing, Tensor
from kspec.spec.model.references import Result, Sources
from kspec.spec.model.repeats import Constants
from kspec.spec.model.uses.models import fed_inputs, results_of
from kspec.spec.model.uses.step import Round, Step, Wiring


@dataclass(frozen=True, slots=True)
class SharedUse:
    """A shared layer or model: every call uses the same weights."""

    wiring: Wiring
    step: Step
    shared: SharedThing

    @property
    def plain(self) -> bool:
        """Whether a `keras.Sequential` can hold it."""
        return False

    @property
    def named_inside(self) -> bool:
        """Whether its name and `trainable` may stand among its arguments."""
        return False

    def fitting(self, sources: Sources) -> Sources | None:
        """Return the sources if what is shared takes them so, noting if not."""
        references = self.wiring.references({})
        thing = self.shared.thing
        if isinstance(thing, Graph):
            return fed_inputs(self.wiring, self.step, tuple(thing.inputs), sources, f"`{self.shared.name}`")
        component = self.wiring.components.catalogue.component("layers", getattr(thing, "name", ""))
        if component is None:
            return sources
        return references.fitting(component, sources, self.step.words, self.step.path, self.step.thing_path)

    def check_left_out(self, constants: Constants) -> None:
        """Note what the step may not say."""
        self._check_words()

    def add(self, round_: Round) -> Result:
        """Add a call to the graph."""
        wiring, step = self.wiring, self.step
        self._check_words()
        name = wiring.prefix + wiring.call_name(step, round_, self.shared.name)
        thing = self.shared.thing
        component = wiring.components.catalogue.component("layers", getattr(thing, "name", ""))
        references = wiring.references(round_.constants)
        call = {}
        if component is not None:
            call = references.call(step.words, step.path, round_.constants, component, round_.previous)
            references.check_call(component, call, step.words, step.path, step.thing_path)
        elif "call" in step.words:
            message = f"`{self.shared.name}` is a model and is fed by `from` alone"
            wiring.checker.error("unknown-argument", (*step.path, "call"), message, "leave `call` out", at="key")
        if round_.sources is None:
            return Tensor(name)
        called = None if name == self.shared.name else self.shared.name
        wiring.add(GraphNode(name, thing, round_.sources, call, None, step.path, self.shared.path, called))
        return results_of(thing, name)

    def _check_words(self) -> None:
        step, checker = self.step, self.wiring.checker
        if step.value is not None:
            message = f"`{self.shared.name}` is built under `shared`, so a step cannot give it {kind_of(step.value)}"
            checker.error("misplaced-argument", step.thing_path, message, "write its arguments at its entry", at="key")
        if "trainable" in step.words:
            message = f"`trainable` of `{self.shared.name}` stands at its entry under `shared`: it is one and the same"
            checker.error("misplaced-argument", (*step.path, "trainable"), message, "move it there", at="key")

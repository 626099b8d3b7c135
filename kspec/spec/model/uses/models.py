"""A step that is a whole model: `layers`, `application` or `load`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kspec.spec.checker import listing
from kspec.spec.graph import Graph, GraphNode, Tensor, Thing
from kspec.spec.model.references import Result, Sources
from kspec.spec.model.repeats import Constants
from kspec.spec.model.uses.layers import constants_of_rounds
from kspec.spec.model.uses.step import Round, Step, Wiring
from kspec.spec.problems import At
from kspec.spec.whole_models import ApplicationSpec, SavedModelSpec


class ReadThing(Protocol):
    """Reads the whole model that a step is."""

    def __call__(self, wiring: Wiring, step: Step, constants: Constants) -> Thing | None:
        """Return the model, or None after a problem."""
        ...


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A whole model that the step builds, a new one in every round."""

    wiring: Wiring
    step: Step
    read: ReadThing

    @property
    def plain(self) -> bool:
        """Whether a `keras.Sequential` can hold it."""
        return True

    @property
    def named_inside(self) -> bool:
        """Whether its name and `trainable` may stand among its arguments."""
        return False

    def fitting(self, sources: Sources) -> Sources | None:
        """Return the sources as they are: what the model takes is known once it is read."""
        return sources

    def check_left_out(self, constants: Constants) -> None:
        """Note what is wrong with the model as far as it does not depend on the rounds."""
        self.read(self.wiring, self.step, constants_of_rounds(self.step, constants))

    def add(self, round_: Round) -> Result | None:
        """Add the model and its call to the graph."""
        wiring, step = self.wiring, self.step
        thing = self.read(wiring, step, round_.constants)
        if "call" in step.words:
            message = "a model is fed by `from` alone"
            wiring.checker.error("unknown-argument", (*step.path, "call"), message, "leave `call` out", at="key")
        name = wiring.prefix + wiring.call_name(step, round_, _base_name(thing))
        if thing is None:
            return None
        sources = round_.sources
        if isinstance(thing, Graph) and sources is not None:
            sources = fed_inputs(wiring, step, tuple(thing.inputs), sources, "the model")
        if sources is not None:
            wiring.add(GraphNode(name, thing, sources, {}, round_.trainable, step.path))
        return results_of(thing, name)


def fed_inputs(wiring: Wiring, step: Step, inputs: Sequence[str], sources: Sources, what: str) -> Sources | None:
    """Return the sources of a model with these inputs, one for each in their order, noting if they do not match."""
    count = len(sources) if isinstance(sources, tuple) else 1
    if count == len(inputs):
        return sources if len(inputs) > 1 or isinstance(sources, Tensor) else sources[0]
    where = (*step.path, "from") if "from" in step.words else step.thing_path
    at: At = "value" if "from" in step.words else "key"
    inputs_are = f"{len(inputs)} {'input' if len(inputs) == 1 else 'inputs'}, {listing(inputs)}"
    message = f"{what} has {inputs_are}, and is fed {count} {'result' if count == 1 else 'results'}"
    hint = f"name one for each: `from: [{', '.join('NAME' for _ in inputs)}]`" if len(inputs) > 1 else "name one result"
    wiring.checker.error("wrong-inputs", where, message, hint, at=at)
    return None


def results_of(thing: Thing, name: str) -> Result:
    """Return the results of a call: several where the spec says so."""
    count = 1
    if isinstance(thing, Graph):
        count = len(thing.outputs)
    elif isinstance(thing, ApplicationSpec | SavedModelSpec):
        count = len(thing.outputs) or 1
    return Tensor(name) if count == 1 else tuple(Tensor(name, index) for index in range(count))


def _base_name(thing: Thing | None) -> str:
    """Return what Keras would call a model of this kind."""
    if isinstance(thing, ApplicationSpec):
        return thing.component.name.lower()
    return "sequential" if isinstance(thing, Graph) and thing.sequential else "functional"

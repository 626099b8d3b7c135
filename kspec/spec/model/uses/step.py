"""A step that applies something, the rounds in which it does, and the graph that it adds to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kspec.spec.checker import Checker
from kspec.spec.component_reader import ComponentReader
from kspec.spec.graph import GraphNode, InputSpec, Tensor
from kspec.spec.model.names import Names
from kspec.spec.model.references import References, Result, Sources
from kspec.spec.model.repeats import Constants
from kspec.spec.model.scope import Scope
from kspec.spec.problems import Path


@dataclass(frozen=True, slots=True)
class Step:
    """A step with what it applies.

    Args:
        words: The keys of the step.
        thing: Key of the thing.
        value: What stands behind the key, without those arguments that may stand beside it.
        strays: Keys beside the thing that have been reported.
        path: Place of the step.
        thing_path: Place of the thing.
    """

    words: Mapping[str, Any]
    thing: str
    value: Any
    strays: tuple[str, ...]
    path: Path
    thing_path: Path


@dataclass(frozen=True, slots=True)
class Round:
    """One time that a step is applied.

    Args:
        constants: What `$(...)` may use.
        name: Name that the spec gives the result, numbered where `repeat` stands; None if it gives none.
        step_name: Name of the step, without the number.
        sources: What it is fed; None if that is not known.
        trainable: What the step says about training.
        previous: The result of the step before.
    """

    constants: Constants
    name: str | None
    step_name: str | None
    sources: Sources | None
    trainable: bool | None
    previous: Result | None


@dataclass(slots=True)
class Wiring:
    """The graph that is being built, and all that its steps can see.

    Args:
        components: Reads layers and ops.
        names: Names of the model, or of the block that is being written out.
        scope: What `shared` and `blocks` offer.
        inputs: Inputs of the model. An old `input_shape` of the first layer is added to them.
        nodes: Calls so far.
        prefix: What stands before the names of this block's calls.
        owners: For calls that a block wrote out: name and place of the outermost step that uses a block.
        left_out: For results that only a step with `repeat: 0` would take, besides its first input: that step's place.
        called: What the last call is called.
    """

    components: ComponentReader
    names: Names
    scope: Scope
    inputs: dict[str, InputSpec]
    nodes: list[GraphNode] = field(default_factory=list)
    prefix: str = ""
    owners: dict[str, tuple[str, Path]] = field(default_factory=dict)
    left_out: dict[str, Path] = field(default_factory=dict)
    called: str | None = None

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    def references(self, constants: Constants) -> References:
        """Return what finds the results that names mean."""
        return References(self.names, constants, self.scope)

    def add(self, node: GraphNode) -> Tensor:
        """Add a call to the graph and return its result."""
        self.nodes.append(node)
        self.scope.budget.left -= 1
        return Tensor(node.name)

    def call_name(self, step: Step, round_: Round, base: str) -> str:
        """Return the name of a step's next call without the prefix, and take it.

        Args:
            step: The step.
            round_: The round.
            base: What it is numbered by if the spec gives no name.
        """
        name = round_.name
        if name is None:
            name = self.names.number(base)
        elif name != round_.step_name and (self.names.taken(name) or name in self.names.written):
            message = f"`repeat` calls a layer of this step `{name}`, and that name is given already"
            self.checker.error("name-taken", (*step.path, "repeat"), message, "rename one of the two", at="key")
        self.names.layers.add(name)
        self.called = name
        return name

    def first_input(self, sources: Sources | None) -> InputSpec | None:
        """Return the input that feeds the model's first layer, or None for any further layer."""
        return self.inputs.get(sources.name) if isinstance(sources, Tensor) and not self.nodes else None


class Use(Protocol):
    """What a step applies, ready to be added to the graph as often as `repeat` says."""

    @property
    def step(self) -> Step:
        """The step."""
        ...

    @property
    def plain(self) -> bool:
        """Whether a `keras.Sequential` can hold it."""
        ...

    @property
    def named_inside(self) -> bool:
        """Whether its name and `trainable` may stand among its arguments."""
        ...

    def fitting(self, sources: Sources) -> Sources | None:
        """Return the sources if they can be fed so, noting if not."""
        ...

    def check_left_out(self, constants: Constants) -> None:
        """Note wrong names in a step that `repeat: 0` leaves out; its values may only make sense in other rounds."""
        ...

    def add(self, round_: Round) -> Result | None:
        """Add one call to the graph and return its results."""
        ...

"""Models and shared layers as arguments of layers that wrap them: `TimeDistributed: vision`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kspec.spec.argument_reader import NO_MODEL
from kspec.spec.checker import Checker
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.graph import Graph, SharedArgument, Thing
from kspec.spec.model.elsewhere import names_of
from kspec.spec.model.entries import cycle
from kspec.spec.model.finding import UseFinder
from kspec.spec.model.repeats import Constants
from kspec.spec.model.scope import Scope
from kspec.spec.model.words import WHOLE_MODELS
from kspec.spec.problems import Path


@dataclass(frozen=True, slots=True)
class WrappedReader:
    """Reads what a wrapper wraps, where that is no layer of Keras.

    Args:
        uses: Reads models and shared entries.
        scope: What `shared` and `blocks` offer.
        components: Reads layers.
        constants: What `$(...)` may use.
    """

    uses: UseFinder
    scope: Scope
    components: ComponentReader
    constants: Constants

    def __call__(self, value: Any, path: Path, checker: Checker) -> Any:
        """Return a model or a shared layer, None after a problem, or `NO_MODEL` for anything else."""
        if isinstance(value, str):
            return self._shared(value, path, checker)
        words = [word for word in WHOLE_MODELS if word in value]
        if not words:
            return NO_MODEL
        model = self.uses.read_thing(words[0], value, path, self.components, self.constants, self.scope)
        self._check_shape(model, path, checker)
        _check_learning(model, path, checker)
        return model

    def _shared(self, name: str, path: Path, checker: Checker) -> Any:
        entry = self.scope.find(name)
        if entry is None and name in names_of(self.scope.content):
            message = f"`{name}` is the name of a step, and a wrapper takes the layer itself"
            checker.error("wrong-type", path, message, "put the layer under `shared`, and name it in both places")
            return None
        if entry is None:
            return None if self.scope.is_unread(name) else NO_MODEL
        self.scope.used.add(entry.path)
        if entry.section == "blocks":
            message = f"`{name}` is a block, which is written out as steps and is no layer"
            checker.error("wrong-type", path, message, "put a model under `shared`, or write `{layers: [...]}`")
            return None
        if cycle(entry, self.scope, path, checker):
            return None
        shared = self.uses.shared(entry, self.components)
        if shared is None:
            return None
        self._check_shape(shared.thing, path, checker)
        _check_learning(shared.thing, path, checker)
        return SharedArgument(name, entry.path, path)

    def _check_shape(self, model: Thing | None, path: Path, checker: Checker) -> None:
        """Note a wrapped model whose shape nobody says: its wrapper feeds it only once it is there."""
        unknown = [item for item in model.inputs.values() if not item.known] if isinstance(model, Graph) else []
        if unknown:
            message = f"the shape of the input `{unknown[0].name}` of a wrapped model is not known"
            checker.error("unknown-shape", path, message, "write `input: {shape: [...]}` beside its `layers`")


def _check_learning(thing: Thing | None, path: Path, checker: Checker) -> None:
    """Note a layer that learns from data where the training rows do not come by: Keras would leave it as it is."""
    inside = thing.components() if isinstance(thing, Graph) else [thing] if isinstance(thing, ComponentSpec) else []
    learning = next((component for component in inside if component.learns), None)
    if learning is not None:
        message = f"{learning.name} learns from data, and what a layer wraps is not shown any"
        hint = "put it before the wrapper, or give it what it would learn"
        checker.error("not-learnt", path, message, hint)

"""What the thing of a step means: a layer, an operation, an entry of `shared` or `blocks`, or a whole model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kspec.spec.checker import Checker
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.expressions import substitute
from kspec.spec.files import Files
from kspec.spec.graph import Graph, SharedThing, Tensor, Thing
from kspec.spec.model.entries import cycle, read_block
from kspec.spec.model.listed import listed_steps, read_steps
from kspec.spec.model.names import Names
from kspec.spec.model.outputs import check_reachable, listed_outputs
from kspec.spec.model.references import Result
from kspec.spec.model.repeats import Constants
from kspec.spec.model.scope import Entry, Scope
from kspec.spec.model.steps import StepReader, read_trainable
from kspec.spec.model.uses.blocks import BlockSpec, BlockUse
from kspec.spec.model.uses.layers import ABOUT_NAMES, LayerUse
from kspec.spec.model.uses.models import ModelUse
from kspec.spec.model.uses.ops import OpUse
from kspec.spec.model.uses.shared import SharedUse
from kspec.spec.model.uses.step import Step, Use, Wiring
from kspec.spec.model.whole import read_application, read_saved_model
from kspec.spec.model.words import BESIDE_LAYERS, BESIDE_WHOLE, ENTRY_WORDS, STEP_WORDS, WHOLE_MODELS
from kspec.spec.ops import find_op, is_op
from kspec.spec.problems import Path, nearest

_BESIDE_USES = "it stands beside the steps that use it"
_ENTRY_HINTS = {"name": "its name is that of the entry", "from": _BESIDE_USES, "repeat": _BESIDE_USES}

ReadModel = Callable[[Mapping[str, Any], Path, Constants, Scope], Graph | None]
"""Reads a model in the language at a place."""


_LASTING = ABOUT_NAMES | {"cycle", "unknown-step"}
"""Problems that a block has whatever its parameters are."""


@dataclass(frozen=True, slots=True)
class UseFinder:
    """Finds what things mean.

    Args:
        files: Finds the files that models name.
        read_model: Reads nested models.
    """

    files: Files
    read_model: ReadModel

    def find(self, wiring: Wiring, step: Step) -> Use | None:
        """Return what a step applies, or None after noting why there is none."""
        thing = step.thing
        if thing in WHOLE_MODELS:
            return ModelUse(wiring, step, self._model)
        if is_op(thing):
            op = find_op(wiring.components, thing, step.thing_path)
            return OpUse(wiring, step, op) if op else None
        if entry := wiring.scope.find(thing):
            return self._entry_use(entry, wiring, step)
        known = wiring.scope.names()
        component = wiring.components.find(thing, step.thing_path, "layers", at="key", also=known)
        if component is None and (meant := wiring.scope.find(nearest(thing, known) or "")):
            wiring.scope.used.add(meant.path)  # that nothing uses it would be the same mistake again
        return LayerUse(wiring, step, component) if component else None

    def _entry_use(self, entry: Entry, wiring: Wiring, step: Step) -> Use | None:
        scope, checker = wiring.scope, wiring.checker
        scope.used.add(entry.path)
        if cycle(entry, scope, step.thing_path, checker):
            return None
        if entry.section == "blocks":
            if entry.path in scope.broken:
                return None
            block = read_block(entry, wiring.names.catalogue, checker)
            if block is None:
                scope.broken.add(entry.path)
            return BlockUse(wiring, step, block, self._expand) if block else None
        shared = self.shared(entry, wiring.components)
        if shared is None:
            scope.broken.add(entry.path)
        return SharedUse(wiring, step, shared) if shared else None

    # Entries

    def read_shared(self, scope: Scope, components: ComponentReader) -> None:
        """Read all entries under `shared` of a model, in their order; what one uses comes before it."""
        for entry in scope.entries.values():
            if entry.section == "shared":
                self.shared(entry, components)

    def shared(self, entry: Entry, components: ComponentReader) -> SharedThing | None:
        """Return what is built once for an entry, or None if something is wrong with it."""
        found = entry.scope.shared
        if entry.path not in found:
            with entry.scope.opening(entry):
                thing = self._shared_thing(entry, components)
            found[entry.path] = thing
        return found[entry.path]

    def _shared_thing(self, entry: Entry, components: ComponentReader) -> SharedThing | None:
        checker, path = components.checker, entry.path
        value = {entry.value: None} if isinstance(entry.value, str) else entry.value
        expected = "a layer or a model, such as `{LSTM: 64}` or `{layers: [...]}`"
        if isinstance(value, list):
            hint = f"write `{entry.name}:` and below it `layers:`"
            checker.error("wrong-type", path, f"`{entry.name}` is {expected}, not a list", hint, at="key")
            return None
        if checker.mapping(value, path, f"`{entry.name}`", expected=expected) is None or not value:
            if value == {}:
                checker.error("no-thing", path, f"`{entry.name}` says nothing to share", "name a layer or a model")
            return None
        before = len(checker.problems)
        trainable = None
        if "trainable" in value and not isinstance(value["trainable"], dict):
            trainable = read_trainable(value["trainable"], (*path, "trainable"), entry.constants, checker)
        wholes = [key for key in WHOLE_MODELS if key in value]
        thing: Thing | None
        if wholes:
            known = (*wholes[:1], *(BESIDE_LAYERS if wholes[0] == "layers" else BESIDE_WHOLE), *ENTRY_WORDS)
            checker.known_keys(value, path, f"`{entry.name}`", known, hints=_ENTRY_HINTS)
            thing = self.read_thing(wholes[0], value, path, components, entry.constants, entry.scope)
        else:
            thing = self._shared_layer(entry, value, components)
        if thing is None or checker.errors_since(before):
            return None
        return SharedThing(entry.name, thing, trainable, path)

    def _shared_layer(self, entry: Entry, value: Mapping[str, Any], components: ComponentReader) -> Thing | None:
        written = {key: item for key, item in value.items() if key not in ENTRY_WORDS}
        for word in [word for word in written if word in STEP_WORDS]:
            message = f"`{word}` says something of a step, and `{entry.name}` is only built here"
            hint = "its name is that of the entry" if word == "name" else "write it beside the steps that use it"
            components.checker.error("misplaced-argument", (*entry.path, word), message, hint, at="key")
            del written[word]
        name = next(iter(written), "")
        other = entry.scope.find(name)
        if is_op(name) or other:
            entry.scope.used.update({other.path} if other else ())
            what = "an operation" if is_op(name) else f"`{name}`"
            message = f"only a layer or a model is shared, not {what}"
            hint = "use it as a step, or inside a model with `layers`"
            components.checker.error("wrong-type", entry.path, message, hint, at="key")
            return None
        inside = written.get(name)
        if isinstance(inside, dict) and "name" in inside:
            message = f"a shared layer is called as its entry, `{entry.name}`"
            place = (*entry.path, name, "name")
            components.checker.error("misplaced-argument", place, message, "leave it out", at="key")
            return None
        found = components.read(
            substitute(written, entry.constants, entry.path, components.checker), entry.path, "layers"
        )
        return found if isinstance(found, ComponentSpec) else None

    def check_unused(self, scope: Scope, components: ComponentReader, *, sure: bool) -> None:
        """Note entries that no step uses, and wrong names inside blocks whose steps nothing writes out.

        Args:
            scope: The entries.
            components: Reads layers.
            sure: Whether all steps could be read; one with a mistake may have been meant to use an entry.
        """
        for entry in scope.entries.values():
            if entry.path in scope.used:
                if entry.section == "blocks" and entry.path not in scope.broken | scope.written_out:
                    self._check_block(entry, components)
                continue
            kind = "the shared layer" if entry.section == "shared" else "the block"
            message = f"no step uses {kind} `{entry.name}`"
            hint = "use it in a step, or leave it out"
            if sure:
                components.checker.note("unused-entry", entry.path, message, hint, at="key", severity="warning")
            if entry.section == "blocks":
                self._check_block(entry, components)

    def _check_block(self, entry: Entry, components: ComponentReader) -> None:
        aside = replace(components, checker=Checker())
        block = read_block(entry, components.catalogue, aside.checker)
        if block is not None:
            names = Names(components.catalogue, aside.checker, {name: Tensor(name) for name in block.inputs})
            wiring = Wiring(aside, names, entry.scope.within(), {})
            with entry.scope.opening(entry):
                self._expand(block, wiring, {**entry.constants, **block.params})
        lasting = [item for item in aside.checker.problems if block is None or item.code in _LASTING]
        told = {problem.hint for problem in components.checker.problems if problem.hint is not None}
        # A parameter that is misspelt among `params` is missed by those who give it and by those who use it.
        again = [item for item in lasting if item.code == "unknown-constant" and item.hint in told]
        components.checker.problems += [item for item in lasting if item not in again]

    # Whole models

    def _model(self, wiring: Wiring, step: Step, constants: Constants) -> Thing | None:
        return self.read_thing(step.thing, step.words, step.path, wiring.components, constants, wiring.scope)

    def read_thing(
        self, thing: str, value: Mapping[str, Any], path: Path, components: ComponentReader, constants: Constants,
        scope: Scope,
    ) -> Thing | None:  # fmt: skip
        """Return the whole model that a mapping describes, or None after a problem.

        Args:
            thing: Which kind of model: `layers`, `application` or `load`.
            value: The mapping.
            path: Its place.
            components: Reads layers.
            constants: What `$(...)` may use.
            scope: What `shared` and `blocks` offer.
        """
        if thing == "application":
            return read_application(value, path, components, constants)
        if thing == "load":
            return read_saved_model(value, path, self.files, constants, components.checker)
        return self.read_model(value, path, constants, scope)

    # Blocks

    def _expand(self, block: BlockSpec, wiring: Wiring, constants: Constants) -> Result | None:
        """Add the steps of a block to a graph and return what the block gives."""
        path, checker = block.entry.path, wiring.checker
        before = len(checker.problems)
        steps = listed_steps(block.value["layers"], (*path, "layers"), constants, checker)
        if steps is None:
            return None
        reader = StepReader(wiring, constants, self.find)
        start = len(wiring.nodes)
        results = wiring.names.results
        result = read_steps(steps, (*path, "layers"), reader, results[block.inputs[0]] or ())
        if not isinstance(steps[0], dict) or "from" not in steps[0]:
            wiring.names.used.add(block.inputs[0])
        if "outputs" in block.value:
            outputs = listed_outputs(block.value["outputs"], (*path, "outputs"), reader.references, result)
            found = tuple(outputs.results.values()) if outputs.results is not None else None
            result = found[0] if found and len(found) == 1 else found
        if result is None or checker.errors_since(before):
            return None
        if wiring.scope.broken:
            return result  # steps are missing, and what only they use would seem to be used by none
        returned = (result,) if isinstance(result, Tensor) else result
        check_reachable((), wiring.nodes[start:], returned, wiring)
        for index, name in enumerate(block.inputs):
            if name not in wiring.names.used:
                where = (*path, "inputs", index) if "inputs" in block.value else path
                hint = f"feed it to a step with `from: {name}`, or leave it out"
                checker.error("unused-input", where, f"the input `{name}` of the block is never used", hint)
        return result

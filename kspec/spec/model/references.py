"""References between steps: `from`, `call` and `outputs` name results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import Checker, kind_of, listing
from kspec.spec.expressions import substitute
from kspec.spec.graph import Tensor
from kspec.spec.model.elsewhere import unknown_hint
from kspec.spec.model.names import Names
from kspec.spec.model.scope import Scope
from kspec.spec.model.words import PREVIOUS
from kspec.spec.problems import At, Path, did_you_mean, nearest

Sources = Tensor | tuple[Tensor, ...]
"""What a step is fed: one result, or a list of them."""

Result = Tensor | tuple[Tensor, ...]
"""What a step gives: one result, or several that are told apart by `.0`, `.1`. A single one may still be several
where only Keras knows, as for a layer with `return_state`."""


@dataclass(frozen=True, slots=True)
class References:
    """Finds the results that names mean."""

    names: Names
    constants: Mapping[str, Any]
    scope: Scope

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.names.checker

    def result(self, value: Any, path: Path, previous: Result | None) -> Tensor | None:
        """Return the result that a name means; None if there is none, or it could not be read.

        Args:
            value: A name, `name.1`, or `_`.
            path: Its place.
            previous: The result of the step before.
        """
        if not isinstance(value, str):
            hint = f"give the step a `name`; `{PREVIOUS}` is the step before"
            if isinstance(value, dict):
                hint = "write a list, in the order of what it feeds"
            self.checker.error("wrong-type", path, f"a step is named by text, not by {kind_of(value)}", hint)
            return None
        if value == PREVIOUS:
            return self.one(previous, "the step before", path)
        name, dot, index = value.partition(".")
        if name not in self.names.results:
            self._unknown(name, path)
            return None
        self.names.used.add(name)
        found = self.names.results[name]
        if not dot or found is None:
            return self.one(found, f"`{name}`", path, name)
        if not (index.isascii() and index.isdigit() and len(index) < 10):
            hint = f"of a step with several results, a number names one: `{name}.0`, `{name}.1`"
            self.checker.error("unknown-step", path, f"`{value}` names no result", hint)
            return None
        if isinstance(found, tuple):
            if int(index) < len(found):
                return found[int(index)]
            message = f"`{name}` has {len(found)} results, counted from 0: there is no `{value}`"
            self.checker.error("unknown-step", path, message)
            return None
        if found.index is not None and int(index):
            self.checker.error("unknown-step", path, f"`{name}` is the one result `{found}`", f"write `{name}`")
            return None
        return found if found.index is not None else Tensor(found.name, int(index))

    def one(
        self, result: Result | None, what: str, path: Path, name: str | None = None, *, at: At = "value"
    ) -> Tensor | None:
        """Return a result that has to be a single one, noting if it is several.

        Args:
            result: What a step gives.
            what: The step, for the message.
            path: Place of what names it.
            name: Its name, if it has one.
            at: What to point at there.
        """
        if not isinstance(result, tuple):
            return result
        names = ", ".join(f"`{name or 'NAME'}.{index}`" for index in range(min(len(result), 4)))
        hint = f"name one of them: {names}" if name else f"give it a `name` and take one of {names}"
        self.checker.error("several-results", path, f"{what} has {len(result)} results", hint, at=at)
        return None

    def sources(self, step: Mapping[str, Any], path: Path, thing_path: Path, previous: Result | None) -> Sources | None:
        """Return what a step is fed: what `from` names, else the result of the step before."""
        if "from" not in step:
            return self.one(previous, "the step before", thing_path, at="key")
        at = (*path, "from")
        before = len(self.checker.problems)
        value = substitute(step["from"], self.constants, at, self.checker)
        if len(self.checker.problems) > before:
            return None
        if value is None or value == []:
            hint = "name a step, a list of steps, or `_` for the step before"
            self.checker.error("empty-from", at, "`from` names nothing", hint, at="key")
            return None
        if not isinstance(value, list):
            return self.result(value, at, previous)
        found = [self.result(item, (*at, index), previous) for index, item in enumerate(value)]
        tensors = tuple(tensor for tensor in found if tensor is not None)
        return tensors if len(tensors) == len(found) else None

    def fitting(
        self, component: Component, sources: Sources, step: Mapping[str, Any], path: Path, thing_path: Path
    ) -> Sources | None:
        """Return the sources if the layer takes them so; note a list where one is wanted, or the other way round."""
        listed = isinstance(sources, tuple)
        name = component.name
        if component.inputs == "list" and not listed:
            hint = "name all of them: `from: [_, NAME]`"
            if "from" in step:
                message, at = f"{name} merges a list of results, `from` names a single one", (*path, "from")
                self.checker.error("needs-list", at, message, hint)
            else:
                message = f"{name} merges a list of results, here it is fed only the step before"
                self.checker.error("needs-list", thing_path, message, hint, at="key")
            return None
        if component.inputs in ("one", "several") and listed and component.name != "Identity":
            message, hint = self._needs_one(component, step["from"])
            self.checker.error("needs-one", (*path, "from"), message, hint)
            return None
        return sources

    @staticmethod
    def _needs_one(component: Component, names: Sequence[Any]) -> tuple[str, str]:
        if component.inputs == "several":
            further = ", ".join(f"{key}: {name}" for key, name in zip(component.call[1:], names[1:], strict=False))
            message = f"{component.name} is not fed a list: `from` is its `{component.call[0]}`, the others are named"
            return message, f"write `from: {names[0]}`" + (f" and `call: {{{further}}}`" if further else "")
        message = f"{component.name} takes one result, not a list"
        if len(names) == 1:
            return message, f"write `from: {names[0]}`"
        return message, "merge them first with a step such as `Concatenate:`"

    def call(
        self, step: Mapping[str, Any], path: Path, constants: Mapping[str, Any], component: Component,
        previous: Result | None,
    ) -> dict[str, Any]:  # fmt: skip
        """Return the further call arguments of a step, names in them replaced by results."""
        at = (*path, "call")
        result: dict[str, Any] = {}
        if "call" in step:
            expected = "a mapping of call arguments, such as `{value: NAME}`"
            written = self.checker.mapping(step["call"], at, "`call`", expected=expected)
            if written is None:
                return {}
            result = self.read_call(written, at, constants, component.name, component.call, previous)
        return result

    def check_call(
        self, component: Component, call: Mapping[str, Any], step: Mapping[str, Any], path: Path, thing_path: Path
    ) -> None:
        """Note call arguments that a layer must have and does not get."""
        missing = [name for name in component.call_required[1:] if name not in call]
        if not missing or isinstance(step.get("from"), list):  # what a list should have been has been said
            return
        needed = ", ".join(f"{name}: NAME" for name in missing)
        message = f"{component.name} is called with {listing(component.call_required)}, `call` lacks {listing(missing)}"
        place = (*path, "call") if "call" in step else thing_path
        self.checker.error("missing-call", place, message, f"write `call: {{{needed}}}`", at="key")

    def read_call(
        self, written: Mapping[str, Any], at: Path, constants: Mapping[str, Any], kind: str, known: Sequence[str],
        previous: Result | None,
    ) -> dict[str, Any]:  # fmt: skip
        """Return call arguments, names in them replaced by results.

        Args:
            written: What stands behind `call`.
            at: Its place.
            constants: What `$(...)` may use.
            kind: What is called, for messages.
            known: Names of its call arguments; the first is what `from` names. Empty if not known.
            previous: The result of the step before.
        """
        result: dict[str, Any] = {}
        for key, item in substitute(written, constants, at, self.checker).items():
            place = (*at, key)
            hint: str | None
            result[key] = None
            if key == "training":
                hint = "Keras decides it in fit and predict; `trainable: false` freezes a layer"
                self.checker.error("refused", place, "`training` cannot be set for a call", hint, at="key")
            elif known and key == known[0]:
                message = f"`{key}` is what `from` names"
                self.checker.error("unknown-argument", place, message, f"write `from: {item}`", at="key")
            elif known and key not in known:
                hint = did_you_mean(key, known[1:])
                if hint is None:
                    hint = f"it has {listing(known[1:])}" if known[1:] else "`from` names all that it takes"
                elif meant := nearest(key, known[1:]):
                    result[meant] = None
                message = f"the call of {kind} has no argument `{key}`"
                self.checker.error("unknown-argument", place, message, hint, at="key")
            else:
                result[key] = self._call_value(item, place, previous)
        return result

    def _call_value(self, value: Any, path: Path, previous: Result | None) -> Any:
        if isinstance(value, list):
            return [self._call_value(item, (*path, index), previous) for index, item in enumerate(value)]
        return self.result(value, path, previous) if isinstance(value, str) else value

    def _unknown(self, name: str, path: Path) -> None:
        if name in self.names.written:
            itself = name == self.names.current
            message = f"`{name}` is this step itself" if itself else f"the step `{name}` comes later"
            hint = f"`{PREVIOUS}` is the step before" if itself else "a step can only use steps above it"
            self.checker.error("defined-later", path, message, hint)
            return
        message = f"there is no step or input `{name}`"
        self.checker.error("unknown-step", path, message, unknown_hint(name, self.names, self.scope))

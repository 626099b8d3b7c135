"""Keys of a step that have no place there: what is meant by each, and the step as it is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import listing, shortened
from kspec.spec.component_reader import ComponentReader
from kspec.spec.misplaced import misplaced_hint
from kspec.spec.model.scope import Scope
from kspec.spec.model.words import BESIDE_LAYERS, BLOCK_KEYS, STEP_WORDS
from kspec.spec.problems import Path, did_you_mean, nearest
from kspec.spec.slips import slip
from kspec.spec.writing import to_inline

_MEANT = {
    "input": "from",
    "inputs": "from",
    "inbound_nodes": "from",
    "source": "from",
    "sources": "from",
    "times": "repeat",
    "id": "name",
    "label": "name",
}
"""Words of other programs, and the key of a step that says the same."""

OF_A_MODEL = frozenset({*BESIDE_LAYERS, *BLOCK_KEYS} - {"layers"})
"""Keys that stand beside the list of steps."""


@dataclass(frozen=True, slots=True)
class StrayKeys:
    """Notes the keys of one step that have no place there, and puts right what is clear.

    Args:
        components: Reads layers.
        scope: What `shared` and `blocks` offer.
        path: Place of the step.
        step: The step as written.
    """

    components: ComponentReader
    scope: Scope
    path: Path
    step: Mapping[str, Any]

    def note(self, keys: Iterable[str], thing: str, component: Component | None) -> dict[str, Any]:
        """Note the keys that stand beside the thing, and call arguments inside it; return the step as it is meant.

        Args:
            keys: The keys.
            thing: What the step applies.
            component: The layer that it is, or None.
        """
        meant = dict(self.step)
        self._inside(meant, thing, component)
        params = self._params(thing)
        misplaced = {key: meant.pop(key) for key in keys if key in params}
        if misplaced:
            self._note_params(misplaced, meant, thing)
        for key in (key for key in keys if key not in misplaced):
            self.note_key(key, component)
            self.put_right(meant, key, component)
        return meant

    def note_key(self, key: str, component: Component | None = None) -> None:
        """Note one key that has no place in a step."""
        words = [*STEP_WORDS, *(component.arguments if component else ())]
        hint = slip(key) or self._meaning(key, self.step[key], component)
        hint = hint or did_you_mean(key, STEP_WORDS) or did_you_mean(key, words)
        hint = hint or f"it may have {listing(STEP_WORDS)}"
        place = (*self.path, key)
        self.components.checker.error("unknown-key", place, f"a step has no key `{shortened(key)}`", hint, at="key")

    def _meaning(self, key: str, value: Any, component: Component | None) -> str | None:
        if key in _MEANT and _can_mean(_MEANT[key], value):
            return f"write `{_MEANT[key]}: {_inline(value)}`"
        if component and key in component.call:
            return call_hint(component, key, value)
        return "it stands beside `layers`, not in a step" if key in OF_A_MODEL else None

    def put_right(self, meant: dict[str, Any], key: str, component: Component | None = None) -> None:
        """Give a misspelt key its right name, so that one slip is not reported again elsewhere."""
        checker = self.components.checker
        if component and key in component.call:
            _feed(meant, component, key, meant.pop(key))
            return
        word = _MEANT.get(key)
        word = word if word and _can_mean(word, meant[key]) else nearest(key, STEP_WORDS)
        if word and word not in meant:
            meant[word] = meant.pop(key)
            checker.rename((*self.path, word), key)

    def _inside(self, meant: dict[str, Any], thing: str, component: Component | None) -> None:
        """Note what stands inside the thing and belongs beside it: words of a step, and arguments of a layer's call."""
        inner = meant.get(thing)
        if not isinstance(inner, dict):
            return
        own = component.arguments if component else self._params(thing)
        words = STEP_WORDS if self.scope.find(thing) else ("from", "call", "repeat")
        calls = component.call if component else ()
        for key in [key for key in inner if key not in own and (key in words or key in calls)]:
            value = inner[key]
            inner = {name: item for name, item in inner.items() if name != key}
            if component and key in calls:
                message, hint = f"{component.name} has no argument `{key}`", call_hint(component, key, value)
                self.components.checker.error("unknown-argument", (*self.path, thing, key), message, hint, at="key")
                _feed(meant, component, key, value)
            else:
                message = f"`{key}` stands inside `{thing}` and says something of the step"
                hint = f"write it beside `{thing}`, in the same column"
                self.components.checker.error("misplaced-argument", (*self.path, thing, key), message, hint, at="key")
                meant.setdefault(key, value)
        meant[thing] = inner or (meant[thing] and None)

    def _params(self, thing: str) -> Mapping[str, Any]:
        entry = self.scope.find(thing)
        value = entry.value if entry and entry.section == "blocks" else None
        params = value.get("params") if isinstance(value, dict) else None
        return params if isinstance(params, dict) else {}

    def _note_params(self, misplaced: Mapping[str, Any], meant: dict[str, Any], thing: str) -> None:
        inner = meant[thing]
        if inner is None or isinstance(inner, dict):
            meant[thing] = {**(inner or {}), **misplaced}
        else:
            meant[thing] = {next(iter(self._params(thing))): inner, **misplaced}
        are = "is a parameter" if len(misplaced) == 1 else "are parameters"
        hint = f"{listing(misplaced)} {are} of it: write `{thing}: {_inline(meant[thing])}`"
        first = next(iter(misplaced))
        message = f"`{first}` stands beside the block `{thing}`"
        self.components.checker.error("misplaced-argument", (*self.path, first), message, hint, at="key")

    def note_beside_application(self, keys: Iterable[str]) -> dict[str, Any]:
        """Note arguments of an application that stand beside it; return the step as it is meant."""
        meant = dict(self.step)
        written = meant["application"]
        items = written.items() if isinstance(written, dict) else [(written, None)] if isinstance(written, str) else []
        name, inner = next(iter(items), ("", None))
        component = self.components.catalogue.component("applications", name)
        misplaced = {key: meant.pop(key) for key in keys if component and key in component.arguments}
        if component and misplaced:
            first = next(iter(misplaced))
            message = f"`{first}` stands beside {name}"
            hint = misplaced_hint(component, inner, misplaced)
            self.components.checker.error("misplaced-argument", (*self.path, first), message, hint, at="key")
            meant["application"] = {name: {**(inner if isinstance(inner, dict) else {}), **misplaced}}
        return meant


def call_hint(component: Component, key: str, value: Any) -> str:
    """Return how to write an argument of a layer's call that stands somewhere else."""
    if key == component.call[0]:
        return f"what feeds a step stands beside its layer: `from: {_inline(value)}`"
    return f"it is an argument of the call, which stands beside the layer: `call: {{{key}: {_inline(value)}}}`"


def _feed(meant: dict[str, Any], component: Component, key: str, value: Any) -> None:
    """Put a call argument where it belongs, if nothing stands there."""
    if key == component.call[0]:
        meant.setdefault("from", value)
    elif isinstance(meant.get("call", {}), dict):
        meant["call"] = {key: value, **meant.get("call", {})}


def _can_mean(word: str, value: Any) -> bool:
    """Say whether a value can be that of a key of a step."""
    if word == "repeat":
        return isinstance(value, int)
    names = value if isinstance(value, list) and word == "from" else [value]
    return all(isinstance(name, str) for name in names)


def _inline(value: Any) -> str:
    text = to_inline(value)
    return text if len(text) <= 60 else "..."

"""What a step applies: the one key of it that is no word of the language, and slips around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import Checker, listing, shortened
from kspec.spec.component_reader import ComponentReader
from kspec.spec.model.scope import Scope
from kspec.spec.model.strays import OF_A_MODEL, StrayKeys
from kspec.spec.model.words import BESIDE_LAYERS, BESIDE_WHOLE, STEP_WORDS, WHOLE_MODELS
from kspec.spec.ops import is_op
from kspec.spec.problems import Path, did_you_mean
from kspec.spec.slips import slip


@dataclass(frozen=True, slots=True)
class Found:
    """What a step applies.

    Args:
        thing: The key that says so; None after a problem that leaves it open.
        step: The step with its misspelt and misplaced keys put right, so that one slip is not reported again.
        strays: Keys beside the thing that have been reported.
    """

    thing: str | None
    step: Mapping[str, Any]
    strays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThingFinder:
    """Finds what a step applies."""

    components: ComponentReader
    scope: Scope

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    def find(self, step: Mapping[str, Any], path: Path) -> Found:
        """Return what a step applies, and the step as it is meant.

        Args:
            step: The step as written.
            path: Its place.
        """
        keys = [key for key in step if key not in STEP_WORDS]
        stray = StrayKeys(self.components, self.scope, path, step)
        wholes = [key for key in WHOLE_MODELS if key in keys]
        if wholes:
            return self._whole(wholes, keys, stray)
        if not keys:
            hint = "a step needs a layer, such as `Dense: 10`"
            self.checker.error("no-thing", path, "this step says nothing to apply", hint)
            return Found(None, step)
        known = [key for key in keys if self._is_thing(key)]
        thing = known[0] if known else next((key for key in keys if key[:1].isupper()), keys[0])
        if not known and self._is_word(thing):
            stray.note_key(thing)
            return Found(None, step)
        if self.scope.is_unread(thing):
            return Found(None, step)
        component = self.components.catalogue.component("layers", thing)
        others = [key for key in keys if key != thing]
        misplaced = {key: step[key] for key in others if component and key in component.arguments}
        if component and misplaced:
            self.components.note_misplaced(component, step[thing], misplaced, path)
        rest = [key for key in others if key not in misplaced]
        second = next((key for key in rest if self._is_second(key, component)), None)
        if second is not None:
            self._two(thing, second, path)
            return Found(None, step)
        meant = stray.note(rest, thing, component) if known else step
        return Found(thing, meant, tuple(others))

    def _whole(self, wholes: list[str], keys: list[str], stray: StrayKeys) -> Found:
        """Find the thing of a step that is a whole model: what else may stand beside it depends on its kind."""
        thing, step, path = wholes[0], stray.step, stray.path
        beside = BESIDE_LAYERS if thing == "layers" else BESIDE_WHOLE
        others = [key for key in keys if key != thing and key not in beside]
        second = next((key for key in others if key in WHOLE_MODELS or self._is_thing(key)), None)
        if second is not None:
            self._two(thing, second, path)
            return Found(None, step)
        meant = stray.note_beside_application(others) if thing == "application" else dict(step)
        for key in (key for key in others if key in meant):
            words = (*STEP_WORDS, *beside)
            inputs = thing != "layers" and key in ("input", "inputs")
            hint = "it has inputs of its own, fed by `from`" if inputs else slip(key) or did_you_mean(key, words)
            hint = hint or f"beside `{thing}` may stand {listing(words)}"
            self.checker.error("unknown-key", (*path, key), f"a step has no key `{shortened(key)}`", hint, at="key")
            stray.put_right(meant, key)
        return Found(thing, meant, tuple(others))

    def _is_word(self, key: str) -> bool:
        """Say whether what stands where a layer should is a word of the language, right or misspelt."""
        if key in OF_A_MODEL:
            return True
        return did_you_mean(key, STEP_WORDS) is not None and did_you_mean(key, self._things()) is None

    def _two(self, thing: str, second: str, path: Path) -> None:
        message = f"a step applies one thing, here stand {listing([thing, second])}"
        self.checker.error("two-things", (*path, second), message, "begin a step of its own with `- `", at="key")

    def _is_thing(self, key: str) -> bool:
        if is_op(key) or self.scope.is_unread(key):
            return True
        return self.components.catalogue.component("layers", key) is not None or self.scope.find(key) is not None

    def _is_second(self, key: str, component: Component | None) -> bool:
        """Say whether a key beside a step's thing is a thing too, and no misspelt word or argument."""
        if self._is_thing(key):
            return True
        words = [*STEP_WORDS, *(component.arguments if component else ())]
        return key[:1].isupper() and component is not None and key.lower() not in words

    def _things(self) -> tuple[str, ...]:
        return (*self.components.catalogue.names("layers"), *self.scope.names())

"""What a step applies: the one key of it that is no word of the language, and slips around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import Checker, listing, shortened
from kspec.spec.components import ComponentReader
from kspec.spec.model.scope import Scope
from kspec.spec.model.words import BESIDE_LAYERS, BESIDE_WHOLE, STEP_WORDS, WHOLE_MODELS
from kspec.spec.ops import is_op
from kspec.spec.problems import Path, did_you_mean, nearest
from kspec.spec.slips import slip


@dataclass(frozen=True, slots=True)
class ThingFinder:
    """Finds what a step applies."""

    components: ComponentReader
    scope: Scope

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    def find(self, step: Mapping[str, Any], path: Path) -> tuple[str | None, tuple[str, ...]]:
        """Return the key of a step that says what is applied, and the keys that have no place beside it."""
        keys = [key for key in step if key not in STEP_WORDS]
        wholes = [key for key in WHOLE_MODELS if key in keys]
        if wholes:
            return self._whole(wholes, keys, path)
        if not keys:
            hint = "a step needs a layer, such as `Dense: 10`"
            self.checker.error("no-thing", path, "this step says nothing to apply", hint)
            return None, ()
        known = [key for key in keys if self._is_thing(key)]
        thing = known[0] if known else next((key for key in keys if key[:1].isupper()), keys[0])
        if not known and did_you_mean(thing, STEP_WORDS) and not did_you_mean(thing, self._things()):
            self._stray(thing, None, (*path, thing))
            return None, ()
        component = self.components.catalogue.component("layers", thing)
        others = [key for key in keys if key != thing]
        misplaced = {key: step[key] for key in others if component and key in component.arguments}
        if component and misplaced:
            self.components.note_misplaced(component, step[thing], misplaced, path)
        rest = [key for key in others if key not in misplaced]
        second = next((key for key in rest if self._is_second(key, component)), None)
        if second is not None:
            self._two(thing, second, path)
            return None, ()
        for key in rest if known else ():
            self._stray(key, component, (*path, key))
        return thing, tuple(others)

    def _whole(self, wholes: list[str], keys: list[str], path: Path) -> tuple[str | None, tuple[str, ...]]:
        """Find the thing of a step that is a whole model: what else may stand beside it depends on its kind."""
        thing = wholes[0]
        beside = BESIDE_LAYERS if thing == "layers" else BESIDE_WHOLE
        others = [key for key in keys if key != thing and key not in beside]
        for key in others:
            if key in WHOLE_MODELS or self._is_thing(key):
                self._two(thing, key, path)
                return None, ()
            words = (*STEP_WORDS, *beside)
            hint = slip(key) or did_you_mean(key, words) or f"beside `{thing}` may stand {listing(words)}"
            self.checker.error("unknown-key", (*path, key), f"a step has no key `{shortened(key)}`", hint, at="key")
        return thing, tuple(others)

    def _two(self, thing: str, second: str, path: Path) -> None:
        message = f"a step applies one thing, here stand {listing([thing, second])}"
        self.checker.error("two-things", (*path, second), message, "begin a step of its own with `- `", at="key")

    def _is_thing(self, key: str) -> bool:
        if is_op(key):
            return True
        return self.components.catalogue.component("layers", key) is not None or self.scope.find(key) is not None

    def _is_second(self, key: str, component: Component | None) -> bool:
        """Say whether a key beside a step's thing is a thing too, and no misspelt word or argument."""
        if self._is_thing(key):
            return True
        words = [*STEP_WORDS, *(component.arguments if component else ())]
        return key[:1].isupper() and component is not None and key.lower() not in words

    def mended(self, step: dict[str, Any], strays: tuple[str, ...], path: Path) -> dict[str, Any]:
        """Return a step with its misspelt words put right, so that one slip is not reported again elsewhere."""
        mended = dict(step)
        for key in strays:
            word = nearest(key, STEP_WORDS)
            if word and word not in mended:
                mended[word] = mended.pop(key)
                self.checker.rename((*path, word), key)
        return mended

    def _stray(self, key: str, component: Component | None, path: Path) -> None:
        words = [*STEP_WORDS, *(component.arguments if component else ())]
        hint = slip(key) or did_you_mean(key, STEP_WORDS) or did_you_mean(key, words)
        hint = hint or f"it may have {listing(STEP_WORDS)}"
        self.checker.error("unknown-key", path, f"a step has no key `{shortened(key)}`", hint, at="key")

    def _things(self) -> tuple[str, ...]:
        return (*self.components.catalogue.names("layers"), *self.scope.names())

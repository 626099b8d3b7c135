"""What a step applies: the one key of it that is no word of the language, and slips around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import Checker, listing, shortened
from kspec.spec.components import ComponentReader
from kspec.spec.model.words import STEP_WORDS, WHOLE_MODELS, not_built
from kspec.spec.problems import Path, did_you_mean, nearest
from kspec.spec.slips import slip


@dataclass(frozen=True, slots=True)
class ThingFinder:
    """Finds what a step applies."""

    components: ComponentReader

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    def find(self, step: Mapping[str, Any], path: Path) -> tuple[str | None, tuple[str, ...]]:
        """Return the key of a step that says what is applied, and the keys that have no place beside it."""
        keys = [key for key in step if key not in STEP_WORDS]
        for key in keys:
            if key in WHOLE_MODELS or key.startswith("ops."):
                self.checker.error("not-built-yet", (*path, key), not_built(f"`{shortened(key)}` is"), at="key")
                return None, ()
        if not keys:
            hint = "a step needs a layer, such as `Dense: 10`"
            self.checker.error("no-thing", path, "this step says nothing to apply", hint)
            return None, ()
        known = [key for key in keys if self.components.catalogue.component("layers", key)]
        thing = known[0] if known else next((key for key in keys if key[:1].isupper()), keys[0])
        if not known and did_you_mean(thing, STEP_WORDS) and not did_you_mean(thing, self._layers()):
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
            message = f"a step applies one thing, here stand {listing([thing, second])}"
            self.checker.error("two-things", (*path, second), message, "begin a step of its own with `- `", at="key")
            return None, ()
        for key in rest if known else ():
            self._stray(key, component, (*path, key))
        return thing, tuple(others)

    def _is_second(self, key: str, component: Component | None) -> bool:
        """Say whether a key beside a step's thing is a thing too, and no misspelt word or argument."""
        if self.components.catalogue.component("layers", key):
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

    def _layers(self) -> tuple[str, ...]:
        return self.components.catalogue.names("layers")

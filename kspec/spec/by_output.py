"""What `compile` says for every output, written once for all, as a list, or as a mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from kspec.spec.checker import Checker, listing
from kspec.spec.component_reader import ComponentReader
from kspec.spec.cross import known_output
from kspec.spec.problems import Path, nearest
from kspec.spec.unknown import ALSO

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class ByOutput:
    """Sorts what is written to the outputs of a model.

    Args:
        components: Knows components, and where problems go.
        outputs: Names of the outputs.
        sure: Whether they are known; if the model could not be read, any name will do.
    """

    components: ComponentReader
    outputs: Sequence[str]
    sure: bool = True

    @property
    def _checker(self) -> Checker:
        return self.components.checker

    def sort(
        self, value: Any, path: Path, what: str, family: str | None, read: Callable[[Any, Path], V]
    ) -> dict[str, V] | None:
        """Return a value per output from a mapping or a list; None if `value` is meant for every output.

        Args:
            value: What is written.
            path: Its place.
            what: What one entry is.
            family: Family of the components that an entry may be, or None.
            read: Reads one entry.
        """
        if isinstance(value, list):
            if len(value) != len(self.outputs) and self.sure:
                entries, outputs = (
                    _count(len(value), "entry", "entries"),
                    _count(len(self.outputs), "output", "outputs"),
                )
                message = f"a list goes by the outputs: this one has {entries}, the model {outputs}"
                hint = f"give one {what} for each of {listing(self.outputs)}" if len(self.outputs) > 1 else None
                self._checker.error("wrong-length", path, message, hint or f"give one {what}", at="key")
            items = [read(item, (*path, index)) for index, item in enumerate(value)]
            return dict(zip(self.outputs, items, strict=False))
        if not isinstance(value, dict) or (family and self._is_component(value, family)):
            return None
        if not value:
            message = f"`{path[-1]}` is an empty mapping"
            self._checker.error("wrong-type", path, message, "leave it out, or name an output", at="key")
        found: dict[str, V] = {}
        for name, item in value.items():
            if not self.sure or known_output(self._checker, name, self.outputs, (*path, name), at="key"):
                found[name] = read(item, (*path, name))
        return {name: found[name] for name in self.outputs if name in found}

    def check_complete(self, value: Mapping[str, Any], path: Path) -> None:
        """Note outputs without a loss, except those whose names have been misspelt."""
        meant = {nearest(name, self.outputs) for name in value if name not in self.outputs}
        unknown = [name for name in value if name not in self.outputs]
        missing = [name for name in self.outputs if name not in value and name not in meant]
        if missing and len(missing) > len(unknown) - len(meant - {None}):
            several = len(missing) > 1
            message = f"the output{'s' if several else ''} {listing(missing)} {'have' if several else 'has'} no loss"
            hint = f"add `{missing[0]}: LOSS`, or `{missing[0]}: null` for none"
            self._checker.error("missing-output", path, message, hint, at="key")

    def _is_component(self, value: Mapping[str, Any], family: str) -> bool:
        """Say whether a mapping is a component for every output rather than an entry for each."""
        if any(name in self.outputs for name in value):
            return False
        catalogue = self.components.catalogue
        families = (family, *ALSO.get(family, ()))
        if any(catalogue.component(each, name) or catalogue.word(each, name) for each in families for name in value):
            return True
        capital = len(value) == 1 and not next(iter(value)).islower()
        return capital and not any(nearest(name, self.outputs) for name in value)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

"""The names of one model: which may be given, which are taken, and how unnamed layers are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kspec.catalogue import Catalogue
from kspec.spec.checker import Checker, kind_of
from kspec.spec.graph import Tensor
from kspec.spec.model.words import DEFAULT_INPUT, RESERVED, STEP_WORDS
from kspec.spec.problems import At, Path
from kspec.spec.unknown import noun, with_article

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
NAME_RULE = "a name has letters, digits, `_` and `-`, and starts with a letter"


@dataclass(slots=True)
class Names:
    """The names that inputs, steps and layers of one model have.

    Args:
        catalogue: What Keras offers; its names cannot be given.
        checker: Where problems go.
        results: What each written name means so far; None where the step could not be read.
        written: Names that stand anywhere in the list of steps.
        layers: Names of the layers so far.
        entries: Names that `shared` and `blocks` give.
        used: Names that something refers to.
        current: Name that the step gives itself that is read just now.
    """

    catalogue: Catalogue
    checker: Checker
    results: dict[str, Tensor | tuple[Tensor, ...] | None] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    layers: set[str] = field(default_factory=set)
    entries: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    current: str | None = None
    _counts: dict[str, int] = field(default_factory=dict)

    def will_come(self, names: Iterable[str]) -> None:
        """Note the names that stand in the list of steps: layers without a name are numbered around them."""
        self.written.update(names)

    def check(self, name: Any, path: Path, *, what: str, at: At = "value") -> bool:
        """Say whether a name can be given, noting why not.

        Args:
            name: The name as written.
            path: Its place.
            what: What it is to name: `input`, `step`, `shared layer`, `block`.
            at: Whether it stands as a key or as a value.
        """
        if name is None:
            self.checker.error("bad-name", path, "`name` is empty", "write a name, or leave it out", at=at)
        elif not isinstance(name, str) or not NAME.fullmatch(name):
            self.checker.error("bad-name", path, f"{kind_of(name)} cannot name {with_article(what)}", NAME_RULE, at=at)
        elif name in RESERVED and not (what == "input" and name == DEFAULT_INPUT):
            message = f"`{name}` is a word of the language and cannot name {with_article(what)}"
            self.checker.error("bad-name", path, message, f"choose another, such as `{name}_1`", at=at)
        elif name[:1].isupper() and (families := self.catalogue.families_of(name)):
            message = f"`{name}` is {with_article(noun(families[0]))} and cannot name {with_article(what)}"
            self.checker.error("bad-name", path, message, f"choose another, such as `{name.lower()}`", at=at)
        elif name in self.results or name in self.entries:
            section = ", once under `shared` or `blocks`" if name in self.entries else ""
            message = f"the name `{name}` is given twice{section}"
            self.checker.error("name-taken", path, message, "every input and step needs a name of its own", at=at)
        else:
            return True
        return False

    def number(self, base: str) -> str:
        """Return the next free name as Keras counts: `dense`, `dense_1`."""
        while True:
            count = self._counts.get(base, 0)
            self._counts[base] = count + 1
            name = f"{base}_{count}" if count else base
            own = name in self.entries  # the first call of a shared layer is called as its entry
            if (own or not self.taken(name)) and name not in self.written:
                return name

    def taken(self, name: str) -> bool:
        """Say whether an input, a step or a layer above has this name."""
        return name in self.layers or name in self.results


def written_names(steps: Sequence[Any]) -> Iterator[str]:
    """Yield the names that steps give themselves, beside their layers or inside."""
    for step in steps:
        if not isinstance(step, dict):
            continue
        inside = [value for key, value in step.items() if key not in STEP_WORDS and isinstance(value, dict)]
        for holder in (step, *inside):
            if isinstance(holder.get("name"), str):
                yield holder["name"]

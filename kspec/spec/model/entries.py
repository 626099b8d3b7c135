"""`shared` and `blocks`: what steps can name besides Keras' own layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kspec.catalogue import Catalogue
from kspec.spec.checker import Checker, kind_of
from kspec.spec.expressions import substitute
from kspec.spec.model.names import Names
from kspec.spec.model.repeats import COUNTER
from kspec.spec.model.scope import Entry, Scope, Section
from kspec.spec.model.uses.blocks import BlockSpec
from kspec.spec.model.words import BLOCK_KEYS, DEFAULT_INPUT
from kspec.spec.ops import is_op
from kspec.spec.problems import Path

_EXAMPLES: Mapping[Section, str] = {
    "shared": "a mapping of names to layers or models, such as `{encoder: {LSTM: 64}}`",
    "blocks": "a mapping of names to blocks, such as `{tower: {layers: [...]}}`",
}
_KINDS: Mapping[Section, str] = {"shared": "shared layer", "blocks": "block"}
_BESIDE_USES = "it stands beside the steps that use the block"
_BLOCK_HINTS = {
    "input": "it is called `inputs`, a list of names; shapes are those of what it is fed",
    "steps": "it is called `layers`",
    **dict.fromkeys(("name", "from", "repeat", "trainable"), _BESIDE_USES),
    "shared": "it stands beside `blocks`, and blocks may use what it holds",
    "blocks": "all blocks stand side by side, and may use each other",
    "weights": "a block has none of its own: it stands beside the `layers` of the model",
}


def note_entries(
    section: Section, value: Any, path: Path, scope: Scope, names: Names, constants: Mapping[str, Any]
) -> None:
    """Put the entries of a section into a scope, their names checked, their content not yet read.

    Args:
        section: `shared` or `blocks`.
        value: What stands behind it.
        path: Its place.
        scope: The scope of the model.
        names: Names of the model; entries take theirs from the same stock.
        constants: What `$(...)` in the entries may use.
    """
    scope.unread |= {name for name in _names_in(value) if names.catalogue.component("layers", name) is None}
    if isinstance(value, list):
        message = f"`{section}` is {_EXAMPLES[section]}, not a list"
        names.checker.error("wrong-type", path, message, "give every entry a name: `NAME: ...`", at="key")
        return
    entries = names.checker.mapping(value, path, f"`{section}`", expected=_EXAMPLES[section])
    outside = {key: item for key, item in constants.items() if key != COUNTER}
    for name, item in (entries or {}).items():
        if names.check(name, (*path, name), what=_KINDS[section], at="key"):
            scope.entries[name] = Entry(name, section, item, (*path, name), scope, outside)
            names.entries.add(name)
            scope.unread.discard(name)


def _names_in(value: Any) -> Iterator[str]:
    """Yield the names that entries were meant to have, in whatever form they are written."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            yield from item
            if isinstance(item.get("name"), str):
                yield item["name"]


def cycle(entry: Entry, scope: Scope, path: Path, checker: Checker) -> bool:
    """Say whether an entry is named inside itself, noting it at the place `path` that names it."""
    if entry.path not in scope.opened:
        return False
    chain = [str(place[-1]) for place in (*scope.opened[scope.opened.index(entry.path) :], entry.path)]
    message = f"`{entry.name}` uses itself: {' > '.join(chain)}"
    checker.error("cycle", path, message, "a block or a shared model cannot contain itself", at="key")
    return True


def read_block(entry: Entry, catalogue: Catalogue, checker: Checker) -> BlockSpec | None:
    """Return a block as its entry defines it, or None after a problem."""
    path = entry.path
    if isinstance(entry.value, list):
        message = f"the block `{entry.name}` is a mapping with `layers`, not a list"
        checker.error("wrong-type", path, message, f"write `{entry.name}:` and below it `layers:`", at="key")
        return None
    value = checker.mapping(entry.value, path, f"the block `{entry.name}`", expected="a mapping with `layers`")
    if value is None:
        return None
    before = len(checker.problems)
    steps = [key for key in value if is_op(key) or catalogue.component("layers", key)]
    hints = {key: f"a block is a list of steps: write `layers:` and below it `- {key}: ...`" for key in steps}
    value = checker.known_keys(value, path, "a block", BLOCK_KEYS, hints={**hints, **_BLOCK_HINTS})
    if steps:
        return None
    if "input" in entry.value:
        value.pop("inputs", None)  # what the `input` of a model says is no list of names
    params = _params(value.get("params"), (*path, "params"), entry, checker)
    inputs = _inputs(value.get("inputs"), (*path, "inputs"), catalogue, checker)
    if "layers" not in value and not checker.errors_since(before):
        hint = "add `layers:` and below it a list, such as `- Dense: 10`"
        checker.error("missing-key", path, f"the block `{entry.name}` has no `layers`", hint, at="key")
    return None if checker.errors_since(before) else BlockSpec(entry, params, inputs, value)


def _params(value: Any, path: Path, entry: Entry, checker: Checker) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, list):
        message = f"`params` is a mapping of names to defaults, not {kind_of(value)}"
        checker.error("wrong-type", path, message, "write `{filters: null}` for one that must be given")
        return {}
    params = checker.mapping(value, path, "`params`", expected="a mapping of names to defaults") or {}
    for name in params:
        if not (name.isidentifier() and name.isascii()) or name == COUNTER:
            hint = "use letters, digits and `_`, a letter first"
            checker.error("bad-name", (*path, name), f"`{name}` cannot name a parameter", hint, at="key")
    return {name: substitute(item, entry.constants, (*path, name), checker) for name, item in params.items()}


def _inputs(value: Any, path: Path, catalogue: Catalogue, checker: Checker) -> tuple[str, ...]:
    if value is None:
        return (DEFAULT_INPUT,)
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not value:
        message = f"`inputs` of a block is a list of names, not {'an empty one' if value == [] else kind_of(value)}"
        hint = None
        if isinstance(value, dict) and value:
            hint = f"write `inputs: [{', '.join(value)}]`; shapes are those of what it is fed"
        checker.error("wrong-type", path, message, hint)
        return (DEFAULT_INPUT,)
    names: list[str] = []
    stock = Names(catalogue, checker)
    for index, name in enumerate(value):
        if stock.check(name, (*path, index), what="input"):
            names.append(name)
            stock.results[name] = None
    return tuple(names)

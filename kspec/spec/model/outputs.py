"""`outputs`: what a model returns, and whether everything in it leads there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kspec.spec.checker import Checker
from kspec.spec.expressions import substitute
from kspec.spec.graph import GraphNode, InputSpec, Tensor
from kspec.spec.model.references import References, Result
from kspec.spec.model.uses.step import Wiring
from kspec.spec.model.words import PREVIOUS
from kspec.spec.problems import Path, nearest


@dataclass(frozen=True, slots=True)
class Outputs:
    """The outputs of a model.

    Args:
        names: Their names in order; None if not known, because something is wrong.
        results: What each returns; None if not known.
    """

    names: tuple[str, ...] | None
    results: Mapping[str, Tensor] | None


def last_step(
    name: str | None, called: str | None, result: Result | None, path: Path, references: References
) -> Outputs:
    """Return the one output of a model that lists none: the result of its last step.

    Args:
        name: Name that the spec gives the last step, or None.
        called: What the last step is called otherwise.
        result: Its result, or None if it is not known.
        path: Place of the step.
        references: Finds results.
    """
    if isinstance(result, tuple):
        return _all_of(name, result, path, references.checker)
    if result is None:
        return Outputs((name,) if name else None, None)
    name = name or called or str(result)
    return Outputs((name,), {name: result})


def _all_of(name: str | None, results: Sequence[Tensor], path: Path, checker: Checker) -> Outputs:
    """Note that a last step has several results: which of them the model returns, and in what order, is to be said."""
    names = ", ".join(f"{name or 'NAME'}.{index}" for index in range(len(results)))
    message = f"the last step has {len(results)} results, so `outputs` has to say what the model returns"
    hint = f"write `outputs: [{names}]`" + ("" if name else " and give the step a `name`")
    checker.error("several-results", path, message, hint)
    return Outputs(None, None)


def listed_outputs(value: Any, path: Path, references: References, previous: Result | None) -> Outputs:
    """Return the outputs that a model lists: one name, or several.

    Args:
        value: What stands behind `outputs`.
        path: Its place.
        references: Finds results.
        previous: The result of the last step.
    """
    checker = references.checker
    before = len(checker.problems)
    value = substitute(value, references.constants, path, checker)
    if len(checker.problems) > before:
        return Outputs(None, None)
    if isinstance(value, dict) and value:
        hint = "outputs are called as their steps are; write `[NAME, ...]`"
        checker.error("wrong-type", path, "`outputs` is a list of names, not a mapping", hint, at="key")
        return Outputs(None, None)
    if value is None or value == [] or value == {}:
        checker.error("wrong-type", path, "`outputs` names nothing", "write `[NAME, ...]`, or leave it out", at="key")
        return Outputs(None, None)
    items = value if isinstance(value, list) else [value]
    names: dict[str, Tensor | None] = {}
    sure = True
    for index, item in enumerate(items):
        at = (*path, index) if isinstance(value, list) else path
        found = len(checker.problems)
        tensor = references.result(item, at, previous)
        name = str(tensor) if item == PREVIOUS and tensor else str(item)
        if len(checker.problems) > found:
            known = [known for known in references.names.results if known not in items and known not in names]
            meant = nearest(name, known)
            name, sure = meant or name, sure and meant is not None
        elif name in names:
            checker.error("name-taken", at, f"`{name}` is listed twice as an output", "leave one out")
            sure = False
        names[name] = tensor
    if not sure or PREVIOUS in names:
        return Outputs(None, None)
    results = {name: tensor for name, tensor in names.items() if tensor is not None}
    return Outputs(tuple(names), results if len(results) == len(names) else None)


def check_reachable(
    inputs: Iterable[InputSpec], nodes: Sequence[GraphNode], outputs: Iterable[Tensor], wiring: Wiring
) -> None:
    """Note steps and inputs that no output depends on, of each chain of such steps the last one only.

    A block with several results is used if one of them is; that each of its steps leads to one was seen in the block.

    Args:
        inputs: The inputs.
        nodes: The calls.
        outputs: The results that are returned.
        wiring: Where the calls come from.
    """
    owners, checker = wiring.owners, wiring.checker
    feeds = {node.name: node for node in nodes}
    wanted = [tensor.name for tensor in outputs]
    reached: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in reached:
            reached.add(name)
            wanted += [tensor.name for tensor in feeds[name].sources] if name in feeds else []
    fed = {tensor.name for node in nodes for tensor in node.sources}
    noted: set[Path] = set()
    used = {owners[name] for name in reached if name in owners}
    for node in nodes:
        name, path = owners.get(node.name, (node.name, node.path))
        if node.name not in reached and node.name not in fed and path not in noted and (name, path) not in used:
            noted.add(path)
            message = f"no output depends on the step `{name}`"
            hint = "use it in a `from`, list it in `outputs`, or leave it out"
            if node.name in wiring.left_out:
                path = wiring.left_out[node.name]
                message += ": `repeat: 0` leaves this step out, and what stands first here goes on in its place"
                hint = "name first what is to go on"
            checker.error("unused-step", path, message, hint)
    for item in inputs:
        if item.name not in reached and item.name not in fed:
            hint = f"feed it to a step with `from: {item.name}`, or leave it out"
            checker.error("unused-input", item.path, f"the input `{item.name}` is never used", hint, at="key")

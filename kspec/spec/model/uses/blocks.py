"""A step that uses a block: its steps are written out, with weights of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from kspec.spec.checker import kind_of, listing, shortened
from kspec.spec.expressions import substitute
from kspec.spec.graph import GraphNode
from kspec.spec.model.names import Names
from kspec.spec.model.references import Result, Sources
from kspec.spec.model.repeats import Constants
from kspec.spec.model.scope import Entry
from kspec.spec.model.uses.models import fed_inputs
from kspec.spec.model.uses.step import Round, Step, Wiring
from kspec.spec.problems import did_you_mean


@dataclass(frozen=True, slots=True)
class BlockSpec:
    """A block as its entry defines it.

    Args:
        entry: The entry.
        params: Its parameters with their defaults; those that are None must be given.
        inputs: Names of what `from` passes.
        value: What the entry says.
    """

    entry: Entry
    params: Mapping[str, Any]
    inputs: tuple[str, ...]
    value: Mapping[str, Any]


class ExpandBlock(Protocol):
    """Adds the steps of a block to a graph."""

    def __call__(self, block: BlockSpec, wiring: Wiring, constants: Constants) -> Result | None:
        """Return the results of the block; None after a problem.

        Args:
            block: The block.
            wiring: The graph, with the names that the block's steps see.
            constants: What `$(...)` in the block may use.
        """
        ...


@dataclass(frozen=True, slots=True)
class BlockUse:
    """A block that is written out at this step."""

    wiring: Wiring
    step: Step
    block: BlockSpec
    expand: ExpandBlock

    @property
    def plain(self) -> bool:
        """Whether a `keras.Sequential` can hold it."""
        return False

    @property
    def named_inside(self) -> bool:
        """Whether its name and `trainable` may stand among its arguments."""
        return False

    def fitting(self, sources: Sources) -> Sources | None:
        """Return the sources if there is one for each input of the block, noting if not."""
        return fed_inputs(self.wiring, self.step, self.block.inputs, sources, f"the block `{self.step.thing}`")

    def check_left_out(self, constants: Constants) -> None:
        """Note wrong names of parameters."""
        self._params(self.step.value, missing=False)

    def add(self, round_: Round) -> Result | None:
        """Write the block out into the graph."""
        wiring, step, block = self.wiring, self.step, self.block
        checker = wiring.checker
        name = wiring.call_name(step, round_, block.entry.name)
        before = len(checker.problems)
        params = self._params(substitute(step.value, round_.constants, step.thing_path, checker))
        if "call" in step.words:
            message = f"the block `{step.thing}` is fed by `from` alone"
            hint = "name a result for each of its inputs in `from`"
            checker.error("unknown-argument", (*step.path, "call"), message, hint, at="key")
        if round_.sources is None or params is None or len(checker.problems) > before:
            return None
        if block.entry.path in wiring.scope.broken:
            return None  # what is wrong with it has been said
        sources = round_.sources if isinstance(round_.sources, tuple) else (round_.sources,)
        results: dict[str, Result | None] = dict(zip(block.inputs, sources, strict=True))
        names = Names(wiring.names.catalogue, checker, results, entries=set(block.entry.scope.names()))
        inner = replace(wiring, names=names, scope=block.entry.scope, prefix=f"{wiring.prefix}{name}.")
        first = len(wiring.nodes)
        wiring.scope.written_out.add(block.entry.path)
        with wiring.scope.opening(block.entry):
            result = self.expand(block, inner, {**block.entry.constants, **params})
        if len(checker.problems) > before:
            wiring.scope.broken.add(block.entry.path)
        wiring.owners.update({node.name: (name, step.path) for node in wiring.nodes[first:]})
        if round_.trainable is False:
            wiring.nodes[first:] = [_frozen(node) for node in wiring.nodes[first:]]
        return result

    def _params(self, value: Any, *, missing: bool = True) -> dict[str, Any] | None:
        """Return the parameters for one use: given ones over the defaults; None if one is wrong."""
        block, path, checker = self.block, self.step.thing_path, self.wiring.checker
        known = list(block.params)
        if value is None:
            given: dict[str, Any] = {}
        elif isinstance(value, dict):
            given = value
        elif known:
            given = {known[0]: value}
        else:
            message = f"the block `{self.step.thing}` has no parameters, so it cannot be given {kind_of(value)}"
            checker.error("unknown-argument", path, message)
            return None
        unknown = [key for key in given if key not in known]
        for key in unknown:
            message = f"the block `{self.step.thing}` has no parameter `{shortened(key)}`"
            hint = did_you_mean(key, known) or (f"it has {listing(known)}" if known else "it has none")
            checker.error("unknown-argument", (*path, key), message, hint, at="key")
        lacking = [key for key, default in block.params.items() if default is None and key not in given]
        if missing and lacking and not unknown:
            plural = "the parameter" if len(lacking) == 1 else "the parameters"
            message = f"the block `{self.step.thing}` needs {plural} {listing(lacking)}"
            hint = f"write `{self.step.thing}: {{{', '.join(f'{key}: ...' for key in lacking)}}}`"
            checker.error("missing-argument", path, message, hint, at="key")
        return None if unknown or (missing and lacking) else {**block.params, **given}


def _frozen(node: GraphNode) -> GraphNode:
    """Return a call with what it builds frozen; what is shared says for itself whether it trains."""
    return node if node.shared is not None else replace(node, trainable=False)

"""A step that applies an operation of `keras.ops`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import Checker, kind_of, listing
from kspec.spec.expressions import substitute
from kspec.spec.graph import GraphNode, Tensor
from kspec.spec.model.references import Sources
from kspec.spec.model.repeats import Constants
from kspec.spec.model.uses.layers import ABOUT_NAMES, constants_of_rounds
from kspec.spec.model.uses.step import Round, Step, Wiring
from kspec.spec.ops import LISTED, OPS, VARIADIC, free_parameters, read_op
from kspec.spec.problems import At


@dataclass(frozen=True, slots=True)
class OpUse:
    """An operation: what feeds it fills the parameters that its arguments do not name."""

    wiring: Wiring
    step: Step
    component: Component

    @property
    def plain(self) -> bool:
        """Whether a `keras.Sequential` can hold it."""
        return False

    @property
    def named_inside(self) -> bool:
        """Whether its name and `trainable` may stand among its arguments."""
        return False

    def fitting(self, sources: Sources) -> Sources | None:
        """Return the sources if there are parameters for them, noting if not."""
        name = self.component.name
        count = 1 if isinstance(sources, Tensor) else len(sources)
        if name in VARIADIC:
            return sources
        value = self.step.value if isinstance(self.step.value, dict) else {}
        call = self.step.words.get("call")
        given = {*value, *(call if isinstance(call, dict) else ())}
        free = free_parameters(self.component, given)
        required = [key for key in free if self.component.arguments[key].required]
        path = (*self.step.path, "from") if "from" in self.step.words else self.step.thing_path
        at: At = "value" if "from" in self.step.words else "key"
        if name in LISTED:
            if not isinstance(sources, tuple):
                message = f"{OPS}{name} joins a list of results, here it is fed a single one"
                self.wiring.checker.error("needs-list", path, message, "name all of them: `from: [_, NAME]`", at=at)
                return None
            return sources
        if count > len(free):
            takes = f"takes {listing(free)} from `from`" if free else "has no parameter left for `from`"
            message = f"{OPS}{name} {takes}, and is fed {count} {'result' if count == 1 else 'results'}"
            hint = "merge them first" if free else "leave an argument out"
            self.wiring.checker.error("needs-one", path, message, hint, at=at)
            return None
        if missing := required[count:]:
            plural = "the argument" if len(missing) == 1 else "the arguments"
            message = f"{OPS}{name} needs {plural} {listing(missing)}"
            hint = f"write `{OPS}{name}: {{{missing[0]}: ...}}`, or name a further step in `from`"
            self.wiring.checker.error("missing-argument", self.step.thing_path, message, hint, at="key")
            return None
        return sources

    def check_left_out(self, constants: Constants) -> None:
        """Note wrong names; the values may only make sense in other rounds."""
        aside = replace(self.wiring.components, checker=Checker())
        value = substitute(self.step.value, constants_of_rounds(self.step, constants), (), aside.checker)
        read_op(aside, self.component, value, self.step.thing_path)
        self.wiring.checker.problems += [item for item in aside.checker.problems if item.code in ABOUT_NAMES]

    def add(self, round_: Round) -> Tensor:
        """Add the operation to the graph."""
        wiring, step, checker = self.wiring, self.step, self.wiring.checker
        name = wiring.prefix + wiring.call_name(step, round_, self.component.attribute)
        before = len(checker.problems)
        value = substitute(step.value, round_.constants, step.thing_path, checker)
        if len(checker.problems) > before:
            return Tensor(name)
        arguments = read_op(wiring.components, self.component, value, step.thing_path)
        call = self._call(round_)
        if step.words.get("trainable") is not None:
            message = f"{OPS}{self.component.name} has no weights to train"
            checker.error("misplaced-argument", (*step.path, "trainable"), message, "leave it out", at="key")
        if round_.sources is None or arguments is None:
            return Tensor(name)
        return wiring.add(GraphNode(name, arguments, round_.sources, call, None, step.path))

    def _call(self, round_: Round) -> dict[str, Any]:
        """Return the parameters that `call` names: results by their names, or constants."""
        step, checker = self.step, self.wiring.checker
        written = step.words.get("call")
        at = (*step.path, "call")
        if written is None:
            return {}
        if not isinstance(written, dict):
            message = f"`call` is a mapping of call arguments, not {kind_of(written)}"
            checker.error("wrong-type", at, message)
            return {}
        references = self.wiring.references(round_.constants)
        given = step.value if isinstance(step.value, dict) else {}
        free = free_parameters(self.component, given)
        return references.read_call(written, at, round_.constants, self.kind, free, round_.previous)

    @property
    def kind(self) -> str:
        """What the operation is called in a spec."""
        return f"{OPS}{self.component.name}"

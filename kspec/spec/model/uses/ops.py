"""A step that applies an operation of `keras.ops`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import Checker, kind_of, listing
from kspec.spec.expressions import substitute
from kspec.spec.graph import GraphNode, Tensor
from kspec.spec.model.references import Sources
from kspec.spec.model.repeats import Constants
from kspec.spec.model.uses.layers import ABOUT_NAMES, BESIDE, constants_of_rounds
from kspec.spec.model.uses.step import Round, Step, Wiring
from kspec.spec.model.words import PREVIOUS
from kspec.spec.ops import LISTED, OPS, VARIADIC, free_parameters, read_op
from kspec.spec.problems import At
from kspec.spec.writing import to_inline

_MERGING = {
    name: f"the layer `{name.capitalize()}` merges any number"
    for name in ("add", "multiply", "maximum", "minimum", "average")
}


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
        return isinstance(self.step.value, dict)

    @property
    def value(self) -> Any:
        """What stands behind its name, without what may stand beside it, too."""
        value = self.step.value
        return {key: item for key, item in value.items() if key not in BESIDE} if self.named_inside else value

    def fitting(self, sources: Sources) -> Sources | None:
        """Return the sources if there are parameters for them, noting if not."""
        name = self.component.name
        count = 1 if isinstance(sources, Tensor) else len(sources)
        if name in VARIADIC:
            return sources
        if self.step.value is not None and not isinstance(self.step.value, dict):
            return sources  # it is told that arguments go by name; what is missing would be the same mistake again
        value = self.value or {}
        if named := [key for key, item in value.items() if self._is_result(key, item)]:
            self._note_results(named, value)
            return None
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
            hint = _MERGING.get(name, "merge them first") if free else "leave an argument out"
            self.wiring.checker.error("needs-one", path, message, hint, at=at)
            return None
        if missing := required[count:]:
            plural = "the argument" if len(missing) == 1 else "the arguments"
            message = f"{OPS}{name} needs {plural} {listing(missing)}"
            hint = f"write `{OPS}{name}: {{{missing[0]}: ...}}`, or name a further step in `from`"
            self.wiring.checker.error("missing-argument", self.step.thing_path, message, hint, at="key")
            return None
        return sources

    def _is_result(self, key: str, item: Any) -> bool:
        """Say whether an argument is given the name of a result as if it were one."""
        argument = self.component.arguments.get(key)
        if not isinstance(item, str) or argument is None or argument.types:
            return False
        return item == PREVIOUS or item.partition(".")[0] in self.wiring.names.results

    def _note_results(self, named: Sequence[str], value: Mapping[str, Any]) -> None:
        message = f"what stands inside `{self.kind}` is constant, and `{value[named[0]]}` is the name of a result"
        call = ", ".join(f"{key}: {value[key]}" for key in named)
        names = [str(value[key]) for key in self.component.arguments if key in named]
        leading = named == list(self.component.arguments)[: len(named)]
        hint = f"write beside it `call: {{{call}}}`"
        if leading and "from" not in self.step.words:
            hint = f"write beside it `from: {names[0] if len(names) == 1 else to_inline(names)}`"
        self.wiring.checker.error("misplaced-argument", (*self.step.thing_path, named[0]), message, hint)

    def check_left_out(self, constants: Constants) -> None:
        """Note wrong names; the values may only make sense in other rounds."""
        aside = replace(self.wiring.components, checker=Checker())
        value = substitute(self.value, constants_of_rounds(self.step, constants), (), aside.checker)
        read_op(aside, self.component, value, self.step.thing_path)
        self.wiring.checker.problems += [item for item in aside.checker.problems if item.code in ABOUT_NAMES]

    def add(self, round_: Round) -> Tensor:
        """Add the operation to the graph."""
        wiring, step, checker = self.wiring, self.step, self.wiring.checker
        name = wiring.prefix + wiring.call_name(step, round_, self.component.attribute)
        before = len(checker.problems)
        value = substitute(self.value, round_.constants, step.thing_path, checker)
        if len(checker.problems) > before:
            return Tensor(name)
        arguments = read_op(wiring.components, self.component, value, step.thing_path)
        call = self._call(round_)
        if round_.trainable is not None:
            message = f"{OPS}{self.component.name} has no weights to train"
            where = step.path if "trainable" in step.words else step.thing_path
            checker.error("misplaced-argument", (*where, "trainable"), message, "leave it out", at="key")
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
        given = self.value if isinstance(self.value, dict) else {}
        free = free_parameters(self.component, given)
        return references.read_call(written, at, round_.constants, self.kind, free, round_.previous)

    @property
    def kind(self) -> str:
        """What the operation is called in a spec."""
        return f"{OPS}{self.component.name}"

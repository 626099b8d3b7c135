"""Classes of one's own as components: what kind they are, and what their constructors take."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from kspec.catalogue import Argument, Catalogue, Component, Inputs, docstrings
from kspec.spec.code.scope import Scope
from kspec.spec.code.signatures import argument, parameters

_BASES: Mapping[str, tuple[str, str | None]] = {
    "Layer": ("layers", None),
    "Model": ("layers", None),
    "Wrapper": ("layers", None),
    "Loss": ("losses", "MeanSquaredError"),
    "Metric": ("metrics", "Mean"),
    "MeanMetricWrapper": ("metrics", "Mean"),
    "Callback": ("callbacks", None),
    "Optimizer": ("optimizers", "SGD"),
    "LearningRateSchedule": ("schedules", None),
    "Regularizer": ("regularizers", None),
    "Initializer": ("initializers", None),
    "Constraint": ("constraints", None),
}
"""Base classes of Keras: the family of what is derived from them, and a component that takes all that they take."""

_NOT_OF_BASE = {"SGD": ("momentum", "nesterov")}
"""Arguments of those components that the base class does not take."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a class is, as far as its bases tell.

    Args:
        family: Family of its instances.
        arguments: Arguments of its constructor.
        component: The component of Keras that it is derived from, or None.
        call: The parameters of its `call`, as its own class or a base of one's own has them; None if none has one.
        adapts: Whether it learns from data.
    """

    family: str
    arguments: Mapping[str, Argument]
    component: Component | None = None
    call: ast.FunctionDef | None = None
    adapts: bool = False


class ClassReader:
    """Tells what the classes of some files are.

    Args:
        catalogue: What Keras offers.
        scopes: The files, by the names under which they import each other.
    """

    def __init__(self, catalogue: Catalogue, scopes: Mapping[str, Scope]) -> None:
        self.catalogue = catalogue
        self.scopes = scopes
        self._open: set[str] = set()

    def component(self, scope: Scope, node: ast.ClassDef) -> Component | None:
        """Return the component that a class is, or None if it is none that a spec could name."""
        kind = self.kind(scope, node)
        if kind is None:
            return None
        call = _call(kind)
        return Component(
            family=kind.family,
            name=node.name,
            module=scope.file.module,
            arguments=kind.arguments,
            summary=docstrings.summary(ast.get_docstring(node)),
            inputs=call.inputs,
            call=call.call,
            call_required=call.call_required,
            adapts=kind.adapts,
        )

    def kind(self, scope: Scope, node: ast.ClassDef) -> Kind | None:
        """Return what a class is, or None if none of its bases is known."""
        key = f"{scope.file.stem}.{node.name}"
        if key in self._open:
            return None  # a class among its own bases, which Python refuses once it is run
        self._open.add(key)
        try:
            bases = (self._base(dotted) for base in node.bases for dotted in scope.dotted(base))
            base = next((kind for kind in bases if kind), None)
            return self._derived(node, base) if base else None
        finally:
            self._open.discard(key)

    def _base(self, dotted: str) -> Kind | None:
        module, _, name = dotted.rpartition(".")
        if (scope := self.scopes.get(module)) and name in scope.classes:
            return self.kind(scope, scope.classes[name])
        if module.partition(".")[0] != "keras":
            return None
        found = [self.catalogue.component(family, name) for family in self.catalogue.families_of(name)]
        components = [component for component in found if component and component.module.startswith("keras.")]
        named = [each for each in components if each.module == module] or [
            each for each in components if each.family in module.split(".")
        ]
        if named or len(components) == 1:
            component = (named or components)[0]
            return Kind(component.family, component.arguments, component, adapts=component.adapts)
        if name not in _BASES:
            return None
        family, like = _BASES[name]
        taken = self.catalogue.common(family)
        if like and (alike := self.catalogue.component(family, like)):
            without = _NOT_OF_BASE.get(like, ())
            taken = {key: item for key, item in alike.arguments.items() if key not in without}
            taken["name"] = replace(taken["name"], default=None)
        if name == "Wrapper":
            taken = {"layer": Argument("layer", required=True, family="layers"), **taken}
        return Kind(family, taken)

    def _derived(self, node: ast.ClassDef, base: Kind) -> Kind:
        methods = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
        arguments = dict(base.arguments)
        if init := methods.get("__init__"):
            said = docstrings.arguments(ast.get_docstring(node), ast.get_docstring(init))
            arguments = {
                each.name: argument(each, said.get(each.name, ""), base.arguments.get(each.name))
                for each in list(parameters(init))[1:]
            }
            if init.args.kwarg:
                # What the constructor hands on it may as well give itself, so that nothing of it is required.
                handed = {key: replace(item, required=False) for key, item in base.arguments.items()}
                arguments |= {key: item for key, item in handed.items() if key not in arguments}
        if base.family == "callbacks":
            written = self._written()
            arguments = {key: replace(item, writes=key in written) for key, item in arguments.items()}
        call = methods.get("call", base.call)
        return replace(base, arguments=arguments, call=call, adapts=base.adapts or "adapt" in methods)

    def _written(self) -> set[str]:
        """Return the names by which Keras' callbacks call what they write to: under them, one's own do the same."""
        known = [self.catalogue.component("callbacks", name) for name in self.catalogue.names("callbacks")]
        return {item.name for component in known if component for item in component.arguments.values() if item.writes}


def _call(kind: Kind) -> Component:
    """Return a component with the call of a layer: its own, or that of Keras' component that it is derived from."""
    plain = Component(family=kind.family, name="", module="", arguments={}, inputs="any")
    if kind.family != "layers":
        return replace(plain, inputs="one")
    base = kind.component or plain
    if kind.call is None:
        return base
    named = [each for each in parameters(kind.call) if each.name not in ("self", "training")]
    required = tuple(each.name for each in named if each.required)
    inputs: Inputs = "several" if len(required) > 1 else "any" if base.inputs == "several" else base.inputs
    return replace(plain, inputs=inputs, call=tuple(each.name for each in named), call_required=required)

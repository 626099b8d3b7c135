"""Functions of one's own as components: losses, activations and the like, functions that make them, and sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kspec.catalogue import Component, Function, docstrings
from kspec.spec.code.scope import Scope
from kspec.spec.code.signatures import Parameter, argument, parameters

SOURCE = "kspec.source"
"""The decorator that marks a function as a source of data."""

_OF_ONE = ("activations", "regularizers", "constraints")
_BY_FIRST = {"shape": ("initializers",), "epoch": ("schedules",), "step": ("schedules",)}


def components_of(scope: Scope, node: ast.FunctionDef) -> Iterator[Component]:
    """Yield the components that a function is, one for every family whose place it may take.

    Two parameters that must be given make a loss, which is a metric too; one makes an activation, a regularizer or a
    constraint; a `shape` first an initializer, an `epoch` first a schedule for `LearningRateScheduler`.
    """
    given = list(parameters(node))
    if any(dotted == SOURCE for each in node.decorator_list for dotted in scope.dotted(each)):
        yield _source(scope, node, given)
        return
    if inner := _made(node):
        if _families(list(parameters(inner))) == ("losses",):
            yield _component(scope, node, "losses", given, function="factory")
        return
    for family in _families(given):
        yield _component(scope, node, family, [], function="plain")


def _families(given: Sequence[Parameter]) -> tuple[str, ...]:
    required = [each.name for each in given if each.required]
    if required and required[0] in _BY_FIRST:
        return _BY_FIRST[required[0]]
    return {1: _OF_ONE, 2: ("losses",)}.get(len(required), ())


def _made(node: ast.FunctionDef) -> ast.FunctionDef | None:
    """Return the inner function that a function returns, if it makes one."""
    inner = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
    last = node.body[-1]
    if isinstance(last, ast.Return) and isinstance(last.value, ast.Name):
        return inner.get(last.value.id)
    return None


def _source(scope: Scope, node: ast.FunctionDef, given: Sequence[Parameter]) -> Component:
    written = [
        replace(each, required=False) if each.name == "seed" else each for each in given if each.name != "folder"
    ]
    component = _component(scope, node, "sources", written, function="factory")
    return replace(component, open=node.args.kwarg.arg) if node.args.kwarg else component


def _component(
    scope: Scope, node: ast.FunctionDef, family: str, given: Sequence[Parameter], *, function: Function
) -> Component:
    said = docstrings.arguments(ast.get_docstring(node))
    return Component(
        family=family,
        name=node.name,
        module=scope.file.module,
        arguments={each.name: argument(each, said.get(each.name, "")) for each in given},
        summary=docstrings.summary(ast.get_docstring(node)),
        function=function,
    )

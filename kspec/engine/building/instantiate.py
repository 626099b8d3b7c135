"""Any component of a spec into its Keras object, through what the catalogue says of it alone."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from kspec.catalogue import Argument
from kspec.engine.faults import first_line
from kspec.spec.checker import is_whole
from kspec.spec.components import ComponentSpec
from kspec.spec.graph import Graph, SharedArgument
from kspec.spec.problems import Problem, SpecError
from kspec.spec.whole_models import ApplicationSpec, SavedModelSpec

_NO_DOWNLOAD = "URL fetch failure"
"""How Keras begins to say that it could not fetch a file."""


MakeThing = Callable[[Any], Any]
"""Makes what a spec gives a layer besides Keras' own components: a model, or a shared layer."""


def instantiate(component: ComponentSpec, *, make: MakeThing | None = None, **more: Any) -> Any:
    """Build a Keras object.

    Args:
        component: The component; components among its arguments are built first, in the order in which they stand.
        make: Makes models and shared layers among the arguments.
        **more: Further constructor arguments, such as the name of a layer; what it does not take is set afterwards.

    Returns:
        The object.

    Raises:
        SpecError: Keras refuses the arguments; the problem stands at the component.
    """
    found = component.definition
    taken = {name: value for name, value in more.items() if name in found.arguments}
    arguments = {
        name: _number(found.arguments.get(name), _built(value, make)) for name, value in component.arguments.items()
    }
    try:
        wanted = getattr(importlib.import_module(found.module), found.attribute)
        if found.function == "plain":
            return wanted
        made = wanted(**arguments, **taken)
        for name in more.keys() - taken.keys():  # the constructor of a layer of one's own may take no `name`
            setattr(made, name, more[name])
        if found.function == "factory":
            made.__name__ = found.name  # what Keras calls it in the history
        return made
    except SpecError:
        raise
    except Exception as error:  # whatever Keras raises here is about these arguments
        raise SpecError([_failed(component, error)]) from error


def _failed(component: ComponentSpec, error: Exception) -> Problem:
    text = first_line(error)
    if text.startswith(_NO_DOWNLOAD):
        file = text.partition(" on ")[2].partition(": ")[0].rpartition("/")[2]
        message = f"the weights of {component.name} cannot be downloaded here"
        hint = f"write `weights: null` for fresh ones, or put `{file}` into ~/.keras/models"
        return Problem("component-failed", component.path, message, hint, at="key")
    return Problem("component-failed", component.path, f"{component.name} cannot be built: {text}", at="key")


def written(value: Any) -> Any:
    """Return what Keras takes for a written component: its object, or the word that Keras itself resolves."""
    return _built(value, None)


def _number(argument: Argument | None, value: Any) -> Any:
    """Return a whole number as a float where Keras takes nothing else: it refuses a learning rate of `1`."""
    whole = is_whole(value)
    wanted = argument is not None and isinstance(argument.default, float) and "int" not in argument.types
    return float(value) if whole and wanted else value


def _built(value: Any, make: MakeThing | None) -> Any:
    if isinstance(value, ComponentSpec):
        return instantiate(value, make=make)
    if isinstance(value, list):
        return [_built(item, make) for item in value]
    if isinstance(value, dict):
        return {key: _built(item, make) for key, item in value.items()}
    if make is not None and isinstance(value, SharedArgument | Graph | ApplicationSpec | SavedModelSpec):
        return make(value)
    return value

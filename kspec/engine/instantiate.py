"""Any component of a spec into its Keras object, through its name in the catalogue alone."""

from __future__ import annotations

import importlib
from typing import Any

from kspec import catalogue
from kspec.engine.faults import first_line
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Problem, SpecError


def instantiate(component: ComponentSpec, **more: Any) -> Any:
    """Build a Keras object.

    Args:
        component: The component; components among its arguments are built first, in the order in which they stand.
        **more: Further constructor arguments, such as the name of a layer.

    Returns:
        The object.

    Raises:
        SpecError: Keras refuses the arguments; the problem stands at the component.
    """
    found = catalogue.load().component(component.family, component.name)
    if found is None:
        raise SpecError([Problem("unknown-component", component.path, f"there is no `{component.name}`", at="key")])
    arguments = {name: _built(value) for name, value in component.arguments.items()}
    try:
        made = getattr(importlib.import_module(found.module), found.name)
        return made(**arguments, **more)
    except SpecError:
        raise
    except Exception as error:  # whatever Keras raises here is about these arguments
        message = f"{component.name} cannot be built: {first_line(error)}"
        raise SpecError([Problem("component-failed", component.path, message, at="key")]) from error


def written(value: Any) -> Any:
    """Return what Keras takes for a written component: its object, or the word that Keras itself resolves."""
    return _built(value)


def adapts(component: ComponentSpec) -> bool:
    """Say whether a layer learns from data before training."""
    found = catalogue.load().component(component.family, component.name)
    return bool(found and found.adapts)


def _built(value: Any) -> Any:
    if isinstance(value, ComponentSpec):
        return instantiate(value)
    if isinstance(value, list):
        return [_built(item) for item in value]
    if isinstance(value, dict):
        return {key: _built(item) for key, item in value.items()}
    return value

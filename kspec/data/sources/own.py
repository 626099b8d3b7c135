"""Sources of one's own: functions from the Python files that the command line names."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kspec.catalogue import Component
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields, fingerprint_fields
from kspec.data.sources.loaded import Loaded, SourceContext

_WANTED = "it returns arrays by field name, or a pair of those: to train on, and to test"


def own(component: Component, context: SourceContext, arguments: Mapping[str, Any]) -> Loaded:
    """Return what a source of one's own gives.

    Args:
        component: The source.
        context: The spec's seed and folder; a function that has parameters `seed` and `folder` is given them.
        arguments: What the spec says.

    Raises:
        DataError: What it returns are no fields.
    """
    function = getattr(importlib.import_module(component.module), component.attribute)
    filled = {"seed": context.seed, "folder": context.folder}
    known = inspect.signature(function).parameters
    given = {name: value for name, value in filled.items() if name in known} | dict(arguments)
    found = function(**given)
    pair = found if isinstance(found, Sequence) and len(found) == 2 else (found, None)
    train, test = (None if part is None else _fields(component.name, part) for part in pair)
    if train is None:
        raise DataError(f"`{component.name}` gave nothing to train on", hint=_WANTED)
    return Loaded(
        train=train,
        test=test,
        origin=f"`{component.name}` of {inspect.getsourcefile(function) or component.module}",
        fingerprint=fingerprint_fields(train, test),
    )


def _fields(name: str, found: Any) -> Fields:
    if isinstance(found, Fields):
        return found
    if not isinstance(found, Mapping) or not all(isinstance(field, str) for field in found):
        raise DataError(f"`{name}` gave {type(found).__name__}", hint=_WANTED)
    return Fields({field: _array(values) for field, values in found.items()})


def _array(values: Any) -> Array:
    """Return values as the other sources give them: text as objects."""
    array = np.asarray(values)
    return array.astype(object) if array.dtype.kind in "US" else array

"""The rule of a component, applied to one call of it."""

from __future__ import annotations

from kspec.spec.shapes.calls import Call, Result, Unsure
from kspec.spec.shapes.table import LAYERS

_KERAS = "keras."


def result_of(call: Call) -> Result:
    """Return the shapes of what a call gives, as far as the spec alone says them.

    Raises:
        Mistake: Keras refuses the call for sure.
    """
    definition = call.component.definition
    rule = LAYERS.get(call.name) if definition.module.startswith(_KERAS) and call.component.family == "layers" else None
    try:
        return rule(call) if rule else None
    except Unsure:
        return None

"""The rule of a component, applied to one call of it."""

from __future__ import annotations

from kspec.spec.shapes.calls import Call, Result, Unsure
from kspec.spec.shapes.ops.table import OPS
from kspec.spec.shapes.table import LAYERS

_TABLES = {"layers": LAYERS, "ops": OPS}
_KERAS = "keras."


def result_of(call: Call) -> Result:
    """Return the shapes of what a call gives, as far as the spec alone says them.

    Raises:
        Mistake: Keras refuses the call for sure.
    """
    definition = call.component.definition
    own = not definition.module.startswith(_KERAS)
    rule = None if own else _TABLES.get(definition.family, {}).get(definition.name)
    try:
        return rule(call) if rule else None
    except Unsure:
        return None

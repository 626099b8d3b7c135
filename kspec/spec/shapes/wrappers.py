"""Layers around one other layer."""

from __future__ import annotations

from kspec.spec.components import ComponentSpec
from kspec.spec.shapes.calls import Call, Mistake, Result, Several, Unsure
from kspec.spec.shapes.demands import at_least
from kspec.spec.shapes.sizes import UNKNOWN

_SURE = frozenset({"Dense", "Reshape", "Conv1D", "Conv2D", "Conv3D", "LSTM", "GRU", "SimpleRNN"})
"""Layers whose mistakes show inside `TimeDistributed`, too: it asks some others less than a step of its own does."""


def time_distributed(call: Call) -> Result:
    """`TimeDistributed`: a layer on every step of a sequence."""
    shape = at_least(call, 3)
    layer = call.argument("layer")
    try:
        result = call.inside(layer, None if shape is None else (shape[0], *shape[2:]))
    except Mistake as mistake:
        if not isinstance(layer, ComponentSpec) or layer.name not in _SURE:
            raise Unsure from mistake
        raise Mistake(f"{layer.name} in it, on one step: {mistake.reason}", mistake.hint) from mistake
    if result is None or isinstance(result, Several):
        return None
    return (result[0], UNKNOWN if shape is None else shape[1], *result[1:])


def spectral_normalization(call: Call) -> Result:
    """`SpectralNormalization`: a layer whose kernel is kept small."""
    return call.inside(call.argument("layer"), call.shape)

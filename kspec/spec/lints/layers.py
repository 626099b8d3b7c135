"""Layers that undo or repeat what another layer does, or can do nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kspec.spec.document import Document
from kspec.spec.lints.finding import Finding
from kspec.spec.lints.heads import activation_word
from kspec.spec.lints.walk import layers_of

if TYPE_CHECKING:
    from kspec.spec.spec import Spec

_MOST_DROPPED = 0.9
_DROPOUT = {"Dropout", "AlphaDropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"}


def one_unit_softmax(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of softmax over one unit, which is 1 whatever the unit says."""
    for component in layers_of(spec.graph):
        if component.name != "Dense" or component.arguments.get("units") != 1:
            continue
        if activation_word(component.arguments.get("activation")) == "softmax":
            path = (*component.path, "activation")
            yield Finding(path, "softmax over one unit is always 1", "write `activation: sigmoid`, or more units")


def high_dropout(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a dropout that leaves next to nothing: `rate` is what is dropped, not what is kept."""
    for component in layers_of(spec.graph):
        rate = component.arguments.get("rate")
        if component.name in _DROPOUT and isinstance(rate, int | float) and rate >= _MOST_DROPPED:
            message = f"{component.name} drops {rate:.4g} of its input and keeps {1 - rate:.4g}"
            hint = f"if {rate:.4g} is to be kept, write {1 - rate:.4g}" if rate < 1 else None
            yield Finding((*component.path, "rate"), message, hint)

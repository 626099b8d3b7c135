"""What a lint of the data knows of the model: shapes and losses of its outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kspec import catalogue
from kspec.spec.components import ComponentSpec
from kspec.spec.spec import Spec

Outputs = Mapping[str, Sequence[int | None]]
"""Shape of every output, batch axis first."""


def loss_name(spec: Spec, output: str) -> str | None:
    """Return the class of an output's loss, or None."""
    loss = spec.compile.loss.get(output) if spec.compile else None
    if isinstance(loss, ComponentSpec):
        return loss.name
    word = catalogue.load().word("losses", loss) if loss else None
    return word.component if word else None

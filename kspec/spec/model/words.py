"""The words of the `model` section."""

from __future__ import annotations

STEP_WORDS = ("name", "from", "call", "repeat", "trainable")
"""Keys that may stand beside the thing that a step applies."""

WHOLE_MODELS = ("layers", "application", "load")
"""Keys by which a step is a whole model."""

RESERVED = frozenset(
    {*STEP_WORDS, *WHOLE_MODELS, "weights", "outputs", "input", "inputs", "shared", "blocks", "params", "i"}
)
"""Words that cannot be names."""

LATER = ("shared", "blocks", "weights", "application", "load")
"""Keys of a model that are part of the language and not built yet."""

MODEL_KEYS = ("input", "inputs", "layers", "outputs", "trainable", *LATER)

PREVIOUS = "_"
"""The step before."""

DEFAULT_INPUT = "input"
"""What an input is called that has no name."""

MAX_STEPS = 100_000
"""Steps that a model may have once everything repeated is written out."""


def not_built(what: str) -> str:
    """Return the message for a part of the language that this version cannot do."""
    return f"{what} part of the language, but this version of kspec cannot do it yet"

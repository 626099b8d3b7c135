"""The words of the `model` section."""

from __future__ import annotations

STEP_WORDS = ("name", "from", "call", "repeat", "trainable")
"""Keys that may stand beside the thing that a step applies."""

WHOLE_MODELS = ("layers", "application", "load")
"""Keys by which a step is a whole model."""

BESIDE_LAYERS = ("input", "inputs", "outputs", "weights", "shared", "blocks")
"""Keys that a model in the language has beside `layers`."""

BESIDE_WHOLE = ("outputs",)
"""Keys that a saved model or an application has beside it."""

BESIDE_THAWED = ("application", "load")
"""Models with layers of their own that `trainable: {from: LAYER}` can name."""

MODEL_KEYS = ("input", "inputs", "shared", "blocks", "layers", "outputs", "weights", "trainable", "application", "load")
"""Keys of the `model` section."""

BLOCK_KEYS = ("params", "inputs", "layers", "outputs")
"""Keys of an entry under `blocks`."""

ENTRY_WORDS = ("trainable",)
"""Keys that may stand beside the layer or model of an entry under `shared`."""

RESERVED = frozenset(
    {*STEP_WORDS, *WHOLE_MODELS, "weights", "outputs", "input", "inputs", "shared", "blocks", "params", "i"}
)
"""Words that cannot be names."""

PREVIOUS = "_"
"""The step before."""

DEFAULT_INPUT = "input"
"""What an input is called that has no name."""

MAX_STEPS = 100_000
"""Steps that a model may have once everything repeated is written out."""

"""States that recurrent layers carry from one batch to the next, which Keras counts among no variables of a model."""

from __future__ import annotations

from typing import Any

import keras


def carried_states(model: keras.Model) -> list[Any]:
    """Return the variables in which layers that are `stateful` keep what they have seen."""
    return [
        state
        for layer in model._flatten_layers(include_self=False)
        if isinstance(layer, keras.layers.RNN) and layer.stateful and layer.states is not None
        for state in keras.tree.flatten(layer.states)
    ]


def forget(model: keras.Model) -> None:
    """Let layers that are `stateful` begin anew, as those of a model do that was just read."""
    for state in carried_states(model):  # Keras' own `reset_state` knows no cells in a row
        state.assign(keras.ops.zeros_like(state))

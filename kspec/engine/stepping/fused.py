"""One operation for a step of Adam where Keras' own takes a dozen, each of which goes through all weights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from kspec.spec.spec import Spec

_ADAM = (keras.optimizers.Adam, keras.optimizers.AdamW)

_WEIGHTS = 100_000
_STEPS = 100
_ROWS = 256
"""Weights and steps of an epoch from which on, and rows of a batch up to which, fusing is worth other last bits."""

_HEAVY = ("Conv", "LSTM", "GRU", "RNN", "Attention")
"""What is in the names of layers beside whose work that of the optimizer is little."""


@contextmanager
def fused(optimizer: keras.optimizers.Optimizer) -> Iterator[None]:
    """Have the steps that are traced in the block update each variable by TensorFlow's `ResourceApplyAdam`.

    The rule is that of Keras' Adam, on its own variables (Kingma and Ba, 2015, the form before section 2.1); results
    differ by rounding, since the kernel works out `1 - beta` in the precision of the weights.

    Args:
        optimizer: Adam or AdamW.
    """
    plain = optimizer.update_step

    def update(gradient: Any, variable: Any, learning_rate: Any) -> None:
        if isinstance(gradient, tf.IndexedSlices):  # of some rows of an embedding: the others are not gone through
            plain(gradient, variable, learning_rate)
            return
        dtype, place = variable.dtype, optimizer._get_variable_index(variable)
        step = tf.cast(_value(optimizer.iterations) + 1, dtype)
        beta_1, beta_2 = tf.cast(optimizer.beta_1, dtype), tf.cast(optimizer.beta_2, dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=_value(variable).handle, m=_value(optimizer._momentums[place]).handle,
            v=_value(optimizer._velocities[place]).handle, beta1_power=tf.pow(beta_1, step),
            beta2_power=tf.pow(beta_2, step), lr=tf.cast(learning_rate, dtype), beta1=beta_1, beta2=beta_2,
            epsilon=tf.cast(optimizer.epsilon, dtype), grad=tf.cast(gradient, dtype),
        )  # fmt: skip

    optimizer.update_step = update
    try:
        yield
    finally:
        del optimizer.update_step


def fuses(spec: Spec, model: keras.Model, rows: int) -> bool:
    """Say whether the steps of the optimizer are to be fused: where they are a good part of a training step.

    That was measured for Adam: with batches of 128 rows, dense layers of 100,000 weights and more train 1.2 to 1.4
    times as fast, and smaller ones no faster; of a convolution's or a recurrent layer's work the optimizer's is little.

    Args:
        spec: The spec. `compile.jit_compile` decides, unless it is `auto`, which is its default.
        model: The model.
        rows: Number of training rows.
    """
    if spec.compile is None or spec.compile.options.get("jit_compile", "auto") != "auto":
        return False
    optimizer = model.optimizer
    if type(optimizer) not in _ADAM or optimizer.amsgrad or tf.config.list_physical_devices("GPU"):
        return False
    steps = rows // spec.fit.batch_size
    steps = min(steps, spec.fit.steps_per_epoch or steps)
    if steps < _STEPS or spec.fit.batch_size > _ROWS:
        return False
    weights = sum(math.prod(variable.shape) for variable in model.trainable_variables)
    kinds = (type(layer).__name__ for layer in model._flatten_layers(include_self=False))
    return weights >= _WEIGHTS and not any(word in kind for kind in kinds for word in _HEAVY)


def _value(variable: Any) -> tf.Variable:
    return variable.value if isinstance(variable, keras.Variable) else variable

"""When XLA compiles the steps of a training: where it is known to pay, unless a spec says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from kspec.spec.spec import Spec

_RECURRENT = {"LSTM", "GRU", "SimpleRNN", "Bidirectional"}
_KNOWN = _RECURRENT | {
    "Activation", "Add", "Average", "BatchNormalization", "Concatenate", "Dense", "ELU", "Embedding", "Flatten",
    "GRUCell", "InputLayer", "LSTMCell", "LayerNormalization", "LeakyReLU", "Masking", "Maximum", "Minimum", "Multiply",
    "Normalization", "PReLU", "ReLU", "RepeatVector", "Rescaling", "Reshape", "SimpleRNNCell", "Softmax", "Subtract",
    "TimeDistributed",
}  # fmt: skip
"""Layers for which XLA is taken unasked. Its convolutions are slower than TensorFlow's on a processor, and what layers
draw at random, such as `Dropout`, would be other numbers than in Keras."""

_RECURRENT_STEPS = 100
_STEPS = 1000
"""Steps of an epoch from which on what compiling costs, one to four seconds, comes back within a few epochs."""

_SMALL = 4_000_000
"""Parameters times rows of a step, up to which a step costs less than what TensorFlow spends around its operations."""

_RANDOM = (
    (tf.random, "stateless_uniform", "alg"), (tf.random, "stateless_normal", "alg"),
    (tf.random, "stateless_truncated_normal", "alg"), (tf.nn.experimental, "stateless_dropout", "rng_alg"),
)  # fmt: skip


def compiling_rule(spec: Spec, model: keras.Model, rows: int) -> tuple[bool, str]:
    """Say whether XLA is to compile the steps of a training, and the rule that decides it.

    Args:
        spec: The spec. `compile.jit_compile` decides, unless it is `auto`, which is its default.
        model: The model.
        rows: Number of training rows.
    """
    wanted = spec.compile.options.get("jit_compile", "auto") if spec.compile else False
    if wanted != "auto":
        return bool(wanted), f"`jit_compile: {str(bool(wanted)).lower()}` in the spec"
    steps = rows // spec.fit.batch_size
    steps = min(steps, spec.fit.steps_per_epoch or steps)
    layers = list(model._flatten_layers(include_self=False))
    if against := _unsuited(model, layers):
        return False, against
    if {type(layer).__name__ for layer in layers} & _RECURRENT:
        return _many(steps, _RECURRENT_STEPS, "layers are recurrent")
    if model.count_params() * spec.fit.batch_size > _SMALL:
        size = f"{model.count_params():,} parameters times {spec.fit.batch_size:,} rows"
        return False, f"{size} make a step long enough for TensorFlow"
    return _many(steps, _STEPS, "steps are small")


def _unsuited(model: keras.Model, layers: Sequence[keras.layers.Layer]) -> str:
    """Return why XLA is not taken unasked, whatever the size of the training; empty if nothing speaks against it."""
    if tf.config.list_physical_devices("GPU"):
        return "not measured on a GPU"
    for layer in layers:
        kind = type(layer).__name__
        known = kind in _KNOWN or isinstance(layer, keras.Model)
        if _draws(layer) or (not known and getattr(layer, "seed_generator", None) is not None):
            return f"`{kind}` would draw other random numbers than in Keras"
        if not known:
            return f"not known to pay for `{kind}`"
        if not layer.supports_jit:
            return f"`{kind}` cannot be compiled"
    return "XLA takes no text" if any(tensor.dtype == "string" for tensor in model.inputs) else ""


def _many(steps: int, enough: int, what: str) -> tuple[bool, str]:
    if steps >= enough:
        return True, f"{what}, and an epoch has {steps:,} steps, at least {enough:,}"
    return False, f"an epoch has {steps:,} steps, fewer than {enough:,}"


def _draws(layer: keras.layers.Layer) -> bool:
    """Say whether a recurrent layer draws random numbers in training."""
    return bool(getattr(layer, "dropout", 0) or getattr(layer, "recurrent_dropout", 0))


@contextmanager
def named_generators() -> Iterator[None]:
    """Name the generator of random numbers while steps are traced: Philox, as TensorFlow has on a processor.

    The one that XLA takes if left to itself is many times slower there.
    """
    before = [(place, name, getattr(place, name)) for place, name, _ in _RANDOM]
    for place, name, argument in _RANDOM:
        setattr(place, name, partial(getattr(place, name), **{argument: "philox"}))
    try:
        yield
    finally:
        for place, name, function in before:
            setattr(place, name, function)


class Compiled:
    """A function of TensorFlow that XLA compiles if it can; otherwise TensorFlow runs another that does the same.

    Attributes:
        failed: Why XLA could not compile it; empty otherwise.

    Args:
        function: The function.
        otherwise: Takes its place.
    """

    def __init__(self, function: Callable[..., Any], otherwise: Callable[..., Any]) -> None:
        self.failed = ""
        self._compiled = tf.function(tf.autograph.experimental.do_not_convert(function), jit_compile=True)
        self._otherwise = otherwise
        self._ran = False

    def __call__(self, *given: Any) -> Any:
        """Return what the function gives."""
        if self.failed:
            return self._otherwise(*given)
        try:
            with named_generators():
                found = self._compiled(*given)
        except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, ValueError, TypeError) as error:
            if self._ran:
                raise
            self.failed = str(error).splitlines()[0]  # XLA does not know an operation; nothing has been computed yet
            return self._otherwise(*given)
        self._ran = True
        return found

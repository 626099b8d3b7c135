"""How many rows a model is given in a step of judging and of predicting, where nobody says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import keras
from keras.src.models.functional import Functional

from kspec.data.memory import DEFAULT_MEMORY
from kspec.spec.components import ComponentSpec
from kspec.spec.spec import Spec

_SHARE = 16
"""Which part of the memory that data may take a step may take."""

_MOST = 16_384
"""Rows of a step beyond which nothing was seen to become faster."""

_LEAST = 256
"""Rows of a step of predicting, at least."""

_OTHER_CODE = {"FlaxLayer", "JaxLayer", "Lambda", "TFSMLayer", "TorchModuleWrapper"}
"""Layers of Keras that run code of which nothing is known."""

_GATES = 8
"""Numbers that a recurrent layer keeps for every unit and step, about."""

_OF_A_BATCH = {"circle", "ctc", "dice", "tversky"}
"""Losses that may say one number of a whole batch."""


def judged_at_once(spec: Spec, model: keras.Model) -> int:
    """Return the rows of a step of judging.

    Where loss and metrics are means over rows, they are the same for every size but for rounding, and memory decides.
    Where they depend on it, the size is that of validation in training, and so the results are those of the history.
    """
    given = spec.evaluate.batch_size
    if given is not None:
        return given
    usual = spec.fit.validation_batch_size or spec.fit.batch_size
    return max(usual, _fitting(spec, model)) if _each_alone(model) and _adds_up(spec, model) else usual


def predicted_at_once(spec: Spec, model: keras.Model) -> int:
    """Return the rows of a step of predicting."""
    if spec.predict.batch_size is not None:
        return spec.predict.batch_size
    usual = max(spec.fit.batch_size, _LEAST)
    return max(usual, _fitting(spec, model)) if _each_alone(model) else usual


def fixed_rows(model: keras.Model) -> int | None:
    """Return the number of rows of a batch where a model takes no other."""
    shapes: Iterator[Sequence[int | None]] = (tensor.shape for tensor in getattr(model, "inputs", None) or ())
    return next((shape[0] for shape in shapes if shape[0] is not None), None)


def _fitting(spec: Spec, model: keras.Model) -> int:
    """Return how many rows fit into a share of the memory, with all that the layers make of them: a power of two."""
    numbers = sum(map(_numbers, model._flatten_layers(include_self=False)))
    numbers += sum(_size(tensor.shape) for tensor in model.inputs)
    share = (spec.runtime.memory or DEFAULT_MEMORY) // _SHARE
    return int(2 ** int(math.log2(min(max(1, share // (4 * max(1, numbers))), _MOST))))


def _numbers(layer: keras.layers.Layer) -> int:
    """Return about how many numbers a layer makes of a row."""
    if isinstance(layer, keras.Model | keras.layers.InputLayer):
        return 0
    try:
        given, made = layer.input, layer.output
    except (AttributeError, ValueError):  # a part of another layer, or one that is used several times
        return 0
    taken, made = _shapes(given), _shapes(made)
    found = sum(map(_size, made))
    if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
        steps, units = taken[0][1] or 1, made[0][-1] or 1
        found += steps * units * _GATES
    if isinstance(layer, keras.layers.MultiHeadAttention):
        found += layer._num_heads * _size(taken[0][:2]) * _size(taken[-1][:2])
    return found


def _shapes(tensors: Any) -> list[Sequence[int | None]]:
    return [tuple(tensor.shape) for tensor in keras.tree.flatten(tensors)]


def _size(shape: Sequence[int | None]) -> int:
    return math.prod(size or 1 for size in shape[1:])


def _each_alone(model: keras.Model) -> bool:
    """Say whether what a model gives for a row depends on that row alone, as far as is known."""
    if fixed_rows(model) is not None or not isinstance(model, keras.Sequential | Functional):
        return False
    return all(map(_is_known, getattr(model, "operations", None) or model.layers))


def _is_known(operation: Any) -> bool:
    if isinstance(operation, keras.Model):
        return _each_alone(operation)
    kind = type(operation)
    if not kind.__module__.startswith("keras.src.layers.") or kind.__name__ in _OTHER_CODE:
        return False
    axes = getattr(operation, "axis", None)
    first = 0 in axes if isinstance(axes, list | tuple) else axes == 0
    parts = getattr(operation, "_flatten_layers", lambda **_: ())(include_self=False)
    inner = all(type(part).__module__.startswith("keras.src.") for part in parts)
    return inner and not first and not getattr(operation, "stateful", False)


def _adds_up(spec: Spec, model: keras.Model) -> bool:
    """Say whether loss and metrics over rows are the same however they are parted into batches."""
    if spec.compile is None or len(spec.compile.loss) != 1:
        return False  # of several outputs, Keras takes the mean of each one's loss over the batches
    return not any(map(_hides_or_penalizes, model._flatten_layers())) and all(map(_by_rows, _measures(spec)))


def _hides_or_penalizes(layer: keras.layers.Layer) -> bool:
    """Say whether a layer makes a mask, by which a loss counts the rows of each batch, or a loss of its outputs."""
    masks = isinstance(layer, keras.layers.Masking) or getattr(layer, "mask_zero", False)
    return bool(masks or getattr(layer, "activity_regularizer", None))


def _measures(spec: Spec) -> Iterator[ComponentSpec | str]:
    if spec.compile is not None:
        yield from (loss for loss in spec.compile.loss.values() if loss is not None)
        for metrics in (*spec.compile.metrics.values(), *spec.compile.weighted_metrics.values()):
            yield from metrics


def _by_rows(measure: ComponentSpec | str) -> bool:
    """Say whether a loss or a metric is one of Keras that is taken over rows."""
    if isinstance(measure, str):
        return measure.lower() not in _OF_A_BATCH
    own = not measure.definition.module.startswith("keras")
    told = {"reduction", "ignore_class"} & set(measure.arguments)
    return not own and not told and measure.name.lower() not in _OF_A_BATCH

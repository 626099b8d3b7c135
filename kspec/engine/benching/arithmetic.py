"""How many multiplications and additions a training step takes, and how many the machine can do in a second."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.framework import op_callbacks

from kspec.engine.faults import first_line

Shape = tuple[int, ...]
Shapes = Sequence[Shape]
Attributes = Mapping[str, Any]
_Taken = tuple[int, tuple[int, ...], tuple[int, ...]]
"""What an operation costs, and the numbers by which TensorFlow tells the tensors that go in and come out."""

_SECONDS = 0.2
"""How long products are taken to see what the machine can do."""

_OPAQUE = ("CudnnRNN", "XlaLaunch", "_XlaCompile")
"""Beginnings of operations that multiply matrices inside, how many no shape tells."""


def count_operations(model: keras.Model, batch: Sequence[Any]) -> tuple[int | None, str]:
    """Count the floating-point operations of one training step: those of matrix products and convolutions.

    The step is really taken, operation by operation, and each product counted by the shapes that it meets: 2 m n k for
    a product of (m, k) and (k, n), as is usual. So loops count as often as they run, and what the gradients take
    counts, too; products that nothing comes of do not, since a graph leaves them out. All the rest (activations,
    losses, the optimizer) is little beside it in all but tiny models, and left out. TensorFlow's own profiler sees
    neither loops nor calls of functions.

    Args:
        model: The model, compiled. Its weights change.
        batch: What one step takes: `(x, y)` or `(x, y, weights)`.

    Returns:
        Their number, or None and the reason why they cannot be counted.
    """
    if model.distribute_strategy.num_replicas_in_sync > 1:
        return None, "devices share the batches"
    taken: list[_Taken] = []
    opaque: set[str] = set()

    def note(
        kind: Any, inputs: Sequence[Any], attributes: Sequence[Any], outputs: Sequence[Any], *_: Any, **__: Any
    ) -> None:
        name = kind.decode() if isinstance(kind, bytes) else str(kind)
        if name.startswith(_OPAQUE):
            opaque.add(name)
        count = _COUNTS.get(name)
        named = dict(zip(attributes[::2], attributes[1::2], strict=True))
        cost = count(_shapes(inputs), named, _shapes(outputs)) if count else 0
        taken.append((cost, _names(inputs), _names(outputs)))

    try:
        with _step_by_step(note):
            logs = model.train_step(tf.nest.map_structure(tf.convert_to_tensor, tuple(batch)))
    except Exception as error:  # noqa: BLE001 - a step of anybody's own may work inside a graph only
        return None, f"the step cannot be taken outside a graph: {first_line(error)}"
    if opaque:
        return None, f"`{min(opaque)}` does not tell its own"
    done = _of_use(taken, wanted=_names(tf.nest.flatten(logs)))
    return (done, "") if done else (None, "it has no matrix products and no convolutions")


def _of_use(taken: Sequence[_Taken], *, wanted: Iterable[int]) -> int:
    """Return the cost of the operations that change a variable, or on which those or what is wanted depend."""
    used, cost = set(wanted), 0
    for own, inputs, outputs in reversed(taken):
        if not outputs or not used.isdisjoint(outputs):
            used.update(inputs)
            cost += own
    return cost


def _shapes(tensors: Iterable[Any]) -> list[Shape]:
    return [tuple(tensor.shape) for tensor in tensors]


def _names(tensors: Iterable[Any]) -> tuple[int, ...]:
    return tuple(tensor._id for tensor in tensors if hasattr(tensor, "_id"))


def peak_operations() -> float | None:
    """Return how many floating-point operations a second a large product of float32 matrices reaches, at best.

    Returns:
        The number, or None if the device has no room for the matrices.
    """
    side = 8192 if tf.config.list_logical_devices("GPU") else 2048
    try:
        left, right = tf.random.stateless_normal((2, side, side), (1, 2))
        tf.matmul(left, right).numpy()
        best, began = math.inf, time.perf_counter()
        while time.perf_counter() - began < _SECONDS:
            start = time.perf_counter()
            tf.reduce_sum(tf.matmul(left, right)[:1, :1]).numpy()
            best = min(best, time.perf_counter() - start)
    except tf.errors.OpError:
        return None
    return 2 * side**3 / best


@contextmanager
def _step_by_step(note: Callable[..., None]) -> Iterator[None]:
    """Run everything in the block operation by operation, and call `note` with each of them."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    op_callbacks.add_op_callback(note)
    try:
        yield
    finally:
        op_callbacks.remove_op_callback(note)
        tf.config.run_functions_eagerly(before)


def _product(inputs: Shapes, attributes: Attributes, outputs: Shapes) -> int:
    inner = inputs[0][0 if attributes.get("transpose_a") else 1]
    return 2 * math.prod(outputs[0]) * inner


def _batched_product(inputs: Shapes, attributes: Attributes, outputs: Shapes) -> int:
    inner = inputs[0][-2 if attributes.get("adj_x") else -1]
    return 2 * math.prod(outputs[0]) * inner


def _convolution(inputs: Shapes, attributes: Attributes, outputs: Shapes) -> int:
    return 2 * math.prod(outputs[0]) * math.prod(inputs[1][:-1])


def _towards_input(inputs: Shapes, attributes: Attributes, outputs: Shapes) -> int:
    return 2 * math.prod(inputs[2]) * math.prod(inputs[1][:-1])


def _towards_filter(inputs: Shapes, attributes: Attributes, outputs: Shapes) -> int:
    return 2 * math.prod(inputs[2]) * math.prod(outputs[0][:-1])


def _depthwise(inputs: Shapes, attributes: Attributes, outputs: Shapes) -> int:
    return 2 * math.prod(outputs[0]) * math.prod(inputs[1][:2])


def _depthwise_towards_input(inputs: Shapes, attributes: Attributes, outputs: Shapes) -> int:
    return 2 * math.prod(inputs[2]) * math.prod(inputs[1][:2])


def _depthwise_towards_filter(inputs: Shapes, attributes: Attributes, outputs: Shapes) -> int:
    return 2 * math.prod(inputs[2]) * math.prod(outputs[0][:2])


def _einsum(inputs: Shapes, attributes: Attributes, outputs: Shapes) -> int:
    """Count by the equation: every combination of its letters is one multiplication and one addition."""
    if len(inputs) < 2:
        return 0
    equation = attributes["equation"]
    equation = equation.decode() if isinstance(equation, bytes) else equation
    sizes: dict[str, int] = {}
    for letters, given in zip(equation.split("->")[0].split(","), inputs, strict=True):
        named, shape = letters.replace("...", "."), list(given)
        spare = len(shape) - len(named.replace(".", ""))
        at = named.find(".")
        if at >= 0:
            # The axes that the dots stand for are told apart by their distance from the last of them.
            for back in range(spare):
                place = at + spare - 1 - back
                sizes[f".{back}"] = max(sizes.get(f".{back}", 1), shape[place])
            shape[at : at + spare] = []
        sizes |= zip(named.replace(".", ""), shape, strict=True)
    return 2 * math.prod(sizes.values())


_COUNTS: Mapping[str, Callable[[Shapes, Attributes, Shapes], int]] = {
    "MatMul": _product,
    "BatchMatMul": _batched_product,
    "BatchMatMulV2": _batched_product,
    "BatchMatMulV3": _batched_product,
    "Einsum": _einsum,
    "Conv2D": _convolution,
    "Conv3D": _convolution,
    "Conv2DBackpropInput": _towards_input,
    "Conv3DBackpropInputV2": _towards_input,
    "Conv2DBackpropFilter": _towards_filter,
    "Conv3DBackpropFilterV2": _towards_filter,
    "DepthwiseConv2dNative": _depthwise,
    "DepthwiseConv2dNativeBackpropInput": _depthwise_towards_input,
    "DepthwiseConv2dNativeBackpropFilter": _depthwise_towards_filter,
}

"""Names of operations in a graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


def name_operations(name: str, results: Any, inputs: Sequence[Any]) -> None:
    """Call the operations between inputs and results as the step is called, in place of Keras' own numbers.

    Keras counts operations over the whole process, so that its names differ from one build to the next and can meet
    those of layers.

    Args:
        name: Name of the step.
        results: Symbolic result or results of the step.
        inputs: Symbolic tensors that the step was fed.
    """
    known = {id(tensor._keras_history.operation) for tensor in inputs}
    found: list[Any] = []
    waiting = [tensor for tensor in keras.tree.flatten(results) if isinstance(tensor, keras.KerasTensor)]
    while waiting:
        operation = waiting.pop(0)._keras_history.operation
        if id(operation) in known or isinstance(operation, keras.layers.Layer):
            continue
        known.add(id(operation))
        found.append(operation)
        for node in operation._inbound_nodes:
            waiting += node.arguments.keras_tensors
    for number, operation in enumerate(found):
        operation.name = f"{name}.{number}" if number else name

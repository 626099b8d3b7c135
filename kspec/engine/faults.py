"""What Keras and TensorFlow raise, as problems with a place in the spec."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kspec.spec.graph import Graph, GraphNode, Tensor
from kspec.spec.problems import Problem

_NOISE = re.compile(
    r"^(Exception encountered when calling .*|Arguments received by .*|Detected at node .*|Traceback.*)$"
)
_ADDRESS = re.compile(r"<KerasTensor shape=(\([^)]*\)), dtype=(\w+)[^>]*>")


def first_line(error: BaseException) -> str:
    """Return the sentence of an error message that says what is wrong, without Keras' frame around it."""
    text = str(error).replace("\x1b[1m", "").replace("\x1b[0m", "")
    lines = [line.strip() for line in text.splitlines()]
    useful = [line for line in lines if line and not _NOISE.match(line)]
    sentence = useful[0] if useful else type(error).__name__
    return _ADDRESS.sub(r"a tensor of shape \1", sentence).rstrip(".")


def call_failed(node: GraphNode, shapes: Mapping[str, Any], error: BaseException) -> Problem:
    """Return the problem of a layer that refuses its inputs: the step, what feeds it, and the shapes."""
    fed = ", ".join(f"`{tensor}` {_shown(shapes.get(str(tensor)))}" for tensor in node.sources)
    message = f"{node.component.name} cannot be applied to {fed or 'nothing'}: {first_line(error)}"
    return Problem("shape-mismatch", node.path, message, at="key")


def several_results(node: GraphNode, tensor: Tensor, count: int) -> Problem:
    """Return the problem of a step that takes a result without saying which of several."""
    names = ", ".join(f"`{tensor.name}.{index}`" for index in range(min(count, 4)))
    message = f"`{tensor.name}` has {count} results"
    return Problem("several-results", (*node.path, "from"), message, f"name one of them: {names}")


def no_such_result(node: GraphNode, tensor: Tensor, count: int) -> Problem:
    """Return the problem of a step that takes a result that its step does not have."""
    message = (
        f"`{tensor.name}` has {count} {'result' if count == 1 else 'results'}, counted from 0: there is no `{tensor}`"
    )
    return Problem("unknown-step", (*node.path, "from"), message)


def fit_failed(
    graph: Graph, shapes: Mapping[str, tuple[Sequence[int | None], Sequence[int]]], error: BaseException
) -> Problem:
    """Return the problem of a training step that failed: outputs beside their targets.

    Args:
        graph: The model.
        shapes: For every output with targets, the shape of the output and of its targets, batch axis first.
        error: What was raised.
    """
    beside = "; ".join(
        f"the output `{name}` has shape {_shown(out)}, its targets {_shown(target)}"
        for name, (out, target) in shapes.items()
    )
    message = f"training failed: {first_line(error)}"
    return Problem("training-failed", ("compile", "loss"), f"{message} ({beside})" if beside else message, at="key")


def _shown(shape: Any) -> str:
    if shape is None:
        return ""
    return "(" + ", ".join("?" if size is None else str(size) for size in shape) + ")"

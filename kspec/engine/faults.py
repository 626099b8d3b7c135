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
_AXES = re.compile(r"expected (min_)?ndim=(\d+), found ndim=(\d+)")
_NEGATIVE = re.compile(r"output size would be (zero or )?negative|negative dimension", re.IGNORECASE)
_RECURRENT = {"LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN", "ConvLSTM1D"}
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
    reason, hint = _explained(node, shapes, first_line(error))
    message = f"{node.kind} cannot be applied to {fed or 'nothing'}: {reason}"
    return Problem("shape-mismatch", node.path, message, hint, at="key")


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


def culprit(error: BaseException, kinds: type | tuple[type, ...]) -> Any:
    """Return the innermost object of these kinds whose method an error came from, or None."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        owner = trace.tb_frame.f_locals.get("self")
        if isinstance(owner, kinds):
            found = owner
        trace = trace.tb_next
    return found


def comes_from_kspec(error: BaseException) -> bool:
    """Say whether an error was raised by a line of kspec itself, so that it is no fault of the spec."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__", "")).startswith("kspec.")


def _explained(node: GraphNode, shapes: Mapping[str, Any], text: str) -> tuple[str, str | None]:
    """Return a reason that Keras gives in its own terms in those of a spec, with a hint where there is one."""
    if found := _AXES.search(text):
        least, wanted, given = "at least " if found[1] else "", int(found[2]), int(found[3])
        shape = shapes.get(str(node.sources[0])) or ()
        hint = None
        if given == wanted - 1 and re.search(r"(Conv|Pool\w*|Cropping|Padding|Sampling)\w*[123]D$", node.kind):
            sizes = ", ".join("-1" if size is None else str(size) for size in (*shape[1:], 1))
            hint = f"a channel axis is missing: put `Reshape: [{sizes}]` before it"
        elif given > wanted:
            hint = "put `Flatten` or a pooling layer before it"
        elif node.kind in _RECURRENT and given == 2:
            hint = "it wants a sequence: `return_sequences: true` in the recurrent layer before it, or a `Reshape`"
        return f"it wants {least}{wanted} axes with the batch axis, and gets {given}", hint
    if _NEGATIVE.search(text):
        return "the input is smaller than the window", "use a smaller `kernel_size` or `pool_size`, or `padding: same`"
    if "is part of a cycle" in text:
        return "Keras cannot put it into a model", "its own `compute_output_spec` gives the input itself back"
    return text, None


def _shown(shape: Any) -> str:
    if shape is None:
        return ""
    return "(" + ", ".join("?" if size is None else str(size) for size in shape) + ")"

"""What TensorFlow raises in the middle of a step, traced back to the step of the model that it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kspec.engine.faults import first_line
from kspec.engine.memory import memory_reason
from kspec.spec.graph import Graph, GraphNode
from kspec.spec.problems import Problem
from kspec.spec.shapes import shown

_NODE = re.compile(r"\{\{node ([^}]+)\}\}|Detected at node (\S+) defined at")
_COUNTED = re.compile(r"_\d+$")
_ID = re.compile(r"indices\[[^\]]*\] = (-?\d+) is not in \[0, (\d+)\)")

Shapes = Mapping[str, tuple[Sequence[int | None], Sequence[int]]]


def run_failed(graph: Graph, shapes: Shapes, error: BaseException) -> Problem:
    """Return the problem of a training step that failed, at the step of the model if the error tells.

    Args:
        graph: The model.
        shapes: For every output with targets, the shape of the output and of its targets, batch axis first.
        error: What was raised.
    """
    if reason := memory_reason(error):
        hint = "a smaller `batch_size` or smaller layers need less"
        return Problem("out-of-memory", ("fit", "batch_size"), reason, hint, at="key")
    node = failed_node(graph, str(error))
    if node is not None and (found := _ID.search(str(error))):
        message = f"{node.kind} is fed the number {found[1]}, and knows those from 0 to {int(found[2]) - 1} only"
        hint = f"make `input_dim` at least {int(found[1]) + 1}" if int(found[1]) >= 0 else "ids are counted from 0"
        return Problem("bad-id", node.path, message, hint, at="key")
    if node is not None:
        message = f"{node.kind} failed in training: {first_line(error)}"
        return Problem("training-failed", node.path, message, at="key")
    beside = "; ".join(
        f"the output `{name}` has shape {shown(out)}, its targets {shown(target)}"
        for name, (out, target) in shapes.items()
    )
    message = f"training failed: {first_line(error)}"
    return Problem("training-failed", ("compile", "loss"), f"{message} ({beside})" if beside else message, at="key")


def failed_node(graph: Graph, text: str) -> GraphNode | None:
    """Return the call that an error of TensorFlow names by its place in the computation, or None.

    TensorFlow names what it computes by model, layer and operation, `mnist/encoder/dense_1/MatMul`, and counts names
    that it has had before.
    """
    for found in _NODE.finditer(text):
        names = (found[1] or found[2]).split("/")[1:]
        if node := _deepest(graph, names):
            return node
    return None


def _deepest(graph: Graph, names: Sequence[str]) -> GraphNode | None:
    for place, name in enumerate(names):
        for written in (name, _COUNTED.sub("", name)):
            node = next((node for node in graph.nodes if node.layer_name == written), None)
            if node is not None:
                inner = _deepest(node.thing, names[place + 1 :]) if isinstance(node.thing, Graph) else None
                return inner or node
        operations = [node for node in graph.nodes if _is_operation(node, _COUNTED.sub("", name))]
        if len(operations) == 1:
            return operations[0]
    return None


def _is_operation(node: GraphNode, name: str) -> bool:
    """Say whether a call is the only operation that TensorFlow could mean: it knows them by their kind, not by name."""
    component = node.component
    if component is None or component.family != "ops":
        return False
    return component.definition.attribute.replace("_", "") == name.lower()

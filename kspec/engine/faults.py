"""What Keras and TensorFlow raise, as problems with a place in the spec."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras

from kspec.engine.memory import memory_reason
from kspec.engine.own_code import code_reason
from kspec.spec.graph import Graph, GraphNode
from kspec.spec.problems import Problem
from kspec.spec.shapes import explain, refused, wrong_input, wrong_rank, wrong_size

_NOISE = re.compile(
    r"^(Exception encountered when calling .*|Arguments received by .*|Detected at node .*|Traceback.*"
    r"|Graph execution error:|File \".*|\[\[\{\{node .*|Node: .*|\(\d+\) .*error.*)$"
)
_PLACE = re.compile(r" for '\{\{node .*?\}\}.*$|\{\{(function_)?node [^}]*\}\}\s*|\s*\[Op:\w+\]( name: ?.*)?")
_AXES = re.compile(r"expected (min_)?ndim=(\d+), found ndim=\d+")
_AXIS_SIZE = re.compile(r"expected axis (-?\d+) of input shape to have value (\d+)")
_INPUT = re.compile(r"with name '([^']*)' of layer '[^']*' is incompatible .* expected shape=\(([^)]*)\), found")
_ADDRESS = re.compile(r"<KerasTensor shape=(\([^)]*\)), dtype=(\w+)[^>]*>")


def first_line(error: BaseException) -> str:
    """Return the sentence of an error message that says what is wrong, without Keras' frame around it."""
    if reason := code_reason(error):
        return reason
    text = str(error).replace("\x1b[1m", "").replace("\x1b[0m", "")
    lines = [line.strip() for line in text.splitlines()]
    useful = [line for line in lines if line and not _NOISE.match(line)]
    sentence = useful[0] if useful else type(error).__name__
    return _ADDRESS.sub(r"a tensor of shape \1", _PLACE.sub("", sentence)).rstrip(".")


def call_failed(node: GraphNode, shapes: Mapping[str, Any], error: BaseException) -> Problem:
    """Return the problem of a layer that refuses its inputs: the step, what feeds it, and the shapes.

    What the shapes alone explain is said in the words of the checks before Keras; else Keras' own words are shown.
    """
    if memory := memory_reason(error):
        return Problem("out-of-memory", node.path, memory, "fewer units or filters need less", at="key")
    reason, hint = _explained(node, shapes, first_line(error))
    return refused(node, shapes, reason, hint)


@contextmanager
def whole_traces() -> Iterator[None]:
    """Let errors keep the lines of Keras in their traces while the block runs: they tell whose method failed."""
    cut = keras.config.is_traceback_filtering_enabled()
    keras.config.disable_traceback_filtering()
    try:
        yield
    finally:
        if cut:
            keras.config.enable_traceback_filtering()


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
    mistake = explain(node, shapes)
    shape = tuple(shapes.get(str(node.sources[0])) or ())
    if mistake is None and (found := _AXES.search(text)):
        mistake = wrong_rank(node.kind, shape, int(found[2]), least=bool(found[1]))
    elif mistake is None and (found := _AXIS_SIZE.search(text)) and -len(shape) <= int(found[1]) < len(shape):
        axis = int(found[1]) % len(shape)
        mistake = wrong_size(axis, int(found[2]), shape[axis])
    elif isinstance(node.thing, Graph) and (found := _INPUT.search(text)) and found[1] in node.thing.inputs:
        sizes = [int(size) if size.isdigit() else None for size in found[2].replace(" ", "").strip(",").split(",")]
        mistake = wrong_input(found[1], sizes, said=node.thing.inputs[found[1]].known)
    if mistake is not None:
        return mistake.reason, mistake.hint
    if "is part of a cycle" in text:
        return "Keras cannot put it into a model", "its own `compute_output_spec` gives the input itself back"
    return text, None

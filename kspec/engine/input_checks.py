"""Rows held against the inputs that they are fed to: their shape, and whether the first layers can take the values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.deferred import Rows
from kspec.data.row_shapes import wrong_rows
from kspec.spec.graph import Graph, InputSpec, Tensor
from kspec.spec.problems import Path, Problem

Array = npt.NDArray[Any]
Parts = Mapping[str, Mapping[str, Rows]]

_OF_NUMBERS = (
    "Dense", "EinsumDense", "Embedding", "Normalization", "BatchNormalization", "LayerNormalization", "Rescaling",
    "Discretization", "Conv", "SeparableConv", "DepthwiseConv", "LSTM", "GRU", "SimpleRNN", "Bidirectional", "Dropout",
)  # fmt: skip
"""How the names of layers begin that compute with what they are fed, which text does not stand."""

_EMBEDDING = "Embedding"


def check_inputs(graph: Graph, parts: Parts) -> list[Problem]:
    """Return what is wrong with rows for the inputs of a model, one problem for each input.

    Args:
        graph: The model.
        parts: For every part of the data, the array of every input, of shape `(rows, ...)`.
    """
    return [problem for item in graph.inputs.values() if (problem := _fault(graph, item, parts))]


def _fault(graph: Graph, item: InputSpec, parts: Parts) -> Problem | None:
    for part, arrays in parts.items():
        array = arrays.get(item.name)
        if array is not None and array.size:
            found = wrong_rows(item, array.shape[1:]) or _text(graph, item, array) or _changed(graph, item, part, array)
            if found is not None:
                return found
    return None


def _text(graph: Graph, item: InputSpec, array: Rows) -> Problem | None:
    """Return the problem of text that a layer is to compute with."""
    if array.dtype.kind not in "OUS":
        return None
    kind = next((kind for kind in _users(graph, item) if kind.startswith(_OF_NUMBERS)), None)
    if kind is None:
        return None
    message = f"the input `{item.name}` is fed text, and {kind} computes with numbers"
    hint = "add `preprocess: [{StringLookup: {output_mode: one_hot}}]` to the field, or choose another"
    return Problem("bad-field", _data_path(graph, item), message, hint)


def _changed(graph: Graph, item: InputSpec, part: str, rows: Rows) -> Problem | None:
    """Return the problem of numbers that Keras would change without a word where it wants whole ones."""
    dtype = str(item.arguments.get("dtype"))
    whole = dtype.startswith(("int", "uint"))
    if rows.dtype.kind not in "fiu" or not (whole or _EMBEDDING in _users(graph, item)):
        return None
    array = np.asarray(rows)
    wrong = array[array != np.floor(array)] if array.dtype.kind == "f" else array[:0]
    hint = "such fractions would be cut off: feed ids or counts, or a layer for numbers"
    if whole and not wrong.size:
        limits = np.iinfo(dtype)
        wrong = array[(array < limits.min) | (array > limits.max)] if _outside(array, limits) else wrong
        hint = f"{dtype} goes from {limits.min} to {limits.max}: write a wider `dtype`"
    if not wrong.size:
        return None
    taker = f"is of type {dtype}" if whole else "feeds an Embedding, which takes whole numbers"
    message = f"the input `{item.name}` {taker}, and is fed {wrong.flat[0]} in the {part} rows"
    return Problem("bad-value", _data_path(graph, item), message, hint)


def _outside(array: Array, limits: np.iinfo[Any]) -> bool:
    return bool(array.min() < limits.min or array.max() > limits.max)


def _users(graph: Graph, item: InputSpec) -> list[str]:
    """Return the kinds of the layers that an input feeds first."""
    return [
        node.component.name
        for node in graph.nodes
        if node.component is not None
        and node.component.family == "layers"
        and isinstance(node.inputs, Tensor)
        and node.inputs.name == item.name
    ]


def _data_path(graph: Graph, item: InputSpec) -> Path:
    return ("data", "inputs", item.name) if graph.several_inputs else ("data", "inputs")

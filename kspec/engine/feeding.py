"""What the model is fed: rows as Keras takes them, held against what its first layers take before the first batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from kspec.data.part import AnyPart, Part
from kspec.engine.building.compiling import output_shapes
from kspec.engine.input_checks import check_inputs
from kspec.engine.suiting import loss_word, suit
from kspec.spec.graph import Graph, Tensor
from kspec.spec.problems import Problem
from kspec.spec.spec import Spec

Array = npt.NDArray[Any]


_ONE_A_ROW = {"CTC", "ctc", "Circle", "circle", "Dice", "dice", "Tversky", "tversky"}
"""Losses with one number a row, or for all rows, whatever the shape of the output; all others have one a step."""


def feed_of(part: Part, model: keras.Model, spec: Spec) -> tuple[Any, ...]:
    """Return the rows of a part as a model takes them: `(x, y)` or `(x, y, weights)`."""
    shapes = output_shapes(model, spec.graph)
    axes: dict[str, int] = {}
    for name, shape in shapes.items():
        one = spec.compile is not None and loss_word(spec.compile, name) in _ONE_A_ROW
        axes[name] = 1 if one else max(1, len(shape) - 1)
    several = {"several_inputs": spec.graph.several_inputs, "several_outputs": spec.graph.several_outputs}
    return _filled(suit(part, spec.compile, shapes), spec).feed(**several, axes=axes)


def _filled(part: Part, spec: Spec) -> Part:
    """Return rows with targets for every output, if Keras asks for them: nothing is computed of those that are put in.

    Once one output has metrics, Keras looks up targets and weights of all, also of those without loss and metrics.
    """
    lacking = [name for name in spec.graph.outputs if name not in part.y]
    measured = spec.compile is not None and any(
        (*spec.compile.metrics.values(), *spec.compile.weighted_metrics.values())
    )
    if not lacking or not measured:
        return part
    nothing, ones = np.zeros((part.rows, 1), np.float32), np.ones(part.rows, np.float32)
    return replace(
        part,
        y={name: part.y.get(name, nothing) for name in spec.graph.outputs},
        weights={name: part.weights.get(name, ones) for name in spec.graph.outputs} if part.weights else {},
    )


def check_feeding(graph: Graph, parts: Mapping[str, AnyPart], *, batch_size: int) -> list[Problem]:
    """Return what would go wrong in training, loudly or not: rows that do not fit an input, ids that no embedding has,
    batches of another size.

    Args:
        graph: The model.
        parts: The parts of the data that are seen in training.
        batch_size: Rows of one step.
    """
    wrong = check_inputs(graph, {name: part.sample.x for name, part in parts.items()})
    return wrong or [*unknown_ids(graph, parts), *_other_batches(graph, parts, batch_size)]


def unknown_ids(graph: Graph, parts: Mapping[str, AnyPart]) -> Iterator[Problem]:
    """Yield the ids that no embedding has, for which a step would fail or give zeros; arguments as above."""
    for node in graph.nodes:
        if node.component is None or node.component.name != "Embedding" or not isinstance(node.inputs, Tensor):
            continue
        known = node.component.arguments.get("input_dim")
        for name, part in parts.items():
            rows = part.sample
            array = rows.x.get(node.inputs.name)
            if array is None or not isinstance(known, int) or array.dtype.kind not in "iuf" or not array.size:
                continue
            low, high = np.min(array), np.max(array)
            if low >= 0 and high < known:
                continue
            outside, place = (low, np.argmin(array)) if low < 0 else (high, np.argmax(array))
            where = rows.row(array, int(place)) or f" in the {name} rows"
            what = f"`{node.inputs.name}` {'goes down' if low < 0 else 'goes up'} to {outside:g}{where}"
            message = f"{what}, and the Embedding knows the numbers from 0 to {known - 1} only"
            hint = "ids are counted from 0" if low < 0 else f"make `input_dim` at least {int(high) + 1}"
            yield Problem("bad-id", (*node.component.path, "input_dim"), message, hint)
            break


def _other_batches(graph: Graph, parts: Mapping[str, AnyPart], batch_size: int) -> Iterator[Problem]:
    for item in graph.inputs.values():
        fixed = _fixed_batch(item.arguments)
        if fixed is None:
            continue
        if fixed != batch_size:
            message = (
                f"the input `{item.name}` takes batches of exactly {fixed} rows, and `fit` makes them of {batch_size}"
            )
            hint = f"write `batch_size: {fixed}` under `fit`, or leave the size of the batch out of the input"
            yield Problem("batch-size", item.path, message, hint, at="key")
            continue
        for name, part in parts.items():
            rows = part.rows
            if rows % fixed:
                message = (
                    f"the last of the {name} batches has {rows % fixed} rows, and the input `{item.name}` takes {fixed}"
                )
                hint = f"take a size that divides {rows}, or leave the size of the batch out of the input"
                yield Problem("batch-size", item.path, message, hint, at="key")
                break


def _fixed_batch(arguments: Mapping[str, Any]) -> int | None:
    """Return the number of rows that an input fixes, or None."""
    shape: Sequence[Any] = arguments.get("batch_shape") or ()
    found = arguments.get("batch_size", shape[0] if shape else None)
    return found if isinstance(found, int) else None

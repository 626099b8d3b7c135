"""`kspec summary`: the layers of a model, with shapes and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kspec.console.result import LayerRow, Summary
from kspec.plots.outline import Outline, OutlineNode, Shape

if TYPE_CHECKING:
    import keras

    from kspec.commands.opening import OpenedSpec

_INPUT = "InputLayer"


def summarize(opened: OpenedSpec) -> Summary:
    """Return the summary of a spec's model.

    Raises:
        SpecError: The model cannot be built.
    """
    from kspec.engine.startup import start

    start()
    from kspec.engine.build import sketch

    with opened.placing():
        return summary_of(sketch(opened.spec, opened.folder))


def summary_of(model: keras.Model) -> Summary:
    """Return the summary of a Keras model."""
    from kspec.engine.outline import outline

    outlined = outline(model)
    parts = _parts(outlined, 0)
    layers = [part for part, _ in parts if not isinstance(part, Outline)]
    names = {node.key: node.name for node in layers}
    shapes = {node.key: " ".join(_shape(shape) for shape in node.shapes) for node in layers}
    fed: dict[str, list[str]] = {}
    for edge in outlined.edges:
        fed.setdefault(edge.head, []).append(names.get(edge.tail, edge.tail))
    rows = []
    for part, depth in parts:
        if isinstance(part, Outline):
            shape = " ".join(shapes[key] for _, key in part.outputs)
            sources = [name for key in part.inputs for name in fed.get(key, ())]
            rows.append(LayerRow(part.name, "model", shape, part.parameters, tuple(sources), depth))
        elif depth == 0 or part.kind != _INPUT:  # what feeds a nested model stands in its own line
            sources = fed.get(part.key, [])
            rows.append(LayerRow(part.name, part.kind, shapes[part.key], part.parameters, tuple(sources), depth))
    trainable = outlined.trainable_parameters
    return Summary(outlined.name, tuple(rows), trainable, outlined.parameters - trainable)


def summary_text(summary: Summary) -> str:
    """Return a summary as a text file, a line for each layer."""
    lines = [f"{summary.model}", ""]
    widths = [
        max((len(str(value)) for value in column), default=0)
        for column in zip(*map(_cells, summary.layers), strict=True)
    ]
    for row in summary.layers:
        cells = _cells(row)
        line = "  ".join(
            cell.rjust(width) if index == 3 else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        lines.append(line.rstrip())
    total = summary.trainable + summary.frozen
    return "\n".join([*lines, "", f"{total:,} parameters, {summary.trainable:,} of them trained", ""])


def _cells(row: LayerRow) -> tuple[str, ...]:
    return ("  " * row.depth + row.name, row.kind, row.shape, f"{row.parameters:,}", ", ".join(row.fed_by))


def _parts(outlined: Outline, depth: int) -> list[tuple[OutlineNode | Outline, int]]:
    """Return the layers and nested models of a model, each nested one before its own layers, with their depths."""
    found: list[tuple[OutlineNode | Outline, int]] = []
    for child in outlined.children:
        found.append((child, depth))
        if isinstance(child, Outline):
            found += _parts(child, depth + 1)
    return found


def _shape(shape: Shape) -> str:
    return " × ".join("?" if size is None else str(size) for size in shape[1:]) or "1"

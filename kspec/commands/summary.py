"""`kspec summary`: the layers of a model, with shapes and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kspec.console.result import LayerRow, Summary
from kspec.plots.outline import Outline, OutlineNode, Shape

if TYPE_CHECKING:
    import keras

    from kspec.commands.opening import OpenedSpec


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
    names = {node.key: node.name for node, _ in _nodes(outlined, 0)}
    fed: dict[str, list[str]] = {}
    for edge in outlined.edges:
        fed.setdefault(edge.head, []).append(names.get(edge.tail, edge.tail))
    rows = [
        LayerRow(
            node.name,
            node.kind,
            " ".join(_shape(shape) for shape in node.shapes),
            node.parameters,
            tuple(fed.get(node.key, ())),
            depth,
        )
        for node, depth in _nodes(outlined, 0)
    ]
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


def _nodes(outlined: Outline, depth: int) -> list[tuple[OutlineNode, int]]:
    found: list[tuple[OutlineNode, int]] = []
    for child in outlined.children:
        found += _nodes(child, depth + 1) if isinstance(child, Outline) else [(child, depth)]
    return found


def _shape(shape: Shape) -> str:
    return " × ".join("?" if size is None else str(size) for size in shape[1:]) or "1"

"""`kspec summary`: the layers of a model, with shapes and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kspec.commands.training.surroundings import warnings_shown
from kspec.console.result import LayerRow, Summary
from kspec.plots.outline import Outline, OutlineEdge, OutlineNode, Shape

if TYPE_CHECKING:
    from kspec.commands.opening import OpenedSpec

_INPUT = "InputLayer"


def summarize(opened: OpenedSpec) -> Summary:
    """Return the summary of a spec's model.

    Raises:
        SpecError: The model cannot be built.
    """
    from kspec.engine.startup import start

    start(opened.code)
    from kspec.engine.building.build import sketch
    from kspec.engine.building.outline import outline

    with opened.placing(), warnings_shown(lambda _: None):
        return summary_of(outline(sketch(opened.spec, opened.folder)))


def summary_of(outlined: Outline) -> Summary:
    """Return the summary of a model: a row for each layer, and for a nested model one above those of its layers.

    Parameters of the rows that are not nested add up to those of the model. A later use of a shared layer or model
    is numbered, has no parameters, and is not written out again.
    """
    names = dict(_names(outlined))
    fed: dict[str, list[str]] = {}
    for edge in outlined.edges:
        tail, head = _apart(edge)
        fed.setdefault(head, []).append(names.get(tail, tail))
    rows = tuple(
        LayerRow(
            names[child.key],
            child.kind,
            " ".join(_shape(shape) for shape in child.shapes),
            child.parameters,
            tuple(fed.get(child.key, ())),
            depth,
        )
        for child, depth in _shown(outlined, 0)
    )
    trainable = outlined.trainable_parameters
    return Summary(outlined.name, rows, trainable, outlined.parameters - trainable)


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


def _shown(outlined: Outline, depth: int) -> Iterator[tuple[OutlineNode | Outline, int]]:
    for child in outlined.children:
        if depth and child.kind == _INPUT:
            continue  # what feeds a nested model stands in the model's own line
        yield child, depth
        if isinstance(child, Outline) and not child.again:
            yield from _shown(child, depth + 1)


def _names(outlined: Outline) -> Iterator[tuple[str, str]]:
    """Yield the key of every layer and model with what it is called: `lstm`, and where it is used again `lstm #2`."""
    for child in outlined.children:
        use = child.key.rpartition("/")[2].removeprefix(child.name)
        yield child.key, f"{child.name} {use}".rstrip()
        if isinstance(child, Outline):
            yield from _names(child)


def _apart(edge: OutlineEdge) -> tuple[str, str]:
    """Return the keys between which an edge runs, nested models standing for the layers inside them."""
    tail, head = edge.tail.split("/"), edge.head.split("/")
    level = next(index for index, (one, other) in enumerate(zip(tail, head, strict=False)) if one != other)
    return "/".join(tail[: level + 1]), "/".join(head[: level + 1])


def _shape(shape: Shape) -> str:
    return " × ".join("?" if size is None else str(size) for size in shape[1:]) or "1"

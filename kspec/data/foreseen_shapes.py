"""Shapes of inputs, told without reading the data where its source alone says them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kspec.data.choice import named_inputs, target_fields, weight_fields
from kspec.data.row_shapes import wrong_rows
from kspec.data.sources.csv_head import csv_fields
from kspec.data.sources.errors import DataError
from kspec.spec.components import ComponentSpec
from kspec.spec.data import DataSpec, FieldSpec
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec

Row = tuple[int, ...]

_ROWS: Mapping[str, Row] = {
    "mnist": (28, 28), "fashion_mnist": (28, 28), "cifar10": (32, 32, 3), "cifar100": (32, 32, 3),
    "iris": (4,), "wine": (13,), "breast_cancer": (30,), "diabetes": (10,), "california_housing": (8,),
}  # fmt: skip
"""Shape of one row of the field `x`."""


def foresee_shapes(spec: Spec, folder: Path) -> list[Problem]:
    """Return a problem for each input whose shape is not that of the rows it will be fed, as far as that is sure.

    Args:
        spec: The spec.
        folder: Folder that relative paths start from.
    """
    data = spec.data
    source = (data.source or data.parts.get("train")) if data else None
    if data is None or source is None or data.fallback is not None:
        return []
    try:
        known = _field_shapes(source, folder)
        wanted = _wanted(spec, data, known) if known else {}
    except (DataError, SpecError):
        return []  # told of with the names of files and fields
    problems = []
    for name, field in wanted.items():
        row = _row(field, known)
        if row is not None and name in spec.graph.inputs:
            problems.append(wrong_rows(spec.graph.inputs[name], row))
    return [problem for problem in problems if problem is not None]


def _field_shapes(source: ComponentSpec, folder: Path) -> dict[str, Row]:
    """Return the shape of one row of the fields that a source is sure to give; none of one that has to be read."""
    if source.name in _ROWS:
        return {"x": _ROWS[source.name]}
    if source.name == "random":
        return {
            name: tuple(field.get("shape") or ())
            for name, field in source.arguments.items()
            if name not in source.definition.arguments and isinstance(field, dict)
        }
    fields = csv_fields(folder, **source.arguments) if source.name == "csv" else None
    return dict.fromkeys(fields or (), ())


def _wanted(spec: Spec, data: DataSpec, known: Mapping[str, Row]) -> Mapping[str, FieldSpec]:
    """Return the fields of every input."""
    if (named := named_inputs(spec, data, known)) is not None:
        return named
    (name,) = spec.graph.inputs
    if "x" in known:
        return {name: FieldSpec(("x",))}
    if spec.data is None or spec.data.source is not None:
        return {}
    targets = target_fields(spec, data, known)
    taken = {field for item in (*targets.values(), *weight_fields(data, targets).values()) for field in item.fields}
    return {name: FieldSpec(tuple(field for field in known if field not in taken))}


def _row(field: FieldSpec, known: Mapping[str, Row]) -> Row | None:
    """Return the shape of one row of what an input is fed; None where preprocessing or a cut decides."""
    shapes = [known.get(name) for name in field.fields]
    if field.preprocess or field.slice or None in shapes or not shapes:
        return None
    rows = [shape or (1,) for shape in shapes if shape is not None]
    if len(rows) == 1:
        return rows[0]
    return (sum(row[0] for row in rows),) if all(len(row) == 1 for row in rows) else None

"""Which fields become which inputs and targets, and what preprocessing learns from the training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt

from kspec.data.choice import field_path, named_inputs, target_fields, unknown_fields, weight_fields
from kspec.data.columns import check_complete, default_fields, gather, misfit
from kspec.data.field_plan import FieldPlan
from kspec.data.labels import TRUTH_LABELS, label_names
from kspec.data.plan import Plan, Side
from kspec.data.preprocess import Adapts, MakeLayer, Preprocessor, takes_missing_text
from kspec.data.rows import RowNames, named
from kspec.data.sources import Fields
from kspec.data.values import MisfitError, as_model_takes, cast, is_text
from kspec.spec.data import DataSpec, FieldSpec
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec

Array = npt.NDArray[Any]


def make_plan(
    spec: Spec,
    data: DataSpec,
    rows: Fields,
    every: Fields,
    *,
    names: RowNames | None = None,
    known_labels: tuple[str, ...] | None,
    make_layer: MakeLayer,
    adapts: Adapts,
) -> Plan:
    """Return the plan of a spec's data, learnt from its training rows.

    Args:
        spec: The spec.
        data: Its `data` section.
        rows: Training rows that will be used.
        every: All training rows, whose text labels count.
        names: What messages call `rows`.
        known_labels: Class names of the field `y` that the source knows.
        make_layer: Builds a preprocessing layer.
        adapts: Says whether a layer learns from data.

    Raises:
        SpecError: The fields are not what the spec says, or a layer refuses them.
    """
    sides = chosen_fields(spec, data, rows)
    check_fields(sides, rows, names or named("train"))
    layers: dict[str, Preprocessor] = {}
    labels: dict[str, tuple[str, ...]] = {}
    indexed: list[str] = []
    plans: dict[Side, dict[str, FieldPlan]] = {"input": {}, "target": {}}
    problems: list[Problem] = []
    for side, fields in sides.items():
        for name, wanted in fields.items():
            try:
                found, learnt = _learn(side, wanted, rows, names or named("train"), make_layer, adapts)
            except SpecError as error:
                problems += error.problems
                continue
            plans[side][name] = found
            if learnt:
                layers[f"{side}-{name}"] = learnt
            elif side == "target" and found.raw == "string":
                labels[name] = label_names(gather(every, wanted, named("train"), column=False))
                indexed.append(name)
            elif side == "target" and found.raw == "bool":
                labels[name] = TRUTH_LABELS
            elif side == "target" and known_labels and wanted.fields == ("y",):
                labels[name] = known_labels
    if problems:
        raise SpecError(problems)
    paths = {f"{side}-{name}": wanted.path for side, fields in sides.items() for name, wanted in fields.items()}
    return Plan(plans["input"], plans["target"], layers, labels, tuple(indexed), paths)


def chosen_fields(spec: Spec, data: DataSpec, fields: Fields) -> dict[Side, dict[str, FieldSpec]]:
    """Return the fields of every input and of every output's targets.

    Raises:
        SpecError: The spec does not say, and the data leaves it open.
    """
    targets = target_fields(spec, data, fields)
    taken = [name for wanted in (*targets.values(), *weight_fields(data, targets).values()) for name in wanted.fields]
    return {"input": _input_fields(spec, data, fields, taken), "target": targets}


def check_fields(sides: Mapping[Side, Mapping[str, FieldSpec]], fields: Fields, rows: RowNames) -> None:
    """Refuse rows in which fields or values are missing, naming all of them.

    Raises:
        SpecError: Something is missing.
    """
    every = [wanted for side in sides.values() for wanted in side.values()]
    problems = [problem for wanted in every for problem in unknown_fields(fields, wanted)]
    if not problems:
        for wanted in every:
            problems += check_complete(fields, wanted, rows, masked=takes_missing_text(wanted.preprocess))
    if problems:
        raise SpecError(problems)


def _learn(
    side: Side, wanted: FieldSpec, fields: Fields, rows: RowNames, make_layer: MakeLayer, adapts: Adapts
) -> tuple[FieldPlan, Preprocessor | None]:
    column = side == "input" or bool(wanted.preprocess)
    array = gather(fields, wanted, rows, column=column)
    raw = "string" if is_text(array) else array.dtype.name
    if array.dtype.kind == "f" and array.dtype.itemsize > 4 and wanted.dtype is None:
        raw = "float32"
    try:
        array = cast(array, raw)
        if wanted.preprocess:
            learnt = Preprocessor.learn(wanted.preprocess, array, make_layer, adapts)
            shape = learnt.process(array[:1], wanted.path).shape[1:]
        else:
            learnt, shape = None, array.shape[1:]
            as_model_takes(array[:1], wanted.dtype)
    except MisfitError as error:
        raise SpecError([misfit(error, wanted, rows, field_path(wanted, 0))]) from None
    masked = takes_missing_text(wanted.preprocess)
    plan = FieldPlan(wanted.fields, wanted.slice, wanted.dtype, bool(learnt), column, masked, raw, shape)
    return plan, learnt


def _input_fields(spec: Spec, data: DataSpec, fields: Fields, taken: Sequence[str]) -> dict[str, FieldSpec]:
    named = named_inputs(spec, data, fields)
    if named is not None:
        return named
    (name,) = spec.graph.inputs
    return {name: FieldSpec(_every_field(fields, taken, data), path=(*data.path, "inputs"))}


def _every_field(fields: Fields, taken: Sequence[str], data: DataSpec) -> tuple[str, ...]:
    path = (*data.path, "inputs")
    wanted = default_fields(fields, taken)
    if not wanted:
        message = "no field is left for the input"
        raise SpecError([Problem("missing-input", path, message, "add `inputs: FIELD`", at="key")])
    text = [name for name in wanted if is_text(fields[name])]
    if text and len(wanted) > 1:
        numbers = [name for name in wanted if name not in text]
        shown = " and ".join(f"`{name}`" for name in text[:3])
        message = f"the input would be every field, but {shown} {'is' if len(text) == 1 else 'are'} text"
        hint = f"name the fields: `inputs: [{', '.join(numbers)}]`" if numbers else "name the fields under `inputs`"
        raise SpecError([Problem("missing-input", path, message, hint, at="key")])
    return wanted

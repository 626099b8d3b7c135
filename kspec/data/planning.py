"""Which fields become which inputs and targets, and what preprocessing learns from the training rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy.typing as npt

from kspec.data.columns import check_finite, default_fields, gather, is_text
from kspec.data.labels import label_names
from kspec.data.plan import FieldPlan, Plan
from kspec.data.preprocess import MakeLayer, Preprocessor
from kspec.data.sources import Fields
from kspec.spec.components import ComponentSpec
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
    known_labels: tuple[str, ...] | None,
    make_layer: MakeLayer,
    adapts: Callable[[ComponentSpec], bool],
) -> Plan:
    """Return the plan of a spec's data, learnt from its training rows.

    Args:
        spec: The spec.
        data: Its `data` section.
        rows: Training rows that will be used.
        every: All training rows, whose text labels count.
        known_labels: Class names of the field `y` that the source knows.
        make_layer: Builds a preprocessing layer.
        adapts: Says whether a layer learns from data.

    Raises:
        SpecError: The fields are not what the spec says, or a layer refuses them.
    """
    targets = target_fields(spec, data, rows)
    taken = [name for wanted in (*targets.values(), *weight_fields(data, targets).values()) for name in wanted.fields]
    inputs = _input_fields(spec, data, rows, taken)
    layers: dict[str, Preprocessor] = {}
    labels: dict[str, tuple[str, ...]] = {}
    indexed: list[str] = []
    plans: dict[str, dict[str, FieldPlan]] = {"input": {}, "target": {}}
    for side, fields in (("input", inputs), ("target", targets)):
        for name, wanted in fields.items():
            array = gather(rows, wanted, column=side == "input" or bool(wanted.preprocess))
            if side == "target" and not wanted.preprocess:
                if is_text(array):
                    labels[name] = label_names(gather(every, wanted, column=False))
                    indexed.append(name)
                elif known_labels and wanted.fields == ("y",):
                    labels[name] = known_labels
            shape = array.shape[1:]
            if wanted.preprocess:
                check_finite(array, wanted, "train")
                learnt = Preprocessor.learn(wanted.preprocess, array, make_layer, adapts)
                layers[f"{side}-{name}"] = learnt
                shape = learnt(array[:1]).shape[1:]
            plans[side][name] = FieldPlan(wanted.fields, wanted.slice, wanted.dtype, bool(wanted.preprocess), shape)
    paths = {f"input-{name}": wanted.path for name, wanted in inputs.items()}
    paths |= {f"target-{name}": wanted.path for name, wanted in targets.items()}
    return Plan(plans["input"], plans["target"], layers, labels, tuple(indexed), paths)


def target_fields(spec: Spec, data: DataSpec, fields: Fields) -> dict[str, FieldSpec]:
    """Return the fields of every output's targets: those that the spec names, else `y`, else fields of the same name.

    Raises:
        SpecError: An output with a loss has no targets.
    """
    trained = [name for name in spec.graph.outputs if not spec.compile or spec.compile.loss.get(name) is not None]
    path = (*data.path, "targets")
    if isinstance(data.targets, FieldSpec):
        return dict.fromkeys(trained, data.targets)
    given = dict(data.targets or {})
    for name in trained:
        if name in given:
            continue
        if data.targets is None and len(trained) == 1 and "y" in fields:
            given[name] = FieldSpec(("y",), path=path)
        elif name in fields:
            given[name] = FieldSpec((name,), path=path)
        else:
            hint = f"add `targets: {{{name}: FIELD}}`" if len(trained) > 1 else "add `targets: FIELD` under `data`"
            raise SpecError([Problem("missing-target", path, f"the output `{name}` has no targets", hint, at="key")])
    return {name: given[name] for name in spec.graph.outputs if name in given}


def weight_fields(data: DataSpec, targets: Mapping[str, FieldSpec]) -> dict[str, FieldSpec]:
    """Return the field of every output's sample weights, for outputs that have one."""
    if data.sample_weight is None:
        return {}
    if isinstance(data.sample_weight, FieldSpec):
        return dict.fromkeys(targets, data.sample_weight)
    return dict(data.sample_weight)


def _input_fields(spec: Spec, data: DataSpec, fields: Fields, taken: Sequence[str]) -> dict[str, FieldSpec]:
    names = list(spec.graph.inputs)
    path = (*data.path, "inputs")
    if isinstance(data.inputs, FieldSpec):
        return {names[0]: data.inputs}
    if data.inputs is not None:
        return {name: data.inputs[name] for name in names}
    if len(names) == 1:
        wanted = default_fields(fields, taken)
        if not wanted:
            message = "no field is left for the input"
            raise SpecError([Problem("missing-input", path, message, "add `inputs: FIELD`", at="key")])
        text = [name for name in wanted if is_text(fields[name])]
        if text and len(wanted) > 1:
            message = f"the field `{text[0]}` is text and cannot be put beside the numbers"
            raise SpecError([Problem("missing-input", path, message, "name the fields under `inputs`", at="key")])
        return {names[0]: FieldSpec(wanted, path=path)}
    missing = [name for name in names if name not in fields]
    if missing:
        message = f"nothing says what the input `{missing[0]}` is fed"
        raise SpecError([Problem("missing-input", path, message, f"add `inputs: {{{missing[0]}: FIELD, ...}}`", at="key")])
    return {name: FieldSpec((name,), path=path) for name in names}

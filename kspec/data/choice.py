"""Which fields the outputs of a model are held against, and weighed by: what the spec says, else names that match."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from kspec.spec.data import DataSpec, FieldSpec
from kspec.spec.problems import Path, Problem, SpecError, did_you_mean
from kspec.spec.spec import Spec

_SHOWN = 12


def target_fields(spec: Spec, data: DataSpec, fields: Collection[str]) -> dict[str, FieldSpec]:
    """Return the fields of every output's targets: those that the spec names, else `y`, else fields of the same name.

    Args:
        spec: The spec.
        data: Its `data` section.
        fields: Names of the fields that the data has.

    Raises:
        SpecError: An output with a loss or metrics has no targets.
    """
    trained = [name for name in spec.graph.outputs if _needs_targets(spec, name)]
    path = (*data.path, "targets")
    if isinstance(data.targets, FieldSpec):
        return dict.fromkeys(trained, data.targets)
    given = dict(data.targets or {})
    problems = []
    for name in trained:
        if name in given:
            continue
        if data.targets is None and len(trained) == 1 and "y" in fields:
            given[name] = FieldSpec(("y",), path=path)
        elif name in fields:
            given[name] = FieldSpec((name,), path=path)
        else:
            hint = f"add `targets: {{{name}: FIELD}}`" if len(trained) > 1 else "add `targets: FIELD` under `data`"
            message = f"the output `{name}` has no targets"
            problems.append(Problem("missing-target", path, message, hint, at="key"))
    if problems:
        raise SpecError(problems)
    return {name: given[name] for name in spec.graph.outputs if name in given}


def weight_fields(data: DataSpec, outputs: Mapping[str, Any]) -> dict[str, FieldSpec]:
    """Return the field of every output's sample weights, for outputs that have one."""
    if data.sample_weight is None:
        return {}
    if isinstance(data.sample_weight, FieldSpec):
        return dict.fromkeys(outputs, data.sample_weight)
    return dict(data.sample_weight)


def named_inputs(spec: Spec, data: DataSpec, fields: Collection[str]) -> dict[str, FieldSpec] | None:
    """Return the fields of every input that the spec or the names settle; None where the one input takes what is left.

    Args:
        spec: The spec.
        data: Its `data` section.
        fields: Names of the fields that the data has.

    Raises:
        SpecError: Nothing says what one of several inputs is fed.
    """
    names = list(spec.graph.inputs)
    path = (*data.path, "inputs")
    if isinstance(data.inputs, FieldSpec):
        return {names[0]: data.inputs}
    if data.inputs is not None:
        return {name: data.inputs[name] for name in names}
    if len(names) == 1:
        return None
    problems = []
    for name in names:
        if name not in fields:
            message = f"nothing says what the input `{name}` is fed"
            problems.append(Problem("missing-input", path, message, f"add `inputs: {{{name}: FIELD}}`", at="key"))
    if problems:
        raise SpecError(problems)
    return {name: FieldSpec((name,), path=path) for name in names}


def unknown_fields(fields: Collection[str], wanted: FieldSpec) -> list[Problem]:
    """Return a problem for each field of a field spec that the data does not have."""
    return [
        unknown_field(fields, name, field_path(wanted, index))
        for index, name in enumerate(wanted.fields)
        if name not in fields
    ]


def unknown_field(fields: Iterable[str], name: str, path: Path) -> Problem:
    """Return the problem of a field that the data does not have."""
    names = list(fields)
    shown = ", ".join(f"`{known}`" for known in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    hint = did_you_mean(name, names) or f"there are {shown}"
    return Problem("unknown-field", path, f"the data has no field `{name}`", hint)


def field_path(wanted: FieldSpec, index: int) -> Path:
    """Return the place of one field's name."""
    return (*wanted.path, "field") if len(wanted.fields) == 1 else (*wanted.path, "field", index)


def _needs_targets(spec: Spec, output: str) -> bool:
    found = spec.compile
    if found is None:
        return True
    return found.loss.get(output) is not None or bool(found.metrics.get(output) or found.weighted_metrics.get(output))

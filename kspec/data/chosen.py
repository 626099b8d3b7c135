"""Which fields are inputs and which are targets, as a spec and the rows say together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kspec.data.choice import named_inputs, target_fields, weight_fields
from kspec.data.columns import default_fields
from kspec.data.sources import Fields, Stream
from kspec.data.values import is_text
from kspec.spec.data import DataSpec, FieldSpec
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec

if TYPE_CHECKING:
    from kspec.data.plan import Side


def head_of(rows: Fields | Stream) -> Fields:
    """Return rows that show which fields there are, and of which types."""
    return rows.head if isinstance(rows, Stream) else rows


def chosen_fields(spec: Spec, data: DataSpec, fields: Fields) -> dict[Side, dict[str, FieldSpec]]:
    """Return the fields of every input and of every output's targets.

    Args:
        spec: The spec.
        data: Its `data` section.
        fields: The training rows, or the first of them.

    Raises:
        SpecError: The spec does not say, and the data leaves it open.
    """
    targets = target_fields(spec, data, fields)
    taken = [name for wanted in (*targets.values(), *weight_fields(data, targets).values()) for name in wanted.fields]
    return {"input": _input_fields(spec, data, fields, taken), "target": targets}


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

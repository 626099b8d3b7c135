"""Fields put together to one array: columns side by side, sliced, in their type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.choice import field_path, unknown_fields
from kspec.data.filling import filled
from kspec.data.rows import RowNames
from kspec.data.sources import Fields
from kspec.data.values import MisfitError, cast, is_text, texts
from kspec.spec.data import FieldSpec
from kspec.spec.problems import Path, Problem, SpecError

Array = npt.NDArray[Any]


def gather(fields: Fields, wanted: FieldSpec, rows: RowNames, *, column: bool) -> Array:
    """Return the array that a field spec asks for.

    Args:
        fields: The rows.
        wanted: Which fields, and what is cut from them.
        rows: What messages call the rows.
        column: Whether a field with one value a row becomes a column, of shape `(rows, 1)`.

    Returns:
        Array of shape `(rows, ...)`; several fields stand side by side along axis 1.

    Raises:
        SpecError: A field does not exist, or the fields do not go together.
    """
    if missing := unknown_fields(fields, wanted):
        raise SpecError(missing)
    arrays = [filled(fields[name], name, index, wanted) for index, name in enumerate(wanted.fields)]
    array = _side_by_side(arrays, wanted) if len(arrays) > 1 else arrays[0]
    if wanted.slice is not None:
        array = _cut(array, wanted)
    if is_text(array) and array.dtype != object:
        array = texts(array)
    if wanted.dtype is not None:
        try:
            array = cast(array, wanted.dtype)
        except MisfitError as error:
            hint = f"`dtype: {wanted.dtype}` would change it"
            raise SpecError([misfit(error, wanted, rows, (*wanted.path, "dtype"), hint)]) from None
    return array[:, np.newaxis] if column and array.ndim == 1 else array


def misfit(error: MisfitError, wanted: FieldSpec, rows: RowNames, path: Path, hint: str | None = None) -> Problem:
    """Return the problem of a value that does not fit."""
    shown = ", ".join(f"`{name}`" for name in wanted.fields)
    return Problem("bad-value", path, f"{shown} {error.reason}, in {rows.row(error.row)}", hint)


def default_fields(fields: Fields, taken: Sequence[str]) -> tuple[str, ...]:
    """Return what a single input is fed if the spec does not say: the field `x`, else every field not yet taken."""
    if "x" in fields:
        return ("x",)
    return tuple(name for name in fields.primary if name not in taken)


def _side_by_side(arrays: Sequence[Array], wanted: FieldSpec) -> Array:
    columns = [array[:, np.newaxis] if array.ndim == 1 else array for array in arrays]
    if wanted.dtype == "string":
        columns = [texts(array) for array in columns]
    text = [index for index, array in enumerate(columns) if is_text(array)]
    if text and len(text) < len(columns):
        message = f"`{wanted.fields[text[0]]}` is text and cannot stand beside numbers"
        hint = "give it an input of its own, with `preprocess: [{StringLookup: {output_mode: one_hot}}]`"
        raise SpecError([Problem("bad-field", field_path(wanted, text[0]), message, hint)])
    if len({array.shape[2:] for array in columns}) > 1:
        shapes = ", ".join(f"`{name}` {array.shape[1:]}" for name, array in zip(wanted.fields, arrays, strict=True))
        message = f"fields of different shapes cannot stand side by side: {shapes}"
        raise SpecError([Problem("bad-field", wanted.path, message)])
    return np.concatenate(columns, axis=1)


def _cut(array: Array, wanted: FieldSpec) -> Array:
    path = (*wanted.path, "slice")
    if array.ndim < 2:
        message = f"the field `{wanted.fields[0]}` has one value a row, there is nothing to cut"
        raise SpecError([Problem("bad-field", path, message)])
    cut = array[:, slice(*(wanted.slice or (None, None)))]
    if not cut.shape[1]:
        message = f"nothing is left of `{wanted.fields[0]}`, which has {array.shape[1]} values along that axis"
        raise SpecError([Problem("bad-field", path, message)])
    return cut

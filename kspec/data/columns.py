"""Fields put together to one array: columns side by side, sliced, in their type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.sources import Fields
from kspec.spec.data import FieldSpec
from kspec.spec.problems import Problem, SpecError, did_you_mean

Array = npt.NDArray[Any]


def is_text(array: Array) -> bool:
    """Say whether an array holds text."""
    return array.dtype == object or array.dtype.kind in "US"


def gather(fields: Fields, wanted: FieldSpec, *, column: bool) -> Array:
    """Return the array that a field spec asks for.

    Args:
        fields: The rows.
        wanted: Which fields, and what is cut from them.
        column: Whether a field with one value a row becomes a column, of shape `(rows, 1)`.

    Returns:
        Array of shape `(rows, ...)`; several fields stand side by side along axis 1.

    Raises:
        SpecError: A field does not exist, or the fields do not go together.
    """
    arrays = [_field(fields, name, wanted, index) for index, name in enumerate(wanted.fields)]
    if len(arrays) > 1:
        array = _side_by_side(arrays, wanted)
    else:
        array = arrays[0][:, np.newaxis] if column and arrays[0].ndim == 1 else arrays[0]
    if wanted.slice is not None:
        if array.ndim < 2:
            message = f"the field `{wanted.fields[0]}` has one value a row, there is nothing to cut"
            raise SpecError([Problem("bad-field", (*wanted.path, "slice"), message)])
        array = array[:, slice(*wanted.slice)]
    if wanted.dtype is not None:
        array = _cast(array, wanted)
    return array


def default_fields(fields: Fields, taken: Sequence[str]) -> tuple[str, ...]:
    """Return what a single input is fed if the spec does not say: the field `x`, else every field not yet taken."""
    if "x" in fields:
        return ("x",)
    return tuple(name for name in fields.primary if name not in taken)


def unknown_field(fields: Fields, name: str, wanted: FieldSpec, index: int = 0) -> Problem:
    """Return the problem of a field that the data does not have."""
    where = wanted.path
    names = list(fields)
    shown = ", ".join(f"`{known}`" for known in names[:12]) + (", …" if len(names) > 12 else "")
    hint = did_you_mean(name, names) or f"there are {shown}"
    path = (*where, "field") if len(wanted.fields) == 1 else (*where, "field", index)
    return Problem("unknown-field", path, f"the data has no field `{name}`", hint)


def _field(fields: Fields, name: str, wanted: FieldSpec, index: int) -> Array:
    if name not in fields:
        raise SpecError([unknown_field(fields, name, wanted, index)])
    return fields[name]


def _side_by_side(arrays: Sequence[Array], wanted: FieldSpec) -> Array:
    columns = [array[:, np.newaxis] if array.ndim == 1 else array for array in arrays]
    texts = [name for name, array in zip(wanted.fields, columns, strict=True) if is_text(array)]
    if texts and len(texts) < len(columns):
        message = f"`{texts[0]}` is text and cannot stand beside numbers"
        hint = "give it an input of its own, with `preprocess: [{StringLookup: {output_mode: one_hot}}]`"
        raise SpecError([Problem("bad-field", wanted.path, message, hint)])
    shapes = {array.shape[2:] for array in columns}
    if len(shapes) > 1 or any(array.ndim < 2 for array in columns):
        raise SpecError([Problem("bad-field", wanted.path, "these fields have different shapes and cannot stand side by side")])
    return np.concatenate(columns, axis=1)


def _cast(array: Array, wanted: FieldSpec) -> Array:
    if wanted.dtype == "string":
        return np.array([[str(item) for item in row] for row in array.reshape(len(array), -1)], dtype=object).reshape(array.shape)
    try:
        with np.errstate(invalid="raise"):
            return array.astype("float32" if wanted.dtype == "bfloat16" else wanted.dtype)
    except (ValueError, TypeError, FloatingPointError) as error:
        message = f"`{wanted.fields[0]}` cannot become `{wanted.dtype}`: {error}"
        raise SpecError([Problem("bad-field", (*wanted.path, "dtype"), message)]) from None


def check_finite(array: Array, wanted: FieldSpec, part: str) -> None:
    """Refuse numbers that are missing or infinite: one such value ruins a model, with a loss that looks fine.

    Raises:
        SpecError: There is one; it is named by field and row.
    """
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return
    bad = np.argwhere(~np.isfinite(array))
    rows = np.unique(bad[:, 0])
    first = bad[0]
    name = wanted.fields[min(int(first[1]), len(wanted.fields) - 1)] if len(wanted.fields) > 1 and len(first) > 1 else wanted.fields[0]
    value = array[tuple(first)]
    what = "is missing (NaN)" if np.isnan(value) else "is infinite"
    more = f", and {len(rows) - 1} more rows are like it" if len(rows) > 1 else ""
    message = f"in the {part} data, `{name}` of row {int(first[0]) + 1} {what}{more}"
    raise SpecError([Problem("not-finite", wanted.path, message, "leave such rows out of the data, or fill them in")])

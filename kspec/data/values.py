"""The values of a field: whether any is missing, and which types hold them without loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.aligned import aligned_as

Array = npt.NDArray[Any]
_TRUTH = {"true": True, "false": False}


class MisfitError(ValueError):
    """A value does not fit a type.

    Attributes:
        row: Its row, counted from 0.
        reason: What is wrong with it, to follow the field's name: "is `abc`, which is no number".
    """

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(reason)
        self.row = row
        self.reason = reason


def is_text(array: Array) -> bool:
    """Say whether an array holds text."""
    return array.dtype.kind in "OUS"


def is_missing(value: Any) -> bool:
    """Say whether one value stands for none."""
    return value is None or (isinstance(value, float) and value != value)


def gaps(array: Array) -> npt.NDArray[np.bool_] | None:
    """Return which values are missing or infinite, or None if all are there."""
    if array.dtype == object:
        if _kinds(array) <= {str}:
            return None
        found = np.fromiter((is_missing(value) for value in array.ravel()), bool, array.size).reshape(array.shape)
        return found if found.any() else None
    if array.dtype.kind not in "fc":
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        # A sum is finite only if all its terms are; it spares an array of truth values as long as the data.
        if np.isfinite(array.sum(dtype=np.complex128 if array.dtype.kind == "c" else np.float64)):
            return None
    wrong = ~np.isfinite(array)
    return wrong if wrong.any() else None


def _kinds(array: Array) -> set[type]:
    """Return the types of the objects in an array. Most text is all `str`, and need not be looked at one by one."""
    return set(map(type, array.ravel().tolist()))


def texts(array: Array) -> Array:
    """Return values as text: an object array of `str`, with None where a value is missing."""
    if array.dtype == object and _kinds(array) <= {str, type(None)}:
        return array
    flat = array.ravel().tolist()
    done = np.empty(len(flat), dtype=object)
    done[:] = [None if is_missing(value) else _text(value) for value in flat]
    return done.reshape(array.shape)


def cast(array: Array, dtype: str) -> Array:
    """Return values in a type that holds every one of them.

    Args:
        array: Values of shape `(rows, ...)`, none missing unless they are or become text.
        dtype: Name of a NumPy type, `string`, or `bfloat16`, which NumPy lacks and float32 stands for.

    Raises:
        MisfitError: A value would change: a fraction made whole, a number out of range, text that is no number.
    """
    if dtype == "string":
        return texts(array)
    wanted = np.dtype("float32" if dtype == "bfloat16" else dtype)
    if array.dtype == wanted:
        return array
    if is_text(array):
        array = _numbers(texts(array), wanted)
    if wanted.kind in "iu":
        _check_whole(array, wanted)
    elif wanted.kind == "b":
        _refuse(array, (array != 0) & (array != 1), "neither 0 nor 1")
    with np.errstate(over="ignore"):
        done = aligned_as(array, wanted)
    if wanted.kind == "f" and array.dtype.kind in "iuf" and gaps(done) is not None:
        _refuse(array, ~np.isfinite(done) & np.isfinite(array), f"too large for {wanted}")
    return done


def as_model_takes(array: Array, dtype: str | None = None) -> Array:
    """Return values in a type that TensorFlow takes: text as `str` objects, wide floats and bools as float32.

    Args:
        array: Values of shape `(rows, ...)`.
        dtype: The type that was asked for, which stays as it is.

    Raises:
        MisfitError: A number is too large for float32, or the values are neither numbers nor text.
    """
    if is_text(array):
        flat = array.ravel()
        if array.dtype == object and _kinds(array) <= {str}:
            return array
        done = np.empty(len(flat), dtype=object)
        done[:] = ["" if item is None else _text(item) for item in flat.tolist()]
        return done.reshape(array.shape)
    kind = array.dtype.kind
    if kind not in "biuf":
        raise MisfitError(0, f"has the type {array.dtype}, which no model takes")
    if dtype is None and kind == "b":
        return array.astype(np.float32)
    if kind == "f" and array.dtype.itemsize > 4 and dtype != "float64":
        return cast(array, "float32")
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _numbers(array: Array, wanted: np.dtype[Any]) -> Array:
    """Return the numbers that texts write, as wide as they need to be."""
    flat = array.ravel().tolist()
    width = max(1, array.size // max(1, len(array)))
    done: list[Any] = []
    for place, text in enumerate(flat):
        try:
            done.append(_TRUTH[text.strip().lower()] if wanted.kind == "b" else _number(text, wanted))
        except (ValueError, KeyError, AttributeError):
            shown = "missing" if text is None else f"`{text}`"
            kind = "neither `true` nor `false`" if wanted.kind == "b" else "no number"
            raise MisfitError(place // width, f"is {shown}, which is {kind}") from None
    return np.array(done, dtype=None if done else wanted).reshape(array.shape)


def _number(text: str, wanted: np.dtype[Any]) -> int | float:
    try:
        return int(text) if wanted.kind in "iu" else float(text)
    except ValueError:
        return float(text)


def _check_whole(array: Array, wanted: np.dtype[Any]) -> None:
    if array.dtype.kind == "f":
        _refuse(array, array != np.floor(array), "no whole number")
    limits = np.iinfo(wanted)
    if array.size and (array.min() < limits.min or array.max() > limits.max):
        outside = f"outside {limits.min} to {limits.max}, the range of {wanted}"
        _refuse(array, (array < limits.min) | (array > limits.max), outside)


def _refuse(array: Array, wrong: Array, reason: str) -> None:
    if wrong.any():
        first = np.argwhere(wrong)[0]
        raise MisfitError(int(first[0]), f"is {array[tuple(first)]}, which is {reason}")

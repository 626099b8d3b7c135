"""The rows that windows are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields
from kspec.data.sources.stream import Stream
from kspec.data.sources.windows_settings import check_field
from kspec.data.values import MisfitError, cast, gaps, is_text


@dataclass(frozen=True, slots=True)
class Base:
    """Rows that windows are made of, those of one series side by side.

    Args:
        x: What windows hold, of shape `(rows, columns)`.
        y: What comes after them, of shape `(rows, targets)`, or `(rows,)` for one; None if nothing is to be told.
        group: The series of each row, of shape `(rows,)`, or None where there is only one.
        starts: First row of each series.
    """

    x: Array
    y: Array | None
    group: Array | None
    starts: npt.NDArray[np.intp]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.x)

    def with_one_target(self) -> Base:
        """Return the rows with a target that is a number and not a list of one."""
        return self if self.y is None or self.y.shape[1:] != (1,) else replace(self, y=self.y[:, 0])


def read_base(
    found: Fields | Stream,
    *,
    columns: Sequence[str] | None,
    target: Sequence[str],
    group: str | None,
    rows: slice,
) -> Base:
    """Return the rows of a source as windows need them. Only the fields that they need are held in memory.

    Raises:
        DataError: There is no such field, it does not suit, or a value is missing.
    """
    head = found.head if isinstance(found, Stream) else found
    if columns is None:
        columns = [name for name in head.primary if name != group and _serves(head[name])]
        if not columns:
            raise DataError("the source has no field of numbers", hint="name the `columns`", argument="source")
    for argument, names in (("columns", columns), ("target", target), ("group", [] if group is None else [group])):
        _check_names(head, names, argument)
    wanted = dict.fromkeys([*columns, *target, *([] if group is None else [group])])
    whole = found.load(list(wanted)) if isinstance(found, Stream) else found
    used = whole.take(rows)
    for name in wanted:
        _check_whole(used[name], name, first=rows.start)
    x = _side_by_side([used[name] for name in columns])
    if x.dtype.kind == "f":
        try:
            x = cast(x, "float32")
        except MisfitError as error:
            message = f"a value of the `columns` {error.reason}, in row {rows.start + error.row + 1:,} of the source"
            raise DataError(message, argument="columns") from None
    y = _side_by_side([used[name] for name in target]) if target else None
    if group is None:
        return Base(x, y, None, np.zeros(1, dtype=np.intp))
    return _grouped(x, y, used[group])


def _grouped(x: Array, y: Array | None, series: Array) -> Base:
    known = np.array([str(value) for value in series]) if series.dtype == object else series
    _, index = np.unique(known, return_inverse=True)
    order = np.argsort(index, kind="stable")
    starts = np.flatnonzero(np.diff(index[order], prepend=-1))
    if (np.diff(order) == 1).all():
        return Base(x, y, series, starts)
    return Base(x[order], None if y is None else y[order], series[order], starts)


def _check_names(head: Fields, names: Sequence[str], argument: str) -> None:
    if not names and argument == "columns":
        raise DataError("no field is named", argument=argument)
    for name in names:
        check_field(name, head, argument)
        array = head[name]
        if argument == "columns" and not _serves(array):
            what = "is text" if is_text(array) else f"has the shape {array.shape[1:]} in each row"
            message = f"`{name}` {what}, and a window holds numbers side by side"
            raise DataError(message, hint="leave it out of `columns`", argument=argument)
        if argument != "columns" and array.ndim > (1 if argument == "group" else 2):
            raise DataError(f"`{name}` has the shape {array.shape[1:]} in each row", argument=argument)


def _serves(array: Array) -> bool:
    """Say whether the values of a field can stand in a window."""
    return array.dtype.kind in "biuf" and array.ndim <= 2


def _side_by_side(arrays: Sequence[Array]) -> Array:
    done: Array = np.concatenate([array.reshape(len(array), -1) for array in arrays], axis=1)
    return done


def _check_whole(array: Array, name: str, *, first: int) -> None:
    wrong = gaps(array)
    if wrong is None:
        return
    hit = np.flatnonzero(wrong.reshape(len(array), -1).any(axis=1))
    more = f" and {len(hit) - 1:,} more" if len(hit) > 1 else ""
    raise DataError(
        f"`{name}` is missing or infinite in row {first + int(hit[0]) + 1:,}{more} of the source",
        hint="fill it in: were the row left out, the steps after it would come too early",
        argument="source",
    )

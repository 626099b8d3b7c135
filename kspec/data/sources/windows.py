"""Windows over the rows of another source: neighbouring steps of time series, and what comes after them."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields
from kspec.data.sources.loaded import Loaded, SourceContext
from kspec.data.sources.stream import Shard, Stream, hold, memory_of, rows_of_a_piece
from kspec.data.sources.windows_base import Base, read_base
from kspec.data.sources.windows_settings import checked_ahead, checked_count, chosen_rows, names_list

Rows = npt.NDArray[np.intp]


def windows(
    context: SourceContext,
    *,
    source: Loaded,
    length: int,
    rate: int = 1,
    stride: int = 1,
    ahead: int | Sequence[int] = 1,
    target: str | Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    group: str | None = None,
    rows: Sequence[int | float] | None = None,
) -> Loaded:
    """Windows over the rows of another source, which stand in the order of time, and what comes after each.

    A window has `length` steps, `rate` rows apart; the next one begins `stride` rows later. These are the
    `sequence_length`, `sampling_rate` and `sequence_stride` of `keras.utils.timeseries_dataset_from_array`. The target
    is taken `ahead` steps, of `rate` rows each, after the last step: it never is inside the window.

    Args:
        source: Any other source. Its test part gives test windows.
        length: Positive integer. Steps in a window.
        rate: Positive integer. Rows from one step to the next.
        stride: Positive integer. Rows from the beginning of one window to that of the next.
        ahead: Positive integer. Steps from the last one of the window to the target; a list of such gives as many
            targets.
        target: String, or list of strings. Fields of the source that are to be told in advance; without it there is no
            `y`.
        columns: List of strings. Fields of the source that the windows hold, all that are numbers if left out.
        group: String. Field that tells several series apart: no window reaches from one into another.
        rows: List of two numbers. The rows of the source to use, from and to, as shares such as `[0.0, 0.8]` or as row
            numbers counted from 0; all if left out. The test part is not cut.

    Returns:
        `x`: float32 of shape `(rows, length, columns)`, integers if all columns are. `y`: what `target` names, of
        shape `(rows,)`, with an axis more for a list in `ahead`, and one more for several targets. The field that
        `group` names.

    Raises:
        DataError: If a setting does not fit the rows, or a value is missing.
    """
    for name, number in (("length", length), ("rate", rate), ("stride", stride)):
        checked_count(name, number)
    steps = checked_ahead(ahead)
    reach = (length - 1 + (int(np.max(steps)) if target is not None else 0)) * rate
    wanted = _Wanted(length, rate, stride, steps, reach)

    def part(found: Fields | Stream, cut: Sequence[int | float] | None) -> Fields | Stream:
        used = chosen_rows(cut, found.rows)
        base = read_base(found, columns=columns, target=names_list(target), group=group, rows=used)
        if isinstance(target, str) and base.y is not None:
            base = base.with_one_target()
        held = hold(_stream(base, wanted, group), context.memory)
        return held.head(context.limit) if isinstance(held, Fields) else held

    return Loaded(
        train=part(source.train, rows),
        test=None if source.test is None else part(source.test, None),
        origin=f"windows of {length:,} steps over {source.origin}",
        fingerprint=source.fingerprint,
        paths=source.paths,
        labels=source.labels if target == "y" else None,
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which rows make a window.

    Args:
        length: Steps in it.
        rate: Rows from one step to the next.
        stride: Rows from one window to the next.
        ahead: Steps from its last one to the target, of shape `()` or `(targets,)`.
        reach: Rows from its first one to the last that it needs.
    """

    length: int
    rate: int
    stride: int
    ahead: Rows
    reach: int


def _stream(base: Base, wanted: _Wanted, group: str | None) -> Stream:
    """Return the windows over some rows as a stream.

    Raises:
        DataError: Not one window fits into the rows.
    """
    ends = np.append(base.starts[1:], base.rows)
    sizes = ends - base.starts
    begin = [np.arange(start, end - wanted.reach, wanted.stride) for start, end in zip(base.starts, ends, strict=True)]
    starts = np.concatenate(begin).astype(np.intp)
    if not len(starts):
        there = f"there are {base.rows:,}" if len(sizes) == 1 else f"the longest group has {sizes.max():,}"
        message = f"no window fits: with what is ahead of it, one takes {wanted.reach + 1:,} rows, and {there}"
        raise DataError(message, hint="make `length`, `rate` or `ahead` smaller", argument="length")
    head = _windows(base, wanted, group, starts[:1], None)
    piece = rows_of_a_piece(memory_of(head))
    shards = [
        Shard(len(some), functools.partial(_pieces, base, wanted, group, some))
        for some in (starts[first : first + piece] for first in range(0, len(starts), piece))
    ]
    return Stream(shards, head=head, size=memory_of(head) * len(starts))


def _pieces(
    base: Base, wanted: _Wanted, group: str | None, starts: Rows, names: Collection[str] | None
) -> Iterator[Fields]:
    yield _windows(base, wanted, group, starts, names)


def _windows(base: Base, wanted: _Wanted, group: str | None, starts: Rows, names: Collection[str] | None) -> Fields:
    fields: dict[str, Array] = {}
    if names is None or "x" in names or not names:
        fields["x"] = base.x[starts[:, np.newaxis] + np.arange(wanted.length) * wanted.rate]
    if base.y is not None and (names is None or "y" in names):
        last = starts + (wanted.length - 1) * wanted.rate
        fields["y"] = base.y[np.add.outer(last, wanted.ahead * wanted.rate)]
    if base.group is not None and group is not None and (names is None or group in names):
        fields.setdefault(group, base.group[starts])
    return Fields(fields, primary=[name for name in ("x", "y") if name in fields])

"""Arrays in NumPy's own files that stay on the disk until their rows are wanted."""

from __future__ import annotations

import contextlib
import functools
import math
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kspec.data.sources.archive import NOT_WHOLE, Header, plain_text, refusal
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields
from kspec.data.sources.stream import Shard, Stream, memory_of, rows_of_a_piece


def fits(arrays: Sequence[Header | Array], memory: int | None) -> bool:
    """Say whether arrays may be held in memory: they take no more than `memory` bytes, or have no rows to stream."""
    needed = sum(math.prod(array.shape) * array.dtype.itemsize for array in arrays)
    return memory is None or needed <= memory or any(0 in array.shape[:1] or not array.shape for array in arrays)


def mapped(file: Path, header: Header) -> Array:
    """Return an array of an archive that is not packed, as it lies on the disk."""
    order: Any = "F" if header.by_columns else "C"
    return np.memmap(file, header.dtype, "r", offset=header.place or 0, shape=header.shape, order=order)


def stream_of_arrays(arrays: Mapping[str, Array]) -> Stream:
    """Return arrays that lie on the disk as a stream.

    Raises:
        DataError: If they differ in their number of rows.
    """
    whole = Fields(arrays)
    head = _slice(arrays, 0, 1)
    rows = rows_of_a_piece(memory_of(head))
    shards = [
        Shard(min(rows, whole.rows - start), functools.partial(_slices, arrays, start, start + rows))
        for start in range(0, whole.rows, rows)
    ]
    return Stream(shards, head=head, size=memory_of(head) * whole.rows)


def stream_of_archive(file: Path, headers: Mapping[str, Header], names: Mapping[str, str]) -> Stream:
    """Return arrays of a packed archive as a stream, which can only be read from its beginning.

    Args:
        file: The archive.
        headers: What the archive says of the arrays, by field.
        names: Names of the arrays in the archive, by field.

    Raises:
        DataError: If an array cannot be read row by row, or the arrays differ in their number of rows.
    """
    for field, header in headers.items():
        if header.by_columns and len(header.shape) > 1:
            raise DataError(
                f"array `{names[field]}` of `{file}` is packed column by column, and too large to be unpacked at once",
                hint="save it with `numpy.ascontiguousarray`, or allow more memory",
                argument="path",
            )
    rows = {names[field]: header.shape[0] for field, header in headers.items()}
    if len(set(rows.values())) > 1:
        found = ", ".join(f"`{name}` has {count:,}" for name, count in rows.items())
        raise DataError(f"`{file}`: the fields differ in their number of rows: {found}", argument="path")
    count = next(iter(rows.values()))
    head = next(_unpacked(file, headers, names, 1, None))
    shard = Shard(count, functools.partial(_unpacked, file, headers, names, rows_of_a_piece(memory_of(head))))
    return Stream([shard], head=head, size=memory_of(head) * count)


def _slices(arrays: Mapping[str, Array], start: int, stop: int, names: Collection[str] | None) -> Iterator[Fields]:
    chosen = {name: array for name, array in arrays.items() if names is None or name in names}
    yield _slice(chosen or arrays, start, stop)


def _slice(arrays: Mapping[str, Array], start: int, stop: int) -> Fields:
    return Fields({name: plain_text(np.array(array[start:stop])) for name, array in arrays.items()})


def _unpacked(
    file: Path, headers: Mapping[str, Header], arrays: Mapping[str, str], rows: int, names: Collection[str] | None
) -> Iterator[Fields]:
    """Yield the rows of a packed archive, so many at a time."""
    chosen = {field: header for field, header in headers.items() if names is None or field in names} or headers
    try:
        with zipfile.ZipFile(file) as archive, contextlib.ExitStack() as opened:
            members = {field: opened.enter_context(archive.open(f"{arrays[field]}.npy")) for field in chosen}
            for member in members.values():
                version = np.lib.format.read_magic(member)
                known = version == (1, 0)
                (np.lib.format.read_array_header_1_0 if known else np.lib.format.read_array_header_2_0)(member)
            left = next(iter(chosen.values())).shape[0]
            while left:
                count = min(rows, left)
                yield Fields({field: _next(member, chosen[field], count) for field, member in members.items()})
                left -= count
    except NOT_WHOLE as error:
        raise refusal(file, error, "path") from error


def _next(member: Any, header: Header, rows: int) -> Array:
    shape = (rows, *header.shape[1:])
    data = member.read(math.prod(shape) * header.dtype.itemsize)
    return plain_text(np.frombuffer(data, header.dtype).reshape(shape))

"""What an HDF5 file of weights holds, told by its headers; refused where reading it would do more than read it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np

from kspec.data.memory import readable

_BFLOAT16, _AS_VOID = "bfloat16", "void16"
_NUMBERS = "biufc"
_KNOWN_FILTERS = {1, 2, 3, 4, 5, 6, 32000}
"""Those that come with HDF5 and h5py; any other would be a library that the file names and HDF5 loads."""

_SMALL = 1 << 20
_PACKED = 100
"""How many bytes a packed one may stand for in an array of more than a mebibyte: more than any real weights take."""

_REASON = "weights never need it, and it can make a program read other files than the one that it was given"


class UnsafeFileError(Exception):
    """A file is damaged, or holds what could harm whoever reads it.

    Args:
        message: What is wrong with it.
        hint: How to mend it.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class SavedArray:
    """What a file says of an array.

    Args:
        shape: Its shape.
        kind: What its values are, as `numpy.dtype.kind` says it; `f` for bfloat16.
        dtype: Name of their type.
    """

    shape: tuple[int, ...]
    kind: str
    dtype: str

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)


def read_shapes(archive: h5py.File, *, size: int) -> Mapping[str, SavedArray]:
    """Return the arrays of a file by their places, such as `layers/dense/vars/0`, reading none of them.

    Args:
        archive: The file.
        size: Its bytes.

    Raises:
        UnsafeFileError: It leads to other files, declares more than it holds, holds other things than numbers, or is
            damaged.
    """
    try:
        return {place: _checked(item, place, size) for place, item in _datasets(archive)}
    except UnsafeFileError:
        raise
    except Exception as error:  # h5py raises whatever comes to it where a file is damaged
        raise UnsafeFileError(f"it is damaged: {str(error) or type(error).__name__}") from error


def _datasets(archive: h5py.File) -> Iterator[tuple[str, h5py.Dataset]]:
    """Yield all arrays with their places. A group that is met again, as its own child say, is not entered again."""
    waiting: list[tuple[str, h5py.Group]] = [("", archive)]
    met: set[Any] = set()
    while waiting:
        place, group = waiting.pop()
        address = h5py.h5o.get_info(group.id).addr
        if address in met:
            continue
        met.add(address)
        for name in group:
            inside = f"{place}/{name}" if place else str(name)
            _check_link(group.get(name, getlink=True), inside)
            item = group[name]
            if isinstance(item, h5py.Group):
                waiting.append((inside, item))
            elif isinstance(item, h5py.Dataset):
                yield inside, item


def _check_link(link: Any, place: str) -> None:
    if isinstance(link, h5py.ExternalLink):
        raise UnsafeFileError(f"`{place}` is a link to another file, `{link.filename}`", _REASON)
    if isinstance(link, h5py.SoftLink):
        raise UnsafeFileError(f"`{place}` is a link to `{link.path}`", _REASON)


def _checked(item: h5py.Dataset, place: str, size: int) -> SavedArray:
    if item.external:
        raise UnsafeFileError(f"the values of `{place}` lie in another file, `{item.external[0][0]}`", _REASON)
    if item.is_virtual:
        raise UnsafeFileError(f"`{place}` is put together from other files", _REASON)
    kind, dtype = item.dtype.kind, item.dtype.name
    if item.attrs.get("dtype") == _BFLOAT16 or dtype in (_BFLOAT16, _AS_VOID):
        kind, dtype = "f", _BFLOAT16
    if kind not in _NUMBERS or item.shape is None:
        raise UnsafeFileError(f"`{place}` holds {_told(item)}, not numbers", "keep only weights in the file")
    declared, stored = math.prod(item.shape) * item.dtype.itemsize, item.id.get_storage_size()
    settings = item.id.get_create_plist()
    packed = settings.get_nfilters()
    if foreign := {settings.get_filter(number)[0] for number in range(packed)} - _KNOWN_FILTERS:
        raise UnsafeFileError(f"`{place}` is packed in a way of its own (filter {min(foreign)})", "save it unpacked")
    if stored > size or declared > (max(_SMALL, _PACKED * stored) if packed else stored):
        shape = " x ".join(str(length) for length in item.shape)
        message = f"`{place}` is declared as {shape} {dtype}, {readable(declared)}, and the file holds "
        raise UnsafeFileError(message + f"{readable(min(stored, size))} of it", "save the weights again")
    return SavedArray(tuple(item.shape), kind, dtype)


def _told(item: h5py.Dataset) -> str:
    if item.dtype.hasobject:
        return "texts or references"
    return "nothing" if item.shape is None else np.dtype(item.dtype).name

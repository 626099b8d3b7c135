"""Named columns of equal length, the form in which every source gives its data."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.sources.errors import DataError

Array = npt.NDArray[Any]


def bytes_of(array: Array) -> int:
    """Return how many bytes an array takes in memory, its text included."""
    texts = sum(map(sys.getsizeof, array.flat)) if array.dtype == object else 0
    return array.nbytes + texts


def listed(names: Sequence[str], most: int = 5) -> str:
    """Return the names of some fields for a message, the first few of them."""
    return ", ".join(f"`{name}`" for name in names[:most]) + (", …" if len(names) > most else "")


class Fields(Mapping[str, Array]):
    """Arrays by field name, in order, with one row per example along the first axis.

    Numbers keep the dtype in which they were found; a missing one is NaN, in float64 if the others are whole.
    Text is an object array of `str`, a missing text is None.

    Args:
        arrays: Field name to array of shape `(rows, ...)`.
        primary: Names that "every field" stands for. The others, such as the single columns of a table that
            is also there as `x`, come only when asked for by name. All names if left out.

    Raises:
        DataError: If there is no field, a field has no rows axis, or the fields' row counts differ.
    """

    __slots__ = ("_arrays", "primary")

    def __init__(self, arrays: Mapping[str, Array], *, primary: Iterable[str] | None = None) -> None:
        self._arrays = dict(arrays)
        self.primary = tuple(self._arrays if primary is None else primary)
        _check_rows(self._arrays)

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self) -> str:
        columns = ", ".join(f"{name}: {array.dtype} {array.shape}" for name, array in self._arrays.items())
        return f"Fields({columns})"

    @property
    def rows(self) -> int:
        """Number of rows, the same for every field."""
        return len(next(iter(self._arrays.values())))

    def take(self, indices: npt.ArrayLike | slice) -> Fields:
        """Return the rows at `indices`, in their order. A slice gives views, not copies."""
        chosen = indices if isinstance(indices, slice) else np.asarray(indices, dtype=np.intp)
        return Fields({name: array[chosen] for name, array in self._arrays.items()}, primary=self.primary)

    def head(self, limit: int | None) -> Fields:
        """Return the first `limit` rows, or all if `limit` is None."""
        return self if limit is None or limit >= self.rows else self.take(slice(limit))


def fingerprint_fields(*parts: Fields | None) -> str:
    """Return the SHA-256 over names, dtypes, shapes and values of the parts' fields."""
    digest = hashlib.sha256()
    for part in parts:
        for name, array in part.items() if part else ():
            digest.update(f"{name} {array.dtype} {array.shape}\n".encode())
            if array.dtype == object:
                for text in array.ravel():
                    digest.update(b"\0" if text is None else b"\1" + str(text).encode())
            else:
                digest.update(np.ascontiguousarray(array).view(np.uint8).data if array.size else b"")
        digest.update(b"\n")
    return digest.hexdigest()


def _check_rows(arrays: Mapping[str, Array]) -> None:
    if not arrays:
        raise DataError("there are no fields")
    for name, array in arrays.items():
        if array.ndim == 0:
            raise DataError(f"field `{name}` is a single value, not an array of rows")
    rows = {name: len(array) for name, array in arrays.items()}
    if len(set(rows.values())) > 1:
        found = ", ".join(f"`{name}` has {count:,}" for name, count in rows.items())
        raise DataError(f"the fields differ in their number of rows: {found}")

"""Inputs kept in the narrow type that they were read in: what the model is fed is made of them batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from kspec.data.preprocess import Preprocessor

Array = npt.NDArray[Any]


class Deferred:
    """Rows that take less memory before preprocessing than after it, such as pictures of bytes.

    To NumPy and TensorFlow it is the array of the rows as the model is fed them, which is made whenever it is asked
    for; training makes it inside its graph, of the rows of a batch.

    Args:
        raw: The rows as they were read, of shape `(rows, ...)`.
        layers: What makes of them what the model is fed, each row for itself.
    """

    def __init__(self, raw: Array, layers: Preprocessor) -> None:
        self.raw = raw
        self.layers = layers
        self.dtype = np.dtype(layers.model.output.dtype)
        self.shape: tuple[int, ...] = (len(raw), *layers.model.output.shape[1:])

    @classmethod
    def of(cls, raw: Array, layers: Preprocessor) -> Deferred | None:
        """Return rows with their preprocessing deferred, or None where that would not pay or would not be the same."""
        dtype = raw.dtype
        if dtype.kind not in "iub" or not layers.light or not len(raw):
            return None
        found = cls(raw, layers)
        if raw.shape[1:] != tuple(layers.model.input_shape[1:]) or found.dtype != np.float32:
            return None
        if raw.nbytes >= found.size * found.dtype.itemsize:
            return None
        limits = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
        extremes = np.stack([np.full(raw.shape[1:], limit, dtype) for limit in limits])
        return found if np.isfinite(np.asarray(cls(extremes, layers))).all() else None

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        """Bytes that the rows take as they are kept."""
        return self.raw.nbytes

    def __len__(self) -> int:
        return len(self.raw)

    def __getitem__(self, chosen: Any) -> Deferred:
        """Return some rows. A slice gives a view, not a copy."""
        return Deferred(self.raw[chosen], self.layers)

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError("rows whose preprocessing is deferred cannot be had without a copy")
        made = self.layers.process(self.raw)
        return made if dtype is None else made.astype(dtype, copy=False)


Rows = Array | Deferred


def raw_values(rows: Rows) -> Array:
    """Return rows as they are kept: equal where what is made of them is."""
    return rows.raw if isinstance(rows, Deferred) else rows

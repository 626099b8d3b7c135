"""Arrays that begin where TensorFlow wants its tensors to begin, so that it can use them without a copy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

ALIGNMENT = 64
"""Bytes: `EIGEN_MAX_ALIGN_BYTES` on a machine with AVX-512, and so a multiple of that of others."""


def aligned_empty(shape: Sequence[int], dtype: npt.DTypeLike) -> Array:
    """Return an array of a shape, its values not set; like `numpy.empty` but for where it begins."""
    kind = np.dtype(dtype)
    if kind.hasobject:
        return np.empty(shape, kind)
    size = math.prod(shape) * kind.itemsize
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(kind).reshape(shape)


def aligned_as(array: Array, dtype: npt.DTypeLike) -> Array:
    """Return the values of an array in a type, as `numpy.ndarray.astype` gives them."""
    done = aligned_empty(array.shape, dtype)
    np.copyto(done, array, casting="unsafe")
    return done


def is_aligned(array: Array) -> bool:
    """Say whether TensorFlow could use the memory of an array as it is."""
    flags = array.flags
    ready = flags.c_contiguous and flags.writeable and array.dtype.isnative and array.dtype.kind in "iuf"
    return bool(ready and array.size and array.ctypes.data % ALIGNMENT == 0)

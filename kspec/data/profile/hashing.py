"""A number for each row by which equal rows are found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Hashes = npt.NDArray[np.uint64]

_SEED = 0x6B73706563
_WORDS = 2_000_000
"""Words of eight bytes that are mixed at once."""


def row_hashes(arrays: Iterable[Array]) -> Hashes:
    """Return 64 bits for each row, equal for equal rows and otherwise different, but for a chance of about 2**-64.

    Numbers count by their value: 1 and 1.0 are equal, so are missing values. Texts are hashed by Python, whose hashes
    differ from process to process.

    Args:
        arrays: Fields of the rows, each of shape `(rows, ...)`.

    Returns:
        Array of shape `(rows,)`.
    """
    done: Hashes | None = None
    for number, array in enumerate(arrays):
        own = _hashes(array, number)
        done = own if done is None else done ^ own
    return np.empty(0, np.uint64) if done is None else done


def _hashes(array: Array, number: int) -> Hashes:
    rows = len(array)
    width = max(1, array.size // max(1, rows))
    flat = array.reshape(rows, width) if array.size else array.reshape(rows, 0)
    if array.dtype.kind in "OUS":
        texts = (-1 if value is None else hash(value) for value in flat.ravel().tolist())
        words = np.fromiter(texts, np.int64, flat.size).view(np.uint64).reshape(flat.shape)
        return _mixed(words, number)
    step = max(1, _WORDS // width)
    done = np.empty(rows, np.uint64)
    for start in range(0, rows, step):
        done[start : start + step] = _mixed(_words(flat[start : start + step]), number)
    return done


def _words(rows: Array) -> Hashes:
    """Return rows as words of eight bytes."""
    if rows.dtype.itemsize == 1:
        bytes_ = np.zeros((len(rows), -(-rows.shape[1] // 8) * 8), np.uint8)
        bytes_[:, : rows.shape[1]] = rows.view(np.uint8)
        if rows.shape[1] > 1:
            return bytes_.view(np.uint64)
    numbers = rows.astype(np.float64) + 0.0  # -0.0 becomes 0.0
    numbers[np.isnan(numbers)] = np.nan
    return numbers.view(np.uint64)


def _mixed(words: Hashes, number: int) -> Hashes:
    random = np.random.default_rng([_SEED, number])
    keys, factors = random.integers(0, 2**64, (2, words.shape[1]), np.uint64)
    factors |= np.uint64(1)
    mixed = (words ^ keys) * factors
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    total: Hashes = mixed.sum(axis=1, dtype=np.uint64) * np.uint64(0x94D049BB133111EB)
    return total ^ (total >> np.uint64(31))

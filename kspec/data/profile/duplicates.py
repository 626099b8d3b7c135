"""Rows that are there twice, within a part or in two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.profile.hashing import Hashes, row_hashes
from kspec.data.rows import RowNames
from kspec.spec.lints import Finding
from kspec.spec.problems import Path
from kspec.spec.spec import Spec

MOST_ROWS = 10_000_000
"""Rows of a part that are compared at most: eight bytes of memory each."""

Rows = npt.NDArray[np.intp]

_MARGIN = 10.0
"""Bits above those of all pairs of rows, since columns tell apart less together than each by itself."""

_PLACES = 64
_LEAST_SHARED = 5
_LEAST_SHARE = 0.005
_BY_CHANCE = 0.02


def repeats(hashes: Hashes) -> Rows:
    """Return the rows that repeat an earlier one, in their order."""
    order = np.argsort(hashes, kind="stable")
    sorted_ = hashes[order]
    return np.sort(order[1:][sorted_[1:] == sorted_[:-1]])


def shared_with(hashes: Hashes, train: Hashes) -> Rows:
    """Return the rows of one part that are training rows as well, in their order."""
    sorted_ = np.sort(train)
    at = np.minimum(np.searchsorted(sorted_, hashes), len(sorted_) - 1)
    return np.flatnonzero(sorted_[at] == hashes)


def different(hashes: Hashes) -> int:
    """Return how many numbers differ."""
    sorted_ = np.sort(hashes)
    return int((sorted_[1:] != sorted_[:-1]).sum()) + min(1, len(sorted_))


def first_like(hashes: Hashes, train: Hashes, rows: Rows) -> Rows:
    """Return, for some rows of a part, the first training row that is like each."""
    order = np.argsort(train, kind="stable")
    return np.asarray(order[np.searchsorted(train[order], hashes[rows])])


def is_rich(sample: Sequence[npt.NDArray[Any]], rows: int) -> bool:
    """Say whether rows are made of so much that two hardly come to be equal by chance.

    A table with a few columns of a few values each has equal rows that nobody copied. What a column tells apart is
    taken from the chance that two rows have the same value of it (its collision entropy), and added up as if columns
    did not hang together; they do, which the margin is for.

    Args:
        sample: Fields of some rows, each of shape `(rows, ...)`.
        rows: How many rows are compared.
    """
    _, first = np.unique(row_hashes(sample), return_index=True)
    wanted = 2 * np.log2(max(2, rows)) + _MARGIN
    bits = 0.0
    for array in sample:
        flat = array[first].reshape(len(first), -1)
        for place in range(0, flat.shape[1], max(1, flat.shape[1] // _PLACES)):
            bits += _told_apart(flat[:, place])
            if bits >= wanted:
                return True
    return False


def _told_apart(values: npt.NDArray[Any]) -> float:
    """Return how many bits a column tells apart: by how many of all pairs of rows have equal values in it."""
    if values.dtype == object:
        counts = np.array(list(Counter(values.tolist()).values()))
    else:
        _, counts = np.unique(values, return_counts=True)
    pairs, equal = len(values) * (len(values) - 1), int((counts * (counts - 1)).sum())
    return float(np.log2(pairs / max(1, equal))) if pairs else 0.0


def leaks(shared: Rows, hashes: Hashes, train: Hashes, *, rich: bool) -> bool:
    """Say whether rows to judge by that are training rows as well are more than chance brings.

    Args:
        shared: The rows that are.
        hashes: Numbers of the rows to judge by.
        train: Numbers of the training rows.
        rich: Whether rows hardly come to be equal by chance; where they may, those are counted that have their like
            among the training rows: rows drawn in the same way have it as often.
    """
    share = len(shared) / max(1, len(hashes))
    if different(hashes[shared]) < _LEAST_SHARED:
        return False  # one row that is there many times, such as one without a value, is no copy
    if rich:
        return share >= _LEAST_SHARE
    sorted_ = np.sort(train)
    same = np.concatenate([[False], sorted_[1:] == sorted_[:-1], [False]])
    alike = float((same[1:] | same[:-1]).mean())
    return share > 2 * alike + _BY_CHANCE


def shared_finding(
    spec: Spec, part: str, names: RowNames, train_names: RowNames, shared: Rows, hashes: Hashes, train: Hashes
) -> Finding:
    """Return what is said of rows that two parts share.

    Args:
        spec: The spec, which says where the part comes from.
        part: `validation` or `test`.
        names: What its rows are called.
        train_names: What the training rows are called.
        shared: Rows of the part that are training rows as well.
        hashes: Numbers of its rows.
        train: Numbers of the training rows.
    """
    first = int(shared[0])
    like = int(first_like(hashes, train, shared[:1])[0])
    message = (
        f"{len(shared):,} of {len(hashes):,} {part} rows have the inputs of a training row, such as "
        f"{names.row(first)} those of {train_names.row(like)}"
    )
    split = part == "validation" and spec.fit.validation_split is not None
    path: Path = ("fit", "validation_split") if split else ("data", part)
    hint = "they say nothing of rows to come: leave the copies out"
    return Finding(path, message, f"{hint}, or keep them together with `group`" if split else hint, at="key")

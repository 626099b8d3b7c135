"""The fixed test parts of the small data sets that come without one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kspec.data.sources.fields import Fields

Rows = npt.NDArray[np.intp]


def part_fifth(fields: Fields, *, classes: npt.ArrayLike | None = None) -> tuple[Fields, Fields]:
    """Return four fifths of the rows to train on and one fifth to test, both shuffled, always the same ones.

    The order comes from NumPy's `RandomState(0)`, whose stream is frozen, and not from the spec's seed: runs with
    different seeds are tested on the same rows.

    Args:
        fields: All rows.
        classes: Class of each row, of shape `(rows,)`; each class then gives a fifth of its rows.
    """
    random = np.random.RandomState(0)
    groups = np.zeros(fields.rows, dtype=np.int64) if classes is None else np.asarray(classes)
    train: list[Rows] = []
    test: list[Rows] = []
    for group in np.unique(groups):
        rows = random.permutation(np.flatnonzero(groups == group))
        fifth = round(len(rows) / 5)
        test.append(rows[:fifth])
        train.append(rows[fifth:])
    return (
        fields.take(random.permutation(np.concatenate(train))),
        fields.take(random.permutation(np.concatenate(test))),
    )

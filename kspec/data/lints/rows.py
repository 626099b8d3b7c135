"""Rows that are in two parts."""

from __future__ import annotations

from collections.abc import Iterator

from kspec.data.deferred import raw_values
from kspec.data.lints.outputs import Outputs
from kspec.data.part import Part
from kspec.data.prepare import Prepared
from kspec.data.profile.duplicates import is_rich, leaks, shared_finding, shared_with
from kspec.data.profile.hashing import row_hashes
from kspec.data.rows import RowNames
from kspec.spec.lints import Finding
from kspec.spec.spec import Spec

_MOST_ROWS = 200_000
_MOST_VALUES = 20_000_000
"""What is compared at most, so that training does not wait for it; `kspec inspect` compares everything."""

_SAMPLE = 5_000


def leaked_rows(spec: Spec, data: Prepared, outputs: Outputs) -> Iterator[Finding]:
    """Warn of rows to judge by that training learns by heart."""
    parts = {name: part for name, part in data.parts.items() if isinstance(part, Part)}
    values = sum(array.size for part in parts.values() for array in part.x.values())
    rows = sum(part.rows for part in parts.values())
    if "train" not in parts or len(parts) < 2 or rows > _MOST_ROWS or values > _MOST_VALUES:
        return
    learnt = list(map(raw_values, parts["train"].x.values()))
    train = row_hashes(learnt)
    rich = is_rich([array[:_SAMPLE] for array in learnt], len(train))
    for name, part in parts.items():
        if name == "train":
            continue
        hashes = row_hashes(map(raw_values, part.x.values()))
        shared = shared_with(hashes, train)
        if leaks(shared, hashes, train, rich=rich):
            names, train_names = part.names or RowNames(name), parts["train"].names or RowNames("train")
            yield shared_finding(spec, name, names, train_names, shared, hashes, train)

"""One part of the data, gathered piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kspec.data.profile.distinct import Distinct
from kspec.data.profile.duplicates import MOST_ROWS, Rows, repeats, shared_with
from kspec.data.profile.gathering import FieldGathering
from kspec.data.profile.hashing import Hashes, row_hashes
from kspec.data.profile.moments import Moments
from kspec.data.profile.reading import PartRows
from kspec.data.profile.sample import Reservoir, sample_size
from kspec.data.rows import RowNames
from kspec.data.sources import Fields
from kspec.data.sources.loaded import Progress
from kspec.runs.inspection import PartProfile

_LONG = 500_000
"""Rows from which on progress is told."""

Seen = Callable[[int], None]
"""Is told how many rows have been looked at."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A part as it was gathered: its profile, and what findings are made from.

    Args:
        names: What messages call its rows.
        profile: What is shown.
        sample: Rows drawn from it, with all of the fields that are used.
        whole: Whether these are all rows.
        hashes: A number for the inputs of each row; None if there are too many rows.
        repeated: Rows whose inputs are those of an earlier row; None if there are too many rows.
        shared: Rows whose inputs are those of a training row; None as well for the training rows themselves.
        distinct: The different values of each field that has one value a row.
        moments: Of each field of numbers.
    """

    names: RowNames
    profile: PartProfile
    sample: Fields
    whole: bool
    hashes: Hashes | None
    repeated: Rows | None
    shared: Rows | None
    distinct: dict[str, Distinct]
    moments: dict[str, Moments]


def gather_part(
    name: str,
    pieces: Iterable[Fields],
    *,
    head: Fields,
    inputs: Sequence[str],
    others: Sequence[str],
    names: RowNames | None = None,
    train: Hashes | None = None,
    seen: Seen | None = None,
) -> Gathered:
    """Look at all rows of a part.

    Args:
        name: The part.
        pieces: Its rows, at least one.
        head: At least one row, which shows types and shapes.
        inputs: Fields that are inputs.
        others: Other fields that are to be looked at.
        names: What messages call its rows; by their number in the part if left out.
        train: Numbers of the training rows, if this is another part.
        seen: Is told of progress.
    """
    wanted = [field for field in dict.fromkeys((*inputs, *others)) if field in head]
    gathering = {field: FieldGathering(field, head[field], _places(head, field)) for field in wanted}
    reservoir = Reservoir(sample_size(Fields({field: head[field] for field in wanted})))
    hashes: list[Hashes] | None = [] if all(field in head for field in inputs) else None
    rows = 0
    for piece in pieces:
        chosen = Fields({field: piece[field] for field in wanted})
        for field, gathered in gathering.items():
            gathered.update(chosen[field])
        reservoir.update(chosen)
        rows += chosen.rows
        if hashes is not None:
            hashes.append(row_hashes(chosen[field] for field in inputs))
            hashes = hashes if rows <= MOST_ROWS else None
        if seen:
            seen(rows)
    sample = reservoir.rows or Fields({field: head[field][:0] for field in wanted})
    fields = {field: gathered.profile(sample[field], exact=reservoir.whole) for field, gathered in gathering.items()}
    joined = np.concatenate(hashes) if hashes else None
    repeated = None if joined is None else repeats(joined)
    shared = None if joined is None or train is None else shared_with(joined, train)
    profile = PartProfile(
        name, rows, fields, None if repeated is None else len(repeated), None if shared is None else len(shared)
    )
    distinct = {field: gathered.distinct for field, gathered in gathering.items()}
    moments = {field: gathered.moments for field, gathered in gathering.items() if gathered.moments is not None}
    return Gathered(
        names or RowNames(name), profile, sample, reservoir.whole, joined, repeated, shared, distinct, moments
    )


def gather_parts(
    parts: Mapping[str, PartRows], *, inputs: Sequence[str], others: Sequence[str], progress: Progress
) -> dict[str, Gathered]:
    """Look at all rows of all parts.

    Args:
        parts: The parts, the training part first.
        inputs: Fields that are inputs.
        others: Other fields that are to be looked at.
        progress: Is told how far a long look has got.
    """
    found: dict[str, Gathered] = {}
    for name, part in parts.items():

        def tell(done: int, name: str = name, total: int = part.rows) -> None:
            if total >= _LONG:
                progress(f"looking at the {name} rows", done, total)

        found[name] = gather_part(
            name, part.pieces([*inputs, *others]), head=part.stream.head, inputs=inputs, others=others,
            names=part.own_names, train=found["train"].hashes if "train" in found else None, seen=tell,
        )  # fmt: skip
    return found


def _places(head: Fields, field: str) -> tuple[str, ...]:
    """Return the names of the columns of a table that are there as one field, too."""
    names = tuple(name for name in head if name not in head.primary and head[name].ndim == 1)
    return names if head[field].ndim == 2 and len(names) == head[field].shape[1] else ()

"""Some neighbouring rows of those that are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kspec.data.rows import RowNames
from kspec.data.sources.fields import Array, Fields


@dataclass(frozen=True, slots=True)
class Piece:
    """Some neighbouring rows.

    Args:
        fields: The fields that inputs are made of; there may be more.
        rows: What messages call the rows.
        kept: Arrays of shape `(rows, ...)` by the names of the fields that are carried along.
        share: How much of what the rows are read from has been read with them, from 0 to 1; None if its end is not
            known.
    """

    fields: Fields
    rows: RowNames
    kept: Mapping[str, Array] = field(default_factory=dict)
    share: float | None = None

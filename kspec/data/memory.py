"""How much memory rows take, before and after they are prepared."""

from __future__ import annotations

from kspec.data.deferred import raw_values
from kspec.data.part import Part
from kspec.data.sources.fields import bytes_of

DEFAULT_MEMORY = 1_000_000_000
"""Bytes of prepared data that are held in memory where a spec does not say."""

_UNITS = ("kB", "MB", "GB", "TB")


def readable(size: int) -> str:
    """Return a number of bytes with its unit, three figures long."""
    if size < 1000:
        return f"{size} B"
    power = min(len(_UNITS), (len(str(size)) - 1) // 3)
    return f"{size / 1000**power:.3g} {_UNITS[power - 1]}"


def size_of(part: Part) -> int:
    """Return how many bytes the arrays of a part take, their text included."""
    arrays = [*map(raw_values, part.x.values()), *part.y.values(), *part.weights.values()]
    return sum(map(bytes_of, arrays))

"""Which items of two lists belong together."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kspec.spec.meaning import Settled


def matched(before: Sequence[Any], now: Sequence[Any]) -> Iterator[tuple[int | None, int | None]]:
    """Yield the numbers of the items that belong together, None for one that has no other.

    Items that are equal do, and are left out; between them those of one kind, and where nothing else has moved, those
    that stand in the same place.
    """
    for first, last, start, stop in _different(before, now, lambda item: json.dumps(item, sort_keys=True)):
        old, new = before[first:last], now[start:stop]
        if len(old) == len(new):
            yield from zip(range(first, last), range(start, stop), strict=True)
            continue
        ends = (0, 0)
        for a, b, c, d in [*_different(old, new, _kind), (len(old), len(old), len(new), len(new))]:
            yield from zip(range(first + ends[0], first + a), range(start + ends[1], start + c), strict=True)
            ends = (b, d)
            pairs = min(b - a, d - c)
            yield from ((first + a + step, start + c + step) for step in range(pairs))
            yield from ((first + index, None) for index in range(a + pairs, b))
            yield from ((None, start + index) for index in range(c + pairs, d))


def _different(before: Sequence[Any], now: Sequence[Any], text: Callable[[Any], str]) -> Iterator[
    tuple[int, int, int, int]
]:  # fmt: skip
    """Yield the stretches of two lists, each by its beginning and end, in which the texts of the items differ."""
    matcher = difflib.SequenceMatcher(None, [text(item) for item in before], [text(item) for item in now], False)
    yield from ((a, b, c, d) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal")


def _kind(item: Any) -> str:
    """Return what an item of a list is: its component, or the keys that it has."""
    if not isinstance(item, Mapping):
        return json.dumps(item)
    named = (key for key, value in item.items() if isinstance(value, Settled) and value.component is not None)
    return next(named, json.dumps([*item]))

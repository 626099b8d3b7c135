"""Long names that differ in their middle only, shortened so that they can be told from each other."""

from __future__ import annotations

from collections.abc import Sequence

ELLIPSIS = "…"
_LONG = 24
"""Letters up to which names are shown whole."""
_WORTH = 6
"""Letters that must go before names are changed at all."""


def told_apart(names: Sequence[str]) -> list[str]:
    """Return names without the words at their beginning and their end that all of them share, if any is long.

    `class 7 of the garden`, `class 12 of the garden`, ... become `…7…`, `…12…`, ...: whoever shortens names to the
    room there is keeps their two ends, which are the same for all of these.

    Args:
        names: The names, which differ.
    """
    if len(names) < 2 or max(map(len, names)) <= _LONG:
        return list(names)
    start = _shared_words(names)
    rests = [name[start:] for name in names]
    end = _shared_words([rest[::-1] for rest in rests])
    middles = [rest[: len(rest) - end] for rest in rests]
    if start + end < _WORTH or not all(middle.strip() for middle in middles):
        return list(names)
    return [f"{ELLIPSIS if start else ''}{middle}{ELLIPSIS if end else ''}" for middle in middles]


def _shared_words(names: Sequence[str]) -> int:
    """Return how many letters of a shared beginning are whole words, with what parts the last from the next."""
    least, most = min(names), max(names)
    alike = next((at for at, letter in enumerate(least) if letter != most[at : at + 1]), len(least))
    return next((at for at in range(alike, 0, -1) if not least[at - 1].isalnum()), 0)

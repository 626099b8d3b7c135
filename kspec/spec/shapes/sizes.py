"""Sizes and shapes, as far as a spec alone says them."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable
from typing import Final, Literal


class Unsaid(enum.Enum):
    """A size that the spec alone does not say: Keras may know it or not."""

    SIZE = "?"


UNKNOWN: Final = Unsaid.SIZE

Size = int | None | Literal[Unsaid.SIZE]
"""A number of elements; None where Keras itself leaves the size open, as that of the batch axis."""

Shape = tuple[Size, ...]
"""The sizes of all axes, the batch axis first."""


def plus(size: Size, more: int) -> Size:
    """Return a size with `more` added, if it is a number."""
    return size + more if isinstance(size, int) else size


def times(size: Size, factor: int) -> Size:
    """Return a size times a factor, if it is a number."""
    return size * factor if isinstance(size, int) else size


def product(sizes: Iterable[Size]) -> Size:
    """Return the product of sizes: open if one of them is."""
    found = tuple(sizes)
    if None in found:
        return None
    numbers = [size for size in found if isinstance(size, int)]
    return math.prod(numbers) if len(numbers) == len(found) else UNKNOWN


def total(sizes: Iterable[Size]) -> Size:
    """Return the sum of sizes: open if one of them is."""
    found = tuple(sizes)
    if None in found:
        return None
    numbers = [size for size in found if isinstance(size, int)]
    return sum(numbers) if len(numbers) == len(found) else UNKNOWN


def differ(one: Size, other: Size) -> bool:
    """Say whether two sizes are numbers, and not the same."""
    return isinstance(one, int) and isinstance(other, int) and one != other


def shown(shape: Iterable[object] | None) -> str:
    """Return a shape for a message, such as `(?, 28, 28)`; nothing for one that is not known."""
    if shape is None:
        return ""
    return "(" + ", ".join(str(size) if isinstance(size, int) else "?" for size in shape) + ")"

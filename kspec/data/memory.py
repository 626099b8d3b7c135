"""How much memory prepared data takes, held against what a spec allows."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from kspec.spec.problems import Problem, SpecError
from kspec.spec.runtime import PATH

if TYPE_CHECKING:
    from kspec.data.prepare import Part

_UNITS = ("kB", "MB", "GB", "TB")


def check_memory(parts: Mapping[str, Part], limit: int | None) -> None:
    """Refuse data that takes more memory than `runtime.memory` allows: all of it is held in memory.

    Args:
        parts: The prepared parts.
        limit: Bytes that they may take together; None for any number.

    Raises:
        SpecError: They take more.
    """
    if limit is None:
        return
    needed = {name: _part_size(part) for name, part in parts.items()}
    total = sum(needed.values())
    if total <= limit:
        return
    each = ", ".join(f"{name} {readable(size)}" for name, size in needed.items())
    message = f"the prepared data takes {readable(total)} ({each}), and {readable(limit)} are allowed"
    hint = "all of it is held in memory: allow more, or read fewer rows or columns"
    raise SpecError([Problem("too-much-data", (*PATH, "memory"), message, hint)])


def readable(size: int) -> str:
    """Return a number of bytes with its unit, three figures long."""
    if size < 1000:
        return f"{size} B"
    power = min(len(_UNITS), (len(str(size)) - 1) // 3)
    return f"{size / 1000**power:.3g} {_UNITS[power - 1]}"


def _part_size(part: Part) -> int:
    arrays = [*part.x.values(), *part.y.values(), *part.weights.values()]
    return sum(_size(array) for array in arrays)


def _size(array: npt.NDArray[Any]) -> int:
    texts = sum(map(sys.getsizeof, array.flat)) if array.dtype == object else 0
    return array.nbytes + texts

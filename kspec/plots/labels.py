"""Where labels go, so that none covers another or a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, y upwards."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right side."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """The upper side."""
        return self.bottom + self.height

    def inside(self, other: Box) -> bool:
        """Say whether no part lies outside the other box."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.bottom >= other.bottom
            and self.top <= other.top
        )


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart until neighbours are `gap` apart, as little as possible.

    Args:
        wanted: Positions in any order.
        gap: Least distance of two positions.
        low: Least position.
        high: Greatest position; given up where there are more labels than room.

    Returns:
        The positions in the order of `wanted`.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups: list[list[int]] = []
    for index in order:
        groups.append([index])
        while len(groups) > 1 and _start(groups[-1], wanted, gap, low, high) < _end(groups[-2], wanted, gap, low, high):
            groups[-2:] = [groups[-2] + groups[-1]]
    places = [0.0] * len(wanted)
    for group in groups:
        start = _start(group, wanted, gap, low, high)
        for step, index in enumerate(group):
            places[index] = start + step * gap
    return places


def free_place(
    anchor: tuple[float, float], size: tuple[float, float], area: Box, lines: Sequence[NDArray[np.float64]]
) -> tuple[Box, bool]:
    """Find a place for a label beside a point that covers the fewest line points.

    Args:
        anchor: The point in pixels.
        size: Width and height of the label.
        area: Where the label must stay.
        lines: Points of every line in pixels, each of shape (points, 2).

    Returns:
        The place, and whether it lies to the right of the point.
    """
    dense = [_densify(line) for line in lines if len(line)]
    points = np.concatenate(dense) if dense else np.empty((0, 2))
    best: tuple[float, Box, bool] | None = None
    x, y = anchor
    width, height = size
    for right in (False, True):
        left = x + 14 if right else x - 14 - width
        for shift in (34, -34, 56, -56, 90, -90, 130, -130, 170, -170, 0):
            box = Box(left, y + shift - height / 2, width, height)
            if not box.inside(area):
                continue
            cost = 1000 * _covered(points, box) + abs(shift) + 10 * right
            if best is None or cost < best[0]:
                best = cost, box, right
    if best is None:
        right = x - 14 - width < area.left
        bottom = min(max(y + 20, area.bottom), area.top - height)
        return Box(x + 14 if right else x - 14 - width, bottom, width, height), right
    return best[1], best[2]


def _start(group: Sequence[int], wanted: Sequence[float], gap: float, low: float, high: float) -> float:
    length = (len(group) - 1) * gap
    middle = sum(wanted[index] for index in group) / len(group)
    return max(low, min(middle - length / 2, high - length))


def _end(group: Sequence[int], wanted: Sequence[float], gap: float, low: float, high: float) -> float:
    return _start(group, wanted, gap, low, high) + len(group) * gap


def _covered(points: NDArray[np.float64], box: Box) -> int:
    air = 4.0
    x, y = points[:, 0], points[:, 1]
    inside = (x > box.left - air) & (x < box.right + air) & (y > box.bottom - air) & (y < box.top + air)
    return int(inside.sum())


def _densify(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points along the line no further apart than some pixels, so that a steep step is not overlooked."""
    if len(line) < 2:
        return line
    lengths = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    steps = np.linspace(0.0, along[-1], min(4000, int(along[-1] / 3) + 2))
    return np.column_stack([np.interp(steps, along, line[:, 0]), np.interp(steps, along, line[:, 1])])

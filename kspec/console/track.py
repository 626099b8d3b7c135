"""One column of the history as the display follows it: the best value and all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from kspec.runs.events import Direction
from kspec.runs.history import Best

BLOCKS = "▁▂▃▄▅▆▇█"
WIDEST = 24
"""Blocks of the longest trend."""


@dataclass(frozen=True, slots=True)
class Track:
    """All values so far, and the best of them.

    Args:
        direction: Whether less (`min`) or more (`max`) is better.
        values: The values, the latest at the end.
        best: The first epoch that reached the best finite value.
    """

    direction: Direction
    values: tuple[float, ...] = ()
    best: Best | None = None

    def add(self, epoch: int, value: float) -> Track:
        """Return the track with one more epoch."""
        best = self.best
        if math.isfinite(value) and (best is None or self.better(value, best.value)):
            best = Best(epoch, value)
        return replace(self, values=(*self.values, value), best=best)

    def better(self, value: float, other: float) -> bool:
        """Say whether one value is better than the other."""
        return value < other if self.direction == "min" else value > other

    @property
    def last_is_best(self) -> bool:
        """Say whether the latest epoch reached the best value."""
        return self.best is not None and bool(self.values) and self.values[-1] == self.best.value


def sparkline(values: tuple[float, ...]) -> str:
    """Return a block for each value between the lowest and the highest, `·` for one that is not finite.

    Where there are more values than blocks, evenly spaced ones stand for all, the first and the last among them.
    """
    if len(values) > WIDEST:
        step = (len(values) - 1) / (WIDEST - 1)
        values = tuple(values[round(place * step)] for place in range(WIDEST))
    finite = [value for value in values if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    # Halves keep the distance finite between the two ends of what a float can hold.
    scale = (high / 2 - low / 2) or 1.0
    top = len(BLOCKS) - 1
    return "".join(
        BLOCKS[min(top, round((value / 2 - low / 2) / scale * top))] if math.isfinite(value) else "·"
        for value in values
    )

"""Calls drawn at random: arguments and shapes that mostly go together, and sometimes do not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Draw:
    """One call: the component as it is written, what it is fed, and its further call arguments."""

    name: str
    value: Any
    shapes: tuple[Shape, ...]
    listed: bool = False
    named: dict[str, Any] = field(default_factory=dict)


class Dice:
    """Random numbers with a seed of their own for each component."""

    def __init__(self, name: str) -> None:
        self.random = random.Random(name)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def among(self, *items: Any) -> Any:
        return self.random.choice(items)

    def whole(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def size(self, low: int = 1, high: int = 9, *, open_: float = 0.1) -> int | None:
        return None if self.chance(open_) else self.whole(low, high)

    def shape(self, rank: int, low: int = 1, *, open_: float = 0.1) -> Shape:
        """Return a shape, its batch axis mostly open."""
        return (self.among(*[None] * 9, 2), *(self.size(low, open_=open_) for _ in range(rank - 1)))

    def near(self, rank: int) -> int:
        """Return mostly this number of axes."""
        return max(1, rank + self.among(*[0] * 12, -1, 1, -2, 2))

    def per_axis(self, count: int, low: int = 1, high: int = 4) -> Any:
        """Return one number for all axes, or one for each."""
        return self.whole(low, high) if self.chance(0.5) else [self.whole(low, high) for _ in range(count)]

    def some(self, **ways: Callable[[], Any]) -> dict[str, Any]:
        """Return some of these arguments."""
        return {name: make() for name, make in ways.items() if self.chance(0.35)}

    def axis(self, rank: int) -> int:
        return int(self.among(-1, -1, 1, 1, 0, 2, -2, rank - 1, rank))

    def varied(self, shape: Shape) -> Shape:
        """Return a shape that is much like another one."""
        sizes = tuple(self.among(*[size] * 10, 1, None, 5) for size in shape[1:])
        return (self.among(*[shape[0]] * 6, None, 2), *sizes[self.among(*[0] * 7, 1) :])

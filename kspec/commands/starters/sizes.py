"""How large a model and how long a training suit a number of rows: a place to begin, not a rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of a model and its training.

    Args:
        rows: Rows up to which they suit.
        word: What to call such a model.
        units: Units of the hidden layers.
        dropout: Share of the values that each drops while training.
        rate: Learning rate.
        batch: Rows of a step.
        epochs: Epochs at most.
        patience: Epochs without any gain after which training ends.
    """

    rows: float
    word: str
    units: tuple[int, ...]
    dropout: float
    rate: float
    batch: int
    epochs: int
    patience: int


_SIZES = (
    Sizes(200, "tiny", (16,), 0.1, 1e-2, 8, 100, 20),
    Sizes(2_000, "small", (32, 16), 0.1, 5e-3, 16, 100, 20),
    Sizes(20_000, "medium-sized", (64, 32), 0.1, 2e-3, 32, 100, 10),
    Sizes(200_000, "large", (128, 64), 0.1, 1e-3, 128, 50, 5),
    Sizes(float("inf"), "very large", (256, 128), 0.1, 1e-3, 512, 20, 3),
)


def sizes_for(rows: int) -> Sizes:
    """Return the sizes for so many rows."""
    return next(sizes for sizes in _SIZES if rows <= sizes.rows)

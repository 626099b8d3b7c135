"""Several small panels of one kind, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from matplotlib.axes import Axes

from kspec.plots.canvas import MARGIN, Canvas, Heading
from kspec.plots.plain_axes import LABEL, TICKS, TITLE

T = TypeVar("T")

MOST = 9
"""Panels of one figure."""

_GAP = 26
_TICK_ROOM = 14  # pixels that the ticks of a panel take beyond those of `TICKS`, for long numbers


def draw_panes(
    items: Sequence[T], draw: Callable[[Axes, T], None], *, size: tuple[float, float], title: str, finding: str,
    paths: Sequence[Path], notice: str | None,
) -> list[Path]:  # fmt: skip
    """Draw a panel for every item and return the paths.

    Args:
        items: What is drawn, at least one.
        draw: Draws an item into an empty plot area; its title goes above the area.
        size: Width and height in pixels of the plot area of one item alone; several are smaller.
        title: The first line.
        finding: The second line.
        paths: Files to write, by suffix `.png` (twice the pixels), `.svg` or `.pdf`.
        notice: What the reader must not miss.
    """
    count = len(items)
    columns = 2 if count == 4 else min(3, count)
    scale = {1: 1.0, 2: 0.72, 3: 0.58}[columns]
    wide, high = size[0] * scale, size[1] * scale
    above = TITLE if count > 1 else 0
    across, down = TICKS + _TICK_ROOM + wide + _GAP, above + high + LABEL + _GAP
    width = MARGIN + columns * across + MARGIN - _GAP
    heading = Heading(width, title, finding, notice)
    canvas = Canvas(width, heading.height + math.ceil(count / columns) * down - _GAP + MARGIN)
    heading.draw(canvas)
    for number, item in enumerate(items):
        row, column = divmod(number, columns)
        left = MARGIN + TICKS + _TICK_ROOM + column * across
        draw(canvas.axes(left, heading.height + row * down + above, wide, high), item)
    return canvas.save(paths)

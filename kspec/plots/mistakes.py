"""The worst mistakes as pictures, where the rows are pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from kspec.plots.canvas import MARGIN, POINT, Canvas, Heading
from kspec.plots.style import AXIS, BLUE, INK, MUTED, RED, house_style, shorten, text_width

MOST = 24
_COLUMNS, _SIZE, _GAP, _WORDS = 6, 118, 20, 42


@dataclass(frozen=True, slots=True)
class WrongPicture:
    """A picture that was told wrong.

    Args:
        pixels: Array of shape `(height, width)`, `(height, width, 1)`, `(height, width, 3)` or `(height, width, 4)`.
        true: What it is.
        predicted: What it was taken for; empty if `true` says all.
        aside: What else is known of it.
    """

    pixels: npt.NDArray[Any]
    true: str
    predicted: str
    aside: str


def draw_mistakes(
    pictures: Sequence[WrongPicture], finding: str, *, title: str, paths: Sequence[Path], notice: str | None = None
) -> list[Path]:
    """Draw pictures in a grid, what they are and what they were taken for below each.

    Args:
        pictures: At least one; as many as there is room for are drawn.
        finding: The second line.
        title: The first line.
        paths: Files to write, by suffix `.png` (twice the pixels), `.svg` or `.pdf`.
        notice: What the reader must not miss.

    Returns:
        The paths.
    """
    with house_style():
        shown = pictures[:MOST]
        columns = min(_COLUMNS, max(4, len(shown)))
        width = MARGIN + columns * (_SIZE + _GAP) - _GAP + MARGIN
        heading = Heading(width, title, finding, notice)
        down = _SIZE + _WORDS + _GAP
        canvas = Canvas(width, heading.height + math.ceil(len(shown) / columns) * down - _GAP + MARGIN)
        heading.draw(canvas)
        low, high = _range([picture.pixels for picture in shown])
        page = canvas.axes(0, 0, canvas.width, canvas.height)  # one for all: axes are slow to make
        page.axis("off")
        for number, picture in enumerate(shown):
            row, column = divmod(number, columns)
            left, top = MARGIN + column * (_SIZE + _GAP), heading.height + row * down
            _draw_pixels(page, (picture.pixels - low) / (high - low), left, top)
            _write(canvas, picture, left, top + _SIZE)
        page.set(xlim=(0, canvas.width), ylim=(canvas.height, 0))
        return canvas.save(paths)


def _draw_pixels(page: Axes, pixels: npt.NDArray[Any], left: float, top: float) -> None:
    values = np.nan_to_num(pixels[..., 0] if pixels.ndim == 3 and pixels.shape[-1] == 1 else pixels).clip(0, 1)
    high, wide = values.shape[0] / max(values.shape[:2]) * _SIZE, values.shape[1] / max(values.shape[:2]) * _SIZE
    x, y = left + (_SIZE - wide) / 2, top + (_SIZE - high) / 2
    page.imshow(
        values, cmap="gray", interpolation="nearest", aspect="auto", vmin=0, vmax=1, extent=(x, x + wide, y + high, y)
    )
    page.add_patch(Rectangle((left, top), _SIZE, _SIZE, fill=False, edgecolor=AXIS, linewidth=POINT))


def _range(pictures: Sequence[npt.NDArray[Any]]) -> tuple[float, float]:
    """Return black and white: of bytes and of shares what they always are, else the range of all that is shown."""
    values = np.concatenate([pixels[np.isfinite(pixels)].ravel() for pixels in pictures])
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    if low >= 0 and high <= 1:
        return 0.0, 1.0
    if low >= 0 and 127 < high <= 255:
        return 0.0, 255.0
    return low, high if high > low else low + 1


def _write(canvas: Canvas, picture: WrongPicture, left: float, top: float) -> None:
    canvas.text(left, top + 36, shorten(picture.aside, _SIZE, 11), 11, MUTED)
    if not picture.predicted:
        canvas.text(left, top + 18, shorten(picture.true, _SIZE, 13, bold=True), 13, RED, weight="bold")
        return
    arrow = text_width(" → ", 13)
    room = _SIZE - arrow
    # Each name may take what the other leaves, and half of the room at least.
    taken = min(text_width(picture.true, 13, bold=True), text_width(picture.predicted, 13, bold=True), room / 2)
    true = shorten(picture.true, room - taken, 13, bold=True)
    at = text_width(true, 13, bold=True)
    predicted = shorten(picture.predicted, max(room / 2, room - at), 13, bold=True)
    if text_width(predicted, 13, bold=True) + at > room:
        true = shorten(picture.true, room / 2, 13, bold=True)
        at = text_width(true, 13, bold=True)
    canvas.text(left, top + 18, true, 13, BLUE, weight="bold")
    canvas.text(left + at, top + 18, " → ", 13, INK)
    canvas.text(left + at + arrow, top + 18, predicted, 13, RED, weight="bold")

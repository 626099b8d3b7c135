"""Some pictures of the training rows, each with what it shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from kspec.plots.canvas import MARGIN, POINT, Canvas
from kspec.plots.data.sample import PALETTE, Array, DrawnRows
from kspec.plots.data.section import TITLE, draw_title
from kspec.plots.style import GRID, MUTED, shorten

MOST = 48
_COLUMNS, _GAP, _CAPTION = 12, 10.0, 18.0


@dataclass(frozen=True, slots=True)
class ImageGrid:
    """A grid of pictures.

    Args:
        rows: The rows.
        room: Pixels from left to right.
    """

    rows: DrawnRows
    room: float

    @property
    def _images(self) -> Array:
        return self.rows.images[:MOST] if self.rows.images is not None else np.empty(0)

    @property
    def _size(self) -> tuple[float, float]:
        """Width and height of a picture."""
        width = (self.room - _GAP * (_COLUMNS - 1)) / _COLUMNS
        high, wide = self._images.shape[1:3]
        return width, width * min(2.0, max(0.5, high / wide))

    @property
    def _row(self) -> float:
        return self._size[1] + (_CAPTION if self.rows.captions else 0) + _GAP

    @property
    def height(self) -> float:
        """Pixels that the section takes."""
        return TITLE + math.ceil(len(self._images) / _COLUMNS) * self._row - _GAP

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw the pictures."""
        images = self._images
        low, high = float(images.min()), float(images.max())
        draw_title(canvas, top, f"images as the model sees them: {low:.4g} to {high:.4g}", [])
        width, tall = self._size
        for number, image in enumerate(images):
            row, column = divmod(number, _COLUMNS)
            left, down = MARGIN + column * (width + _GAP), top + TITLE + row * self._row
            axes = canvas.axes(left, down, width, tall)
            shown, options = _shown(image, low, high)
            axes.imshow(shown, interpolation="nearest", aspect="equal", **options)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set(color=GRID, linewidth=POINT)
            if self.rows.captions:
                text = shorten(self.rows.captions[number], width, 11)
                color = self._color(number)
                canvas.text(left + width / 2, down + tall + 13, text, 11, color, ha="center")

    def _color(self, number: int) -> str:
        classes = self.rows.classes
        if not self.rows.colored or classes is None or number >= len(classes) or classes[number] < 0:
            return MUTED
        return PALETTE[int(classes[number])]


def _shown(image: Array, low: float, high: float) -> tuple[Array, dict[str, Any]]:
    """Return a picture as matplotlib takes it: colours from 0 to 1, or one number a place in grey."""
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if image.ndim == 2:
        return image.astype(np.float64), {"cmap": "gray", "vmin": low, "vmax": high if high > low else low + 1}
    colours = (image.astype(np.float64) - low) / ((high - low) or 1.0)
    return np.clip(colours, 0, 1), {}

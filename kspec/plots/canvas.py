"""A figure laid out in pixels, and how it becomes files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text
from PIL import Image

from kspec.plots.style import AMBER_EDGE, AMBER_INK, AMBER_PALE, DENSITY, INK, MUTED, PIXELS, wrap
from kspec.runs.atomic import write_bytes

POINT = 72 / PIXELS  # points per pixel
MARGIN = 28
HALO = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 1.0}
"""White behind words that may lie upon a line."""
_TITLE, _SUBTITLE, _NOTICE = 19, 13, 13

_PACKED = 3
"""How hard a picture is compressed: the usual 6 takes half as much time again for files that are a sixth smaller."""


class Canvas:
    """A white sheet measured in pixels from its top left corner.

    Args:
        width: Width in pixels.
        height: Height in pixels.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / PIXELS, height / PIXELS), dpi=PIXELS, facecolor="white")
        FigureCanvasAgg(self.figure)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return new axes whose plot area has this place."""
        bottom = self.height - top - height
        box = (left / self.width, bottom / self.height, width / self.width, height / self.height)
        return self.figure.add_axes(box)

    def text(self, x: float, baseline: float, text: str, size: float, color: str, **options: Any) -> Text:
        """Write a line of text."""
        place = x / self.width, 1 - baseline / self.height
        return self.figure.text(*place, text, fontsize=size * POINT, color=color, va="baseline", **options)

    def save(self, paths: Sequence[Path]) -> list[Path]:
        """Write the figure to every path, in the format its suffix names.

        Args:
            paths: Files with the suffix `.png`, `.svg` or `.pdf`.

        Returns:
            The paths.
        """
        for path in paths:
            kind = path.suffix.removeprefix(".").lower() or "png"
            out = io.BytesIO()
            # Dates and versions would make two drawings of the same data differ.
            dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
            if kind == "png":
                self._picture().save(out, format=kind, compress_level=_PACKED, dpi=(PIXELS * DENSITY,) * 2)
            else:
                self.figure.savefig(out, format=kind, dpi=PIXELS * DENSITY, metadata=dates.get(kind))
            write_bytes(path, out.getvalue())
        return list(paths)

    def _picture(self) -> Image.Image:
        """Return the figure in pixels, without their opacity, which is all the same and takes a third more time."""
        self.figure.set_dpi(PIXELS * DENSITY)
        try:
            canvas: Any = FigureCanvasAgg(self.figure)
            canvas.draw()
            pixels = np.asarray(canvas.buffer_rgba())[..., :3]
        finally:
            self.figure.set_dpi(PIXELS)
        return Image.fromarray(np.ascontiguousarray(pixels))


class Heading:
    """Title, subtitle and notice on top of a figure; says how much room they take before there is a figure.

    Args:
        width: Width of the figure in pixels.
        title: The first line.
        subtitle: What the figure shows, in one sentence.
        notice: What the reader must not miss; shown on amber.
    """

    def __init__(self, width: float, title: str, subtitle: str, notice: str | None) -> None:
        room = width - 2 * MARGIN
        self._title = wrap(title, room, _TITLE, bold=True)
        self._subtitle = wrap(subtitle, room, _SUBTITLE)
        self._notice = wrap(f"⚠ {notice}", room - 24, _NOTICE, bold=True) if notice else []

    @property
    def height(self) -> float:
        """Height in pixels, with the white space below."""
        notice = 20 * len(self._notice) + 28 if self._notice else 0
        return 20 + 26 * len(self._title) + 20 * len(self._subtitle) + notice + 20

    def draw(self, canvas: Canvas) -> None:
        """Write the heading on the canvas."""
        y = 20.0
        for line in self._title:
            canvas.text(MARGIN, y + 16, line, _TITLE, INK, weight="bold")
            y += 26
        for line in self._subtitle:
            canvas.text(MARGIN, y + 15, line, _SUBTITLE, MUTED)
            y += 20
        if self._notice:
            self._draw_notice(canvas, y + 14)

    def _draw_notice(self, canvas: Canvas, top: float) -> None:
        height = 20 * len(self._notice) + 14
        width = canvas.width - 2 * MARGIN
        page = canvas.axes(0, 0, canvas.width, canvas.height)
        page.set(xlim=(0, canvas.width), ylim=(canvas.height, 0))
        page.axis("off")
        page.add_patch(
            FancyBboxPatch(
                (MARGIN, top),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=6",
                facecolor=AMBER_PALE,
                edgecolor=AMBER_EDGE,
                linewidth=1.2 * POINT,
            )
        )
        for number, line in enumerate(self._notice):
            canvas.text(MARGIN + 14, top + 21.5 + 20 * number, line, _NOTICE, AMBER_INK, weight="bold")

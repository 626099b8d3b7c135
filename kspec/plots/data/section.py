"""One section of the page: a title and what is below it."""

from __future__ import annotations

from typing import Protocol

from kspec.plots.canvas import MARGIN, Canvas
from kspec.plots.style import INK, shorten, text_width

TITLE = 34.0
"""Pixels that the title of a section takes, with the white space below it."""

_SIZE = 14.0


class Section(Protocol):
    """Something on the page."""

    @property
    def height(self) -> float:
        """Pixels that it takes."""

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw it so many pixels below the top of the page."""


def draw_title(canvas: Canvas, top: float, text: str, key: list[tuple[str, str]]) -> None:
    """Write the title of a section, and to its right what colours stand for.

    Args:
        canvas: The page.
        top: Where the section begins.
        text: The title.
        key: Names and their colours.
    """
    room = canvas.width - 2 * MARGIN
    canvas.text(MARGIN, top + 15, shorten(text, room / 2, _SIZE, bold=True), _SIZE, INK, weight="bold")
    x = MARGIN + room
    for name, color in reversed(key):
        shown = shorten(name, 130, 12.5, bold=True)
        x -= text_width(shown, 12.5, bold=True)
        canvas.text(x, top + 15, shown, 12.5, color, weight="bold")
        x -= 18

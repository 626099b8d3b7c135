"""The look that all figures share: colours, type, and how text is measured."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, fontManager

INK, TEXT, MUTED = "#0f172a", "#334155", "#64748b"
AXIS, GRID, PALE = "#cbd5e1", "#e2e8f0", "#f8fafc"
BLUE, GREY, ORANGE, RED = "#2563eb", "#94a3b8", "#f59e0b", "#dc2626"
AMBER_INK, AMBER_EDGE, AMBER_PALE = "#92400e", "#f59e0b", "#fef3c7"

SERIES = (
    BLUE, "#db2777", "#16a34a", ORANGE, "#7c3aed", "#0891b2", RED, "#65a30d", "#92400e", "#475569",
)  # fmt: skip
"""Colours of things of one kind side by side, of equal strength."""

FONT = "DejaVu Sans"  # comes with matplotlib, so that a machine without fonts draws the same picture
_WIDER_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Microsoft YaHei",
)
PIXELS = 100  # per inch of a matplotlib figure, so that the layout can be said in pixels
DENSITY = 2


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style within this context; also what is saved must be saved within it."""
    settings: dict[Any, Any] = {
        "font.family": _families(),
        "figure.dpi": PIXELS,
        "text.parse_math": False,
        "axes.unicode_minus": True,
        "path.simplify": True,
        "svg.fonttype": "path",
        "svg.hashsalt": "kspec",
        "pdf.fonttype": 42,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+")  # a box in a name is better than a screen of warnings
        yield


@lru_cache(maxsize=10_000)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width in pixels of one line of text of `size` pixels."""
    font = FontProperties(family=FONT, weight="bold" if bold else "normal", size=size)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+")
        width, _, _ = _renderer().get_text_width_height_descent(text or " ", font, False)
    return float(width)


def shorten(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Return the text, its middle replaced by an ellipsis where it is wider than `width` pixels."""
    full = text_width(text, size, bold=bold)
    if full <= width:
        return text
    # Letters are of about one width: begin a little above what will fit.
    for kept in range(min(len(text) - 1, int(len(text) * width / full) + 3), 1, -1):
        head = (kept + 1) // 2
        shorter = text[:head] + "…" + text[len(text) - (kept - head) :]
        if text_width(shorter, size, bold=bold) <= width:
            return shorter
    return "…"


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break text into lines no wider than `width` pixels, at spaces; a longer word is shortened."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(shorten(word, width, size, bold=bold))
    return lines


@cache
def _renderer() -> Any:
    # At 72 dots per inch a point is a pixel.
    renderer: Any = RendererAgg
    return renderer(8, 8, 72)


@cache
def _families() -> list[str]:
    known = set(fontManager.get_font_names())
    return [FONT, *(name for name in _WIDER_FONTS if name in known)]

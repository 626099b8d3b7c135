"""Pieces of a page that loads nothing from elsewhere."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

_DENSITY = 2
"""Pixels of the pictures to one of the page."""


def picture(path: Path, alternative: str) -> str:
    """Return a picture that is part of the page, at the size that it was drawn for."""
    content = path.read_bytes()
    width = int.from_bytes(content[16:20], "big") // _DENSITY  # the width in a PNG's header
    source = f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}"
    return f'<img alt="{escape(alternative)}" width="{width}" src="{source}">'


def cards(pairs: Iterable[tuple[str, str]]) -> str:
    """Return numbers in large type, each with what it is; nothing if there are none."""
    shown = "".join(
        f'<div class="figure"><b>{escape(value)}</b><span>{escape(label)}</span></div>' for value, label in pairs
    )
    return f'<div class="figures">{shown}</div>' if shown else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of texts, which may be wider than the page."""
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table></div>'


def number(value: float | None) -> str:
    """Return a result as people read it."""
    if value is None or not math.isfinite(value):
        return "not a number"
    return f"{value:.4g}" if abs(value) < 1e-3 and value else f"{value:.4f}"

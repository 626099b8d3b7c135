"""Text from outside made safe for a terminal, and measured and cut by the cells it takes there."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len

ELLIPSIS = "…"
_HIDDEN = {"Cc", "Cs", "Zl", "Zp"}
_REORDERING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def visible(text: str) -> str:
    r"""Return the text with control characters escaped, such as `\x1b` and `\n`.

    Lone surrogates, line separators and marks that reorder text are escaped too: a name that holds one must
    neither break a line, nor show something else than is written, nor fail when it is encoded.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def expand(text: str, at: int = 0, tab: int = 4) -> str:
    """Return the text made visible, with tabs filled up to the next tab stop.

    Args:
        text: Part of one line.
        at: Cells that stand before it.
        tab: Distance of the tab stops.
    """
    parts: list[str] = []
    for number, part in enumerate(text.split("\t")):
        if number:
            fill = tab - at % tab
            parts.append(" " * fill)
            at += fill
        parts.append(visible(part))
        at += cell_len(parts[-1])
    return "".join(parts)


def first_cells(text: str, cells: int) -> str:
    """Return the longest beginning of the text that takes at most so many cells."""
    text = text[: _bound(cells)]
    while cell_len(text) > max(0, cells):
        text = text[:-1]
    return text


def last_cells(text: str, cells: int) -> str:
    """Return the longest end of the text that takes at most so many cells."""
    text = text[-_bound(cells) :]
    while cell_len(text) > max(0, cells):
        text = text[1:]
    return text


def cut(text: str, cells: int) -> str:
    """Return the text, cut with `…` where it takes more cells than there are."""
    if cell_len(text) <= cells:
        return text
    return first_cells(text, cells - 1) + ELLIPSIS if cells > 0 else ""


def _escaped(character: str) -> str:
    if unicodedata.category(character) in _HIDDEN or ord(character) in _REORDERING:
        return character.encode("unicode_escape").decode("ascii")
    return character


def _bound(cells: int) -> int:
    # Marks of no width let more characters than cells stand in a line; a bound keeps a line of a megabyte cheap.
    return 4 * max(0, cells) + 16

"""How counts and shapes are written in a diagram."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from kspec.plots.outline import Shape


def write_count(count: int) -> str:
    """Write a count shortly: `160`, `4.64k`, `25.6M`."""
    for limit, divisor, unit in ((1000, 1, ""), (1e6, 1e3, "k"), (1e9, 1e6, "M"), (1e12, 1e9, "B")):
        # 999,999 would be rounded up to 1000k.
        if count < limit and float(f"{count / divisor:.2f}") < 1000:
            return str(count) if divisor == 1 else f"{count / divisor:.2f}".rstrip("0").rstrip(".") + unit
    return f"{count / 1e12:.2f}T"


def write_shape(shape: Shape) -> str:
    """Write a shape without its batch axis: `32 × 32 × 64`, `?` for an unknown extent, `scalar` for none."""
    return " × ".join("?" if size is None else str(size) for size in shape[1:]) or "scalar"


def clip(text: str, limit: int) -> str:
    """Return the text, its middle replaced by an ellipsis where it has more than `limit` characters."""
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 2
    return text[: limit - 1 - tail] + "…" + text[len(text) - tail :]


def name_range(first: str, last: str) -> str:
    """Write the names of a run: `conv3_block2 … 4`."""
    if not last or last == first:
        return first
    shared = len(common_start([first, last]).rstrip("0123456789"))
    ending = last[shared:]
    return f"{first} … {ending if shared > 2 and ending.isdigit() else last}"


def common_start(texts: Sequence[str]) -> str:
    """Return the letters with which all texts begin."""
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    return "".join(letters[0] for letters in alike)

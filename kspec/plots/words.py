"""How counts and shapes are written in a diagram."""

from __future__ import annotations

from kspec.plots.outline import Shape

_ELLIPSIS = "…"


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
    return text[: limit - 1 - tail] + _ELLIPSIS + text[len(text) - tail :]


def name_range(first: str, last: str) -> str:
    """Write the names of a run: `conv3_block2 … 4`."""
    if not last or last == first:
        return first
    shared = 0
    while shared < min(len(first), len(last)) and first[shared] == last[shared]:
        shared += 1
    while shared and last[shared - 1].isdigit():
        shared -= 1
    ending = last[shared:]
    return f"{first} {_ELLIPSIS} {ending if shared > 2 and ending.isdigit() else last}"

"""What people write when they mean something else, and how YAML wants it."""

from __future__ import annotations

import math
import re
from collections.abc import Collection

TYPOGRAPHIC_QUOTES = "“”„‟«»‘’‚‛"

_NO_SPACE = re.compile(r"([A-Za-z_][\w.-]*):(\S.*)", re.DOTALL)
_COMMENT = re.compile(r"([^\s#]+)#")
_CALLED = re.compile(r"([A-Za-z_][\w.]*)\s*([({=:\s])\s*(.*)", re.DOTALL)
_FRACTION = re.compile(r"[-+]?\d+(\.\d*)?\s*/\s*\d+(\.\d*)?")
_PERCENT = re.compile(r"(\d+(?:\.\d*)?)\s*%")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[_' ]\d{3})+")
_NUMBERS = {"int", "float"}


def slip(text: str, types: Collection[str] = ()) -> str | None:
    """Return a hint for a text that was meant as something else, or None.

    Args:
        text: The text as it was read.
        types: JSON types that the place takes; empty if any.
    """
    return _writing_slip(text) or _value_slip(text.strip(), set(types))


def arguments_slip(text: str, known: Collection[str]) -> str | None:
    """Return a hint for a component with arguments that are not written behind a colon, such as `Dense(10)`.

    Args:
        text: The name as it was read.
        known: Names of components.
    """
    found = _CALLED.fullmatch(text)
    if found is None or found[1] not in known:
        return None
    first = found[3].strip("(){}=: ")
    if not first and found[2] in "({":
        return f"write `{found[1]}` alone"
    single = first and not set(first) & set("=:,'\"(){}[]") and found[2] != "{" and "." not in found[1]
    value = first if single else "{...}"  # an operation takes its arguments by name
    return f"arguments stand behind a `:`: write `{found[1]}: {value}`"


def _writing_slip(text: str) -> str | None:
    """Return a hint for a text that shows that YAML was written wrongly, whatever the place takes."""
    if text[:1] in TYPOGRAPHIC_QUOTES and text:
        return f"`{text[0]}` is not a quote that YAML knows: use \" or ', or none"
    if found := _NO_SPACE.fullmatch(text):
        key, value = found[1], " ".join(found[2].split())
        if value[0] in "{[":
            value = "{...}" if value[0] == "{" else "[...]"  # YAML has torn the rest off
        return f"a `:` needs a space after it: `{key}: {value if len(value) <= 30 else '...'}`"
    if found := _COMMENT.match(text):
        return f"a comment needs a space before its `#`: `{found[1]} #...`"
    return None


def _value_slip(text: str, types: set[str]) -> str | None:
    """Return a hint for a text that stands for a value of another type."""
    if text.startswith("(") and text.endswith(")") and (not types or "list" in types):
        return f"a list is written with square brackets: `[{text[1:-1].rstrip(', ')}]`"
    if text in ("None", "none", "nil", "NULL"):
        return "nothing is written `null`"
    if "bool" in types and text.lower() in ("yes", "no", "on", "off"):
        return f"write `{'true' if text.lower() in ('yes', 'on') else 'false'}`"
    return number_slip(text) if types & _NUMBERS else None


def number_slip(text: str) -> str | None:
    """Return a hint for a text that was meant as a number, or None."""
    if _FRACTION.fullmatch(text):
        return f"nothing is calculated without `$( )`: write `$({text})`"
    if found := _PERCENT.fullmatch(text):
        return f"write `{float(found[1]) / 100:g}`"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"a fraction has a decimal point: `{text.replace(',', '.')}`"
    if _GROUPED.fullmatch(text):
        return f"digits are not grouped: `{re.sub('[^-+0-9]', '', text)}`"
    try:
        return "leave the quotes out" if math.isfinite(float(text)) else None
    except ValueError:
        return None

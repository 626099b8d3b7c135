"""Encodings of text files."""

from __future__ import annotations

import codecs

from kspec.data.sources.errors import DataError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
"""Byte order marks, and which encoding each of them tells."""

BYTE_FOR_BYTE = ("utf-8", "ascii", "iso8859", "cp12")
"""Encodings in which a byte of a line break or a quote never is part of another character."""


def known_encoding(encoding: str) -> str:
    """Return Python's own name of an encoding.

    Raises:
        DataError: There is no such encoding of text.
    """
    try:
        "".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError, ValueError, TypeError) as error:
        raise DataError(f"there is no encoding `{encoding}`", argument="encoding") from error


def byte_order_mark(start: bytes) -> tuple[bytes, str]:
    """Return the byte order mark at the start of a file, empty if there is none, and which encoding it tells.

    Args:
        start: The first four bytes.

    Returns:
        The mark, and the encoding; UTF-8 if there is none.
    """
    return next(((mark, name) for mark, name in _MARKS if start.startswith(mark)), (b"", "utf-8"))


def marked_encoding(start: bytes) -> str:
    """Return the encoding that the first four bytes of a file tell; UTF-8 if they tell none."""
    return byte_order_mark(start)[1]

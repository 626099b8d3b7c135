"""The bytes of a CSV file as text, whatever its encoding, and with line breaks of one kind."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from kspec.data.sources.encodings import BYTE_FOR_BYTE, known_encoding
from kspec.data.sources.errors import DataError
from kspec.data.sources.packed import pieces


def texts(path: Path, encoding: str, start: int, size: int) -> Iterator[str]:
    """Yield the text of a file in pieces, the byte order mark left out.

    Args:
        path: The file.
        encoding: Its encoding.
        start: Byte at which to begin.
        size: Bytes that are read at once.

    Raises:
        DataError: It cannot be read, or is not in its encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    done, held = 0, ""
    for data in pieces(path, start, size):
        pending = len(decoder.getstate()[0])
        try:
            text = held + decoder.decode(data)
        except UnicodeError as error:
            raise _misread(path, encoding, data, error, start + done - pending) from error
        text = text if done else text.removeprefix("\ufeff")
        done += len(data)
        held = "\r" if text.endswith("\r") else ""
        text = text.removesuffix(held) if held else text
        yield text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        last = held + decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise _misread(path, encoding, b"", error, start + done) from error
    if last:
        yield last.replace("\r", "\n")


def utf8(path: Path, encoding: str, data: bytes, start: int) -> bytes:
    """Return whole lines of a file as UTF-8.

    Args:
        path: The file.
        encoding: Its encoding.
        data: The lines.
        start: Byte of the file at which they begin.

    Raises:
        DataError: They are not in that encoding.
    """
    known = known_encoding(encoding)
    if not (data.isascii() and known.startswith(BYTE_FOR_BYTE)):
        try:
            text = data.decode(encoding)
        except UnicodeError as error:
            raise _misread(path, encoding, data, error, start) from error
        if not known.startswith("utf-8"):
            data = text.encode()
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def _misread(path: Path, encoding: str, data: bytes, error: UnicodeError, start: int) -> DataError:
    if not isinstance(error, UnicodeDecodeError):
        return DataError(f"`{path}` is not {encoding}: {error}", argument="encoding")
    hint = "utf-16" if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "latin-1"
    return DataError(
        f"`{path}` is not {encoding}: byte {start + error.start:,} is 0x{error.object[error.start]:02x}",
        hint=f"name its encoding, such as `encoding: {hint}`",
        argument="encoding",
    )

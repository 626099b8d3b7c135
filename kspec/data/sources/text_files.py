"""Text files: a text in each, or a text on each of their lines."""

from __future__ import annotations

import hashlib
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kspec.data.sources.encodings import BYTE_FOR_BYTE, known_encoding, marked_encoding
from kspec.data.sources.file_rows import FileFault, read_bytes

LINES_OF_A_SHARD = 4096
"""How many lines of a file are read at once."""

_A_REFERENCE = 8


@dataclass(frozen=True, slots=True)
class TextHead:
    """What is to be known of texts before they are wanted.

    Args:
        digest: SHA-256 of the file's bytes.
        size: Bytes that the texts take in memory.
        empty: Numbers of those that hold nothing but white space.
    """

    digest: bytes
    size: int
    empty: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Neighbouring lines of a file.

    Args:
        path: The file.
        start: Byte at which they begin.
        length: Bytes that they take.
        rows: How many there are.
        encoding: What they are written in.
    """

    path: Path
    start: int
    length: int
    rows: int
    encoding: str

    def read(self) -> list[str]:
        """Return the lines, without what ends them.

        Raises:
            FileFault: If they cannot be read any more.
        """
        try:
            with self.path.open("rb") as file:
                file.seek(self.start)
                data = file.read(self.length)
        except OSError as error:
            raise FileFault(f"cannot be read: {error.strerror}") from error
        return _split(decoded(data, self.encoding, first=self.start))


def decoded(data: bytes, encoding: str | None, *, first: int = 0) -> str:
    """Return the text of bytes, without a byte order mark, lines ending in `\\n` alone.

    Args:
        data: The bytes.
        encoding: What they are written in; None if their first ones tell.
        first: Number of the first of them in their file.

    Raises:
        FileFault: If they are not in the encoding.
    """
    encoding = encoding or marked_encoding(data[:4])
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileFault(
            f"is not {encoding}: byte {first + error.start:,} is 0x{data[error.start]:02x}",
            hint="name its encoding, such as `encoding: latin-1`",
            argument="encoding",
        ) from error
    except UnicodeError as error:
        raise FileFault(f"is not {encoding}: {error}", argument="encoding") from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def read_text(path: Path, encoding: str | None) -> str:
    """Return the text of a file.

    Raises:
        FileFault: If it cannot be read, or is not in the encoding.
    """
    return decoded(read_bytes(path), encoding)


def read_text_head(path: Path, encoding: str | None) -> TextHead:
    """Return what is to be known of a file that holds one text.

    Raises:
        FileFault: If it cannot be read, or is not in the encoding.
    """
    data = read_bytes(path)
    text = decoded(data, encoding)
    return TextHead(hashlib.sha256(data).digest(), _memory(text), () if text.strip() else (0,))


def read_line_heads(path: Path, encoding: str | None) -> tuple[TextHead, list[Lines]]:
    """Return what is to be known of a file with a text on each line, and where its lines are.

    Raises:
        FileFault: If it cannot be read, is not in the encoding, or has no lines.
    """
    digest, size, rows = hashlib.sha256(), 0, 0
    empty: list[int] = []
    found: list[Lines] = []
    try:
        for start, data in _stretches(path, encoding):
            encoding = encoding or marked_encoding(data[:4])
            lines = _split(decoded(data, encoding, first=start))
            digest.update(data)
            found.append(Lines(path, start, len(data), len(lines), encoding))
            empty += [rows + place for place, line in enumerate(lines) if not line.strip()]
            size += sum(map(_memory, lines))
            rows += len(lines)
    except OSError as error:
        raise FileFault(f"cannot be read: {error.strerror}") from error
    if not rows:
        raise FileFault("is empty")
    return TextHead(digest.digest(), size, tuple(empty)), found


def _stretches(path: Path, encoding: str | None) -> Iterator[tuple[int, bytes]]:
    """Yield the bytes of some whole lines at a time, and where they begin."""
    start = 0
    with path.open("rb") as file:
        known = known_encoding(encoding or marked_encoding(file.read(4)))
        file.seek(0)
        if not known.startswith(BYTE_FOR_BYTE):  # where lines end is not to be seen from the bytes
            yield start, file.read()
            return
        while data := b"".join(itertools.islice(file, LINES_OF_A_SHARD)):
            yield start, data
            start += len(data)


def _split(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _memory(text: str) -> int:
    return sys.getsizeof(text) + _A_REFERENCE

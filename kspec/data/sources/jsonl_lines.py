"""The lines of a JSON Lines file, a block of whole ones at a time."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kspec.data.sources.errors import DataError
from kspec.data.sources.packed import opened, pieces, readable

BLOCK_BYTES = 8_000_000
"""About how many bytes of a file are parsed at once."""


@dataclass(frozen=True, slots=True)
class JsonBlock:
    """Whole lines of a file.

    Args:
        path: The file.
        body: The lines.
        line: Number of the first of them in the file, counted from 1.
        start: Byte of the unpacked file at which they begin.
    """

    path: Path
    body: bytes
    line: int
    start: int

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the lines that have something in them, each with its number."""
        for number, line in enumerate(self.body.split(b"\n"), start=self.line):
            if line.strip():
                yield number, line

    def line_of(self, row: int) -> int:
        """Return the number of the line of a row, which is counted from 0."""
        return next((number for place, (number, _) in enumerate(self.lines()) if place == row), self.line + row)

    def where(self, row: int) -> str:
        """Return what messages call a row."""
        return f"`{self.path}`, line {self.line_of(row):,}"


def size_of(path: Path) -> int:
    """Return how many bytes a file takes on the disk.

    Raises:
        DataError: It cannot be looked at.
    """
    with readable(path):
        return path.stat().st_size


def read_blocks(path: Path) -> Iterator[JsonBlock]:
    """Yield all lines of a file, a block at a time.

    Raises:
        DataError: If the file cannot be read, or is no text in UTF-8.
    """
    line, start, rest = 1, 0, b""
    for data in pieces(path, 0, BLOCK_BYTES):
        rest += data if start or rest else data.removeprefix(codecs.BOM_UTF8)
        if cut := rest.rfind(b"\n") + 1:
            yield _checked(JsonBlock(path, rest[:cut], line, start))
            line, start, rest = line + rest.count(b"\n", 0, cut), start + cut, rest[cut:]
    if rest:
        yield _checked(JsonBlock(path, rest, line, start))


def read_block(path: Path, *, start: int, length: int, line: int) -> JsonBlock:
    """Return a block at a place of the file that `read_blocks` gave."""
    with readable(path), path.open("rb") as file:
        mark = len(codecs.BOM_UTF8) if file.read(3) == codecs.BOM_UTF8 else 0
        file.seek(start + mark)
        return JsonBlock(path, file.read(length), line, start)


def read_head(path: Path, size: int) -> tuple[JsonBlock, bool]:
    """Return the whole lines among the first bytes of a file, and whether they are all of it."""
    try:
        with opened(path) as file:
            data = file.read(size)
            whole = not file.read(1)
    except (OSError, EOFError, zlib.error):
        return JsonBlock(path, b"", 1, 0), False
    data = data.removeprefix(codecs.BOM_UTF8)
    return JsonBlock(path, data if whole else data[: data.rfind(b"\n") + 1], 1, 0), whole


def _checked(block: JsonBlock) -> JsonBlock:
    try:
        block.body.decode()
    except UnicodeDecodeError as error:
        line = block.line + block.body.count(b"\n", 0, error.start)
        raise DataError(
            f"`{block.path}`, line {line:,}: the byte 0x{block.body[error.start]:02x} is not UTF-8",
            hint="JSON is written in UTF-8: write the file again in it",
            argument="path",
        ) from error
    return block

"""The rows of a CSV file, a block of whole lines at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kspec.data.sources.csv_header import parsed_header
from kspec.data.sources.csv_text import texts, utf8
from kspec.data.sources.encodings import BYTE_FOR_BYTE, byte_order_mark, known_encoding
from kspec.data.sources.errors import DataError
from kspec.data.sources.packed import is_packed, pieces, readable

BLOCK_BYTES = 16_000_000
"""About how many bytes of a file are parsed at once."""

_HEAD_BYTES = 1 << 16
_LONGEST = 8
"""Blocks after which a cell that does not end is taken for a stray quote."""


@dataclass(frozen=True, slots=True)
class CsvBlock:
    """Whole lines of a CSV file below its header.

    Args:
        path: The file.
        names: Its columns.
        delimiter: Character between its cells.
        body: The lines as UTF-8 text, ending in a line break.
        line: Number of the first of them in the file, counted from 1.
        start: Byte of the file at which they begin, or None where only reading from its beginning leads there.
        length: How many bytes of the file they are.
    """

    path: Path
    names: tuple[str, ...]
    delimiter: str
    body: bytes
    line: int
    start: int | None = None
    length: int = 0

    def without_body(self) -> CsvBlock:
        """Return where the block stands, without its text."""
        return replace(self, body=b"")

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the cells of each row, one by one, with the line of the file on which it begins."""
        reader = csv.reader(io.StringIO(self.body.decode(), newline=""), delimiter=self.delimiter)
        begins = self.line
        for cells in reader:
            if cells:
                yield begins, cells
            begins = self.line + reader.line_num


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file whose header has been read.

    Args:
        path: The file.
        names: Its columns.
        delimiter: Character between its cells.
        encoding: Encoding of its text.
        size: Its bytes on the disk.
        body: Byte at which its rows begin; None where it cannot be read from the middle.
        line: Number of the first line below the header, counted from 1.
    """

    path: Path
    names: tuple[str, ...]
    delimiter: str
    encoding: str
    size: int
    body: int | None
    line: int

    @classmethod
    def open(cls, path: Path, *, encoding: str | None, delimiter: str | None) -> CsvFile:
        """Read the header of a file.

        Args:
            path: The file.
            encoding: Encoding of its text; UTF-8 if left out, unless its first bytes say UTF-16 or UTF-32.
            delimiter: Character between its cells; found in the header if left out.

        Raises:
            DataError: If the file is empty, is not in its encoding, or its header does not name every column once.
        """
        with readable(path):
            size = path.stat().st_size
            with path.open("rb") as file:
                start = file.read(4)
        mark, marked = byte_order_mark(start)
        encoding = encoding or marked
        known = known_encoding(encoding)
        whole = cls(path, (), "", encoding, size, None, 1)
        if not is_packed(path) and known.startswith(BYTE_FOR_BYTE):
            whole = replace(whole, body=len(mark))
        head = ""
        for text in whole._texts(_HEAD_BYTES):
            head += text
            if "\n" in head.lstrip("\n"):
                break
        stripped = head.lstrip("\n")
        if not stripped.strip():
            raise DataError(f"`{path}` is empty", argument="path")
        above, line = head[: len(head) - len(stripped)], stripped.partition("\n")[0]
        names, found = parsed_header(path, line, delimiter)
        return _below(replace(whole, names=names, delimiter=found, line=above.count("\n") + 2), above + line)

    def blocks(self) -> Iterator[CsvBlock]:
        """Yield all rows, a block of lines at a time.

        Raises:
            DataError: If the file is not in its encoding, or has no rows.
        """
        line, found = self.line, False
        for block in self._from_bytes() if self.body is not None else self._from_text():
            if not block.body.isspace():
                found = True
                yield replace(block, line=line)
            line += block.body.count(b"\n")
        if not found:
            raise DataError(f"`{self.path}` has a header and no rows", argument="path")

    def block(self, start: int, length: int, line: int) -> CsvBlock:
        """Return the block at a place of the file that `blocks` gave."""
        with readable(self.path), self.path.open("rb") as file:
            file.seek(start)
            data = file.read(length)
        return self._block(utf8(self.path, self.encoding, data, start), line=line, start=start, length=length)

    def _block(self, body: bytes, *, line: int = 0, start: int | None = None, length: int = 0) -> CsvBlock:
        body = body if body.endswith(b"\n") else body + b"\n"
        return CsvBlock(self.path, self.names, self.delimiter, body, line, start, length)

    def _from_bytes(self) -> Iterator[CsvBlock]:
        start = self.body or 0
        for data in whole_lines(pieces(self.path, start, BLOCK_BYTES)):
            yield self._block(utf8(self.path, self.encoding, data, start), start=start, length=len(data))
            start += len(data)

    def _from_text(self) -> Iterator[CsvBlock]:
        above = self.line - 1
        for data in whole_lines(text.encode() for text in self._texts(BLOCK_BYTES)):
            rows = data
            while above and rows:
                _, _, rows = rows.partition(b"\n")
                above -= 1
            if rows:
                yield self._block(rows)

    def _texts(self, size: int) -> Iterator[str]:
        return texts(self.path, self.encoding, self.body or 0, size)


def _below(file: CsvFile, header: str) -> CsvFile:
    """Return a file with the place at which its rows begin, if they can be read from there."""
    if file.body is None:
        return file
    with file.path.open("rb") as raw:
        raw.seek(file.body)
        lines = b"".join(raw.readline() for _ in range(header.count("\n") + 1))
    # Lines that end as on the first Macintosh are one line to `readline`.
    ends = lines.rstrip(b"\r\n")
    return replace(file, body=None if b"\r" in ends.replace(b"\r\n", b"") else file.body + len(lines))


def whole_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield bytes again so that each piece ends with a row: at a line break that no pair of quotes encloses."""
    rest = b""
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        if end and b'"' not in piece and b'"' not in rest:
            yield b"".join((rest, memoryview(piece)[:end]))  # one copy of many megabytes in place of two
            rest = piece[end:]
            continue
        rest += piece
        cut = _last_row(rest)
        if not cut and len(rest) > _LONGEST * BLOCK_BYTES:
            cut = rest.rfind(b"\n") + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest


def _last_row(data: bytes) -> int:
    """Return where the last whole row of some lines ends; 0 if none does."""
    end = data.rfind(b"\n")
    if b'"' not in data:
        return end + 1
    quotes = data.count(b'"')
    after = data.count(b'"', end + 1)
    while end >= 0 and (quotes - after) % 2:
        before = data.rfind(b"\n", 0, end)
        after += data.count(b'"', before + 1, end)
        end = before
    return end + 1

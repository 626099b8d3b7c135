"""Text that is read from its beginning to its end, once: of a file, packed or not, or of standard input."""

from __future__ import annotations

import codecs
import gzip
import io
import select
import zlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from kspec.data.sources.errors import DataError

BLOCK_BYTES = 1 << 22
"""About how much text is worked on at once."""

_READ_BYTES = 1 << 18
_WIDE = {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}


class Text:
    """A text that is read a block at a time.

    Args:
        name: What messages call it, such as `rows.csv`.
        path: Its file, unpacked where it ends in `.gz`; None for a stream.
        stream: Where it is read from if not from a file; it need not go back.
        encoding: Its encoding.

    Attributes:
        share: How much of it has been read, from 0 to 1; None where its end is not known.
    """

    def __init__(
        self, name: str, *, path: Path | None = None, stream: BinaryIO | None = None, encoding: str = "utf-8"
    ) -> None:
        self.name = name
        self.share: float | None = None
        self._path = path
        self._encoding = encoding
        self._kept: list[bytes] = []
        self._coming = None if stream is None else self._decoded(_arrivals(stream))

    def head(self) -> bytes:
        """Return the beginning of the text: its first two lines that are not empty and more, or all of it.

        Raises:
            DataError: It cannot be read.
        """
        if self._kept:
            return self._kept[0]
        found, chunks = b"", self._coming or self._decoded(self._file())
        for chunk in chunks:
            found += chunk
            if found.strip(b"\n").count(b"\n"):
                break
        if self._coming is None:
            chunks.close()
        else:
            self._kept = [found]
        return found

    def blocks(self) -> Iterator[bytes]:
        """Yield the text as UTF-8, its line breaks all of one byte, cut anywhere.

        Raises:
            DataError: It cannot be read.
        """
        kept, self._kept = self._kept, []
        yield from kept
        yield from self._coming or self._decoded(self._file())

    def _decoded(self, chunks: Iterator[bytes]) -> Generator[bytes]:
        try:
            decoder = codecs.getincrementaldecoder(self._encoding)()
        except LookupError:
            raise DataError(f"there is no encoding `{self._encoding}`", argument="encoding") from None
        breaks = io.IncrementalNewlineDecoder(decoder, translate=True)
        lines, begun = 0, False
        for chunk, last in _with_last(chunks):
            try:
                text = breaks.decode(chunk, final=last)
            except UnicodeError as error:
                raise self._undecoded(error, chunk, lines) from error
            lines += text.count("\n")
            if text:
                yield (text if begun else text.removeprefix("\ufeff")).encode()
                begun = True

    def _undecoded(self, error: UnicodeError, chunk: bytes, lines: int) -> DataError:
        likely = "utf-16" if not lines and chunk[:2] in _WIDE else "latin-1"
        what = f": it has the byte 0x{error.object[error.start]:02x}" if isinstance(error, UnicodeDecodeError) else ""
        where = f" after line {lines:,}" if lines else ""
        return DataError(
            f"`{self.name}` is not {self._encoding}{what}{where}",
            hint=f"write it in that encoding, or name its own in the spec's source, such as `encoding: {likely}`",
            argument="encoding",
        )

    def _file(self) -> Iterator[bytes]:
        path = self._path or Path()
        try:
            with ExitStack() as stack:
                raw = stack.enter_context(path.open("rb"))
                size = path.stat().st_size
                packed = path.suffix.lower() == ".gz"
                file = stack.enter_context(gzip.GzipFile(fileobj=raw)) if packed else raw
                while chunk := file.read(BLOCK_BYTES):
                    self.share = min(1.0, raw.tell() / size) if size else 1.0
                    yield chunk
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DataError(f"`{self.name}` is not a whole gzip file: {error}", argument="path") from error
        except OSError as error:
            raise DataError(f"`{self.name}` cannot be read: {error.strerror or error}", argument="path") from error


def _with_last(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield the chunks as they come, and an empty one that says that it is the last."""
    for chunk in chunks:
        yield chunk, False
    yield b"", True


def _arrivals(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what has come so far, so that rows which come slowly are not held up until there are many."""
    read = getattr(stream, "read1", stream.read)
    came = bytearray()
    while chunk := read(_READ_BYTES):
        came += chunk
        if len(came) >= BLOCK_BYTES or not _more_waits(stream):
            yield bytes(came)
            came.clear()
    if came:
        yield bytes(came)


def _more_waits(stream: BinaryIO) -> bool:
    try:
        return bool(select.select([stream], [], [], 0)[0])
    except (OSError, ValueError):  # what has no descriptor, such as bytes in memory, is all there
        return True

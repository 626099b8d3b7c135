"""The bytes of files, some of them packed with gzip."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from kspec.data.sources.errors import DataError


def is_packed(path: Path) -> bool:
    """Say whether a file is packed, so that it can only be read from its beginning."""
    return path.suffix == ".gz"


def opened(path: Path) -> BinaryIO:
    """Open a file to read what is in it, unpacked."""
    return cast(BinaryIO, gzip.open(path)) if is_packed(path) else path.open("rb")


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """Tell of a file that the block cannot read.

    Raises:
        DataError: It cannot be read, or is not packed as its name says.
    """
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"`{path}` is not a whole gzip file: {error}", argument="path") from error
    except OSError as error:
        raise DataError(f"`{path}` cannot be read: {error.strerror or error}", argument="path") from error


def pieces(path: Path, start: int, size: int) -> Iterator[bytes]:
    """Yield what is in a file, unpacked, from a byte on, so many bytes at a time.

    Raises:
        DataError: It cannot be read, or is not packed as its name says.
    """
    with readable(path), opened(path) as file:
        file.seek(start)
        while data := file.read(size):
            yield data

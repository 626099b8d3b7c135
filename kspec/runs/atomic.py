"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = ".writing-"
"""How the names of unfinished files begin."""


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file beside its name, flush it to the disk, and rename it.

    Raises:
        OSError: It could not be written; what stood there before still stands.
    """
    with replacing(path) as unfinished:
        unfinished.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Write a UTF-8 text as `write_bytes` does."""
    write_bytes(path, content.encode("utf-8"))


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give out the path of an unfinished file with the ending of `path`; once it is written, it takes that name.

    If the block fails, the unfinished file is removed and `path` stays as it was.
    """
    make_folder(path.parent)
    try:
        handle, name = tempfile.mkstemp(prefix=PREFIX, suffix="".join(path.suffixes), dir=path.parent)
    except OSError as error:
        error.filename = str(path)  # of a file that nobody has heard of, nobody knows what to do about it
        raise
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        _make_readable(unfinished)
        flush(unfinished)
        unfinished.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None and error.filename in (None, name):
            error.filename = str(path)  # a full disk does not say which file it was
        raise
    flush(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder and those that it lies in, unless they are there, such that a power cut does not take it away."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        flush(path.parent)


def _make_readable(path: Path) -> None:
    """Give a file the permissions that any new file would have; temporary files are private."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


def flush(path: Path) -> None:
    """Have the operating system put a file's or folder's content on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if path.is_file():
            raise
    finally:
        os.close(handle)

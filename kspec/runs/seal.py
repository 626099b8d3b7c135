"""The seal of a file that a run keeps: the SHA-256 of its bytes, in the comment that ends every ZIP archive.

`.keras` and `.npz` files are such archives. Keras and NumPy read a sealed one like any other; the digest lies in the
file that it is of, so the two are written and renamed as one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path
from typing import BinaryIO

_MARK = b"kspec sha256 "
_DIGITS = 64
_COMMENT = len(_MARK) + _DIGITS
_END = b"PK\x05\x06"
"""How the last record of an archive begins (APPNOTE 4.3.16)."""

_END_SIZE = 22
_PIECE = 1 << 20


class SealError(Exception):
    """A file has not the bytes that its seal says, or no seal; says which."""


def add_seal(file: BinaryIO) -> None:
    """Put the digest of an archive at its end.

    Args:
        file: A whole archive without a comment, open to be read and written.

    Raises:
        ValueError: It is none.
    """
    file.seek(-_END_SIZE, os.SEEK_END)
    end = file.read(_END_SIZE)
    if not end.startswith(_END) or end[-2:] != b"\0\0":
        raise ValueError("only an archive without a comment can be sealed")
    file.seek(-2, os.SEEK_END)
    file.write(_COMMENT.to_bytes(2, "little"))
    file.write(_MARK)
    file.write(_digest(file, file.tell()))


def seal(path: Path) -> None:
    """Put the digest of an archive at its end, as `add_seal` does."""
    with path.open("r+b") as file:
        add_seal(file)


def is_sealed(path: Path) -> bool:
    """Say whether a file ends with a seal.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return _has_seal(file)


def check_seal(path: Path) -> None:
    """Hold a file against its seal.

    Raises:
        SealError: A byte of it is another one, or it is cut short, or was never sealed.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        if not _has_seal(file):
            raise SealError("its seal is missing: it is cut short, or kspec did not write it")
        sealed = file.seek(-_DIGITS, os.SEEK_END)
        written = file.read()
        if not hmac.compare_digest(_digest(file, sealed), written):
            raise SealError("its bytes are not those that were written: its SHA-256 is another")


def _has_seal(file: BinaryIO) -> bool:
    if file.seek(0, os.SEEK_END) < _END_SIZE + _COMMENT:
        return False
    file.seek(-_COMMENT, os.SEEK_END)
    return file.read(len(_MARK)) == _MARK


def _digest(file: BinaryIO, size: int) -> bytes:
    """Return the SHA-256 of the first bytes of a file in hexadecimal digits, leaving it behind them."""
    digest = hashlib.sha256()
    file.seek(0)
    left = size
    while left and (piece := file.read(min(_PIECE, left))):
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest().encode("ascii")

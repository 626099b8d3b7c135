"""Files of saved models and weights, looked through before Keras reads them."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import h5py

from kspec.data.hdf5_checks import SavedArray, UnsafeFileError, read_shapes
from kspec.data.memory import readable
from kspec.runs.seal import SealError, check_seal, is_sealed

WEIGHTS = "model.weights.h5"
"""Where a `.keras` file keeps its weights."""

_MEMBERS = {"config.json", "metadata.json", WEIGHTS}
_ASSETS = "assets"
_SMALL = 1 << 20
_PACKED = 20
"""How many bytes a packed one may stand for in a member of more than a mebibyte."""

_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, KeyError, ValueError, RuntimeError)
"""What `zipfile` and h5py raise for a file that is damaged or of another kind."""


def arrays_of(file: Path) -> Mapping[str, SavedArray]:
    """Return what arrays a file has by their places in it, having looked through all of it but their values.

    Args:
        file: A `.keras` file, or an HDF5 file with weights or a whole model.

    Raises:
        UnsafeFileError: It is damaged, leads elsewhere, declares more than it holds, or its seal does not fit.
    """
    with opened_weights(file) as (content, size):
        with _damage_told():
            archive = h5py.File(content, "r")
        with archive:
            return read_shapes(archive, size=size)


@contextlib.contextmanager
def opened_weights(file: Path) -> Iterator[tuple[Any, int]]:
    """Give out the HDF5 file that is, or that lies in, a file, for h5py to open, and its size in bytes.

    Raises:
        UnsafeFileError: As `arrays_of` does, but for what is in the HDF5 file.
    """
    with contextlib.ExitStack() as stack:
        with _damage_told():
            content, size = _weights_in(file, stack)
        yield content, size


def _weights_in(file: Path, stack: contextlib.ExitStack) -> tuple[Any, int]:
    if file.suffix.lower() != ".keras":
        return file, file.stat().st_size
    if is_sealed(file):
        check_seal(file)
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            _check_member(info)
        if WEIGHTS not in archive.namelist():
            raise UnsafeFileError(f"there is no `{WEIGHTS}` in it", "save the model again with Keras 3")
        info = archive.getinfo(WEIGHTS)
        if info.compress_type != zipfile.ZIP_STORED:
            return io.BytesIO(archive.read(info)), info.file_size
    return _Window(stack.enter_context(file.open("rb")), info), info.file_size


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except SealError as error:
        raise UnsafeFileError(str(error), "it was changed after kspec wrote it: save it again") from error
    except _FAULTS as error:
        raise UnsafeFileError(f"it is damaged: {str(error) or type(error).__name__}") from error


def _check_member(info: zipfile.ZipInfo) -> None:
    """Refuse what no `.keras` file has: members elsewhere, pickled arrays, more than there is."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in info.filename or "\0" in info.orig_filename:
        raise UnsafeFileError(f"its member `{info.filename}` would lie outside of it")
    if (info.external_attr >> 16) & 0o170000 not in (0, 0o100000, 0o040000):
        raise UnsafeFileError(f"its member `{info.filename}` is a link or a device")
    if info.filename not in _MEMBERS and path.parts[:1] != (_ASSETS,):
        hint = "weights are kept as HDF5: save the model again" if path.suffix == ".npz" else None
        raise UnsafeFileError(f"its member `{info.filename}` is not what a model has", hint)
    if info.file_size > max(_SMALL, _PACKED * info.compress_size):
        message = (
            f"its member `{info.filename}` of {readable(info.compress_size)} unpacks to {readable(info.file_size)}"
        )
        raise UnsafeFileError(message, "save the model again")


class _Window(io.RawIOBase):
    """The bytes of one member of an archive, which are stored as they are, as a file of their own."""

    def __init__(self, whole: Any, info: zipfile.ZipInfo) -> None:
        self._whole, self._size, self._at = whole, info.file_size, 0
        whole.seek(info.header_offset)
        header = whole.read(_HEADER)
        name, more = struct.unpack("<HH", header[26:30])
        self._first = info.header_offset + _HEADER + name + more
        if self._first + self._size > whole.seek(0, os.SEEK_END):
            raise zipfile.BadZipFile("it is cut short")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        self._at = place + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)[: max(0, self._size - self._at)]
        self._whole.seek(self._first + self._at)
        count = int(self._whole.readinto(view))
        self._at += count
        return count


_HEADER = 30
"""Bytes that stand before a member of an archive, but for its name and what else is said of it."""

"""NumPy archives (`.npz`), read without pickle and refused where they are not whole."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array


@dataclass(frozen=True, slots=True)
class Header:
    """What a file declares of an array.

    Args:
        dtype: Type of its values.
        shape: Its shape.
        by_columns: Whether the values stand in Fortran's order.
        place: Byte of the archive at which the values begin; None where they are packed.
    """

    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    by_columns: bool = False
    place: int | None = None

    def __str__(self) -> str:
        return f"{self.dtype} of shape {self.shape}"


def read_headers(path: Path, *, argument: str | None = "path") -> dict[str, Header]:
    """Return what arrays an archive holds, reading no values.

    Raises:
        DataError: If the file is not a NumPy archive, is cut short, or declares more values than it holds.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {info.filename.removesuffix(".npy"): _header(archive, info) for info in archive.infolist()}
    except NOT_WHOLE as error:
        raise refusal(path, error, argument) from error


def read_arrays(path: Path, names: Iterable[str], *, argument: str | None = "path") -> dict[str, Array]:
    """Return the named arrays of an archive.

    Raises:
        DataError: If an array is missing, holds Python objects, or cannot be read to its end.
    """
    names = list(names)
    check_headers(path, read_headers(path, argument=argument), names, argument=argument)
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in names}
    except NOT_WHOLE as error:
        raise refusal(path, error, argument) from error


def check_headers(
    path: Path, headers: Mapping[str, Header], names: Sequence[str], *, argument: str | None = "path"
) -> None:
    """Refuse arrays that an archive does not have, or that hold Python objects.

    Raises:
        DataError: There is no such array, or it cannot be read without running code.
    """
    missing = [name for name in names if name not in headers]
    if missing:
        raise DataError(
            f"`{path}` has no array `{missing[0]}`: expected {_listed(names)}, found {_listed(headers)}",
            argument=argument,
        )
    for name in names:
        if headers[name].dtype.hasobject:
            raise _objects(f"array `{name}` of `{path}`", argument)


def map_array(path: Path, *, argument: str | None = None) -> Array:
    """Return the array of a `.npy` file as it lies on the disk: what is looked at is read.

    Raises:
        DataError: If the file is not a whole `.npy` file or holds Python objects.
    """
    try:
        return np.lib.format.open_memmap(path, mode="r")
    except NOT_WHOLE as error:
        if "Python objects" in str(error) or "Object arrays" in str(error):
            raise _objects(f"`{path}`", argument) from error
        raise DataError(f"`{path}` is not a whole NumPy array (.npy): {error}", argument=argument) from error


def plain_text(array: Array) -> Array:
    """Return NumPy's fixed-width text as an object array of `str`, other arrays as they are."""
    if array.dtype.kind == "S":
        try:
            array = np.char.decode(array, "utf-8")
        except UnicodeDecodeError as error:
            raise DataError(f"text in an array is not utf-8: {error}") from error
    return array.astype(object) if array.dtype.kind == "U" else array


NOT_WHOLE = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, KeyError, RuntimeError)
"""What NumPy and `zipfile` raise for a file that is damaged, or of another kind."""


_MEMBER_HEADER = 30
"""Bytes that stand before a member of an archive, but for its name and what else is said of it."""


def _header(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Header:
    with archive.open(info) as member:
        version = np.lib.format.read_magic(member)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, by_columns, dtype = read(member)
        place = _place(archive, info) + member.tell() if info.compress_type == zipfile.ZIP_STORED else None
        header = Header(dtype, shape, by_columns, place)
        declared = int(np.prod(shape, dtype=object)) * dtype.itemsize
        held = info.file_size - member.tell()
    if not dtype.hasobject and declared != held:
        raise ValueError(f"`{info.filename}` declares {declared:,} bytes and holds {held:,}")
    return header


def _place(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Return the byte of an archive at which a member begins, behind the header of its own."""
    with Path(str(archive.filename)).open("rb") as file:
        file.seek(info.header_offset)
        header = file.read(_MEMBER_HEADER)
    name, more = struct.unpack("<HH", header[26:30])
    return info.header_offset + _MEMBER_HEADER + int(name) + int(more)


def refusal(path: Path, error: Exception, argument: str | None) -> DataError:
    """Return the fault of a file that is no whole archive."""
    return DataError(f"`{path}` is not a whole NumPy archive (.npz): {error}", argument=argument)


def _objects(what: str, argument: str | None) -> DataError:
    return DataError(
        f"{what} holds Python objects, which could run code when read",
        hint="save it with a dtype of numbers or text",
        argument=argument,
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"

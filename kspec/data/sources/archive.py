"""NumPy archives (`.npz`), read without pickle and refused where they are not whole."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array


@dataclass(frozen=True, slots=True)
class Header:
    """Dtype and shape of an array, as its file declares them."""

    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]

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
    except _NOT_WHOLE as error:
        raise _refusal(path, error, argument) from error


def read_arrays(path: Path, names: Iterable[str], *, argument: str | None = "path") -> dict[str, Array]:
    """Return the named arrays of an archive.

    Raises:
        DataError: If an array is missing, holds Python objects, or cannot be read to its end.
    """
    headers = read_headers(path, argument=argument)
    names = list(names)
    missing = [name for name in names if name not in headers]
    if missing:
        raise DataError(
            f"`{path}` has no array `{missing[0]}`: expected {_listed(names)}, found {_listed(headers)}",
            argument=argument,
        )
    for name in names:
        if headers[name].dtype.hasobject:
            raise _objects(f"array `{name}` of `{path}`", argument)
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in names}
    except _NOT_WHOLE as error:
        raise _refusal(path, error, argument) from error


def read_array(path: Path, *, limit: int | None = None, argument: str | None = None) -> Array:
    """Return the array of a `.npy` file, or its first `limit` rows without reading the others.

    Raises:
        DataError: If the file is not a whole `.npy` file or holds Python objects.
    """
    try:
        mapped = np.lib.format.open_memmap(path, mode="r")
    except _NOT_WHOLE as error:
        if "Python objects" in str(error) or "Object arrays" in str(error):
            raise _objects(f"`{path}`", argument) from error
        raise DataError(f"`{path}` is not a whole NumPy array (.npy): {error}", argument=argument) from error
    return np.array(mapped if limit is None or mapped.ndim == 0 else mapped[:limit])


def plain_text(array: Array) -> Array:
    """Return NumPy's fixed-width text as an object array of `str`, other arrays as they are."""
    if array.dtype.kind == "S":
        try:
            array = np.char.decode(array, "utf-8")
        except UnicodeDecodeError as error:
            raise DataError(f"text in an array is not utf-8: {error}") from error
    return array.astype(object) if array.dtype.kind == "U" else array


_NOT_WHOLE = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, KeyError, NotImplementedError)


def _header(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Header:
    with archive.open(info) as member:
        version = np.lib.format.read_magic(member)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(member)
        header = Header(dtype, shape)
        declared = int(np.prod(shape, dtype=object)) * dtype.itemsize
        held = info.file_size - member.tell()
    if not dtype.hasobject and declared != held:
        raise ValueError(f"`{info.filename}` declares {declared:,} bytes and holds {held:,}")
    return header


def _refusal(path: Path, error: Exception, argument: str | None) -> DataError:
    return DataError(f"`{path}` is not a whole NumPy archive (.npz): {error}", argument=argument)


def _objects(what: str, argument: str | None) -> DataError:
    return DataError(
        f"{what} holds Python objects, which could run code when read",
        hint="save it with a dtype of numbers or text",
        argument=argument,
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"

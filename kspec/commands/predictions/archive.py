"""Predictions as a NumPy archive."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from kspec.commands.predictions.columns import Column

Array = npt.NDArray[Any]


class ArchiveWriter:
    """Writes an NPZ file of one array for each column.

    How long an array is, and how wide its text, is known only in the end: until then the rows wait in files of their
    own, which have no names and go with the process.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._waiting: dict[str, _Spool] = {}
        self._once: dict[str, Array] = {}

    def write(self, columns: Sequence[Column]) -> None:
        """Take some rows."""
        for column in columns:
            values = np.array(column.classes)[column.values] if column.kind == "top" else column.values
            self._spool(column.name, values)
            if column.chances is not None:
                self._spool(f"{column.name}_probabilities", column.chances)
            if column.kind in ("chances", "labels"):
                self._once[f"{column.prefix}classes"] = np.array(column.classes)

    def close(self) -> None:
        """Write the archive."""
        with zipfile.ZipFile(self._file, "w") as archive:
            for name, spool in self._waiting.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    spool.write(member)
            for name, array in self._once.items():
                with archive.open(f"{name}.npy", "w") as member:
                    np.save(member, array)

    def _spool(self, name: str, values: Array) -> None:
        self._waiting.setdefault(name, _Spool()).add(values)


class _Spool:
    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this does
        self._rows = self._pieces = 0
        self._shape: tuple[int, ...] = ()
        self._dtype: np.dtype[Any] | None = None

    def add(self, values: Array) -> None:
        if values.dtype == object:
            values = np.array(["" if value is None else str(value) for value in values.ravel()]).reshape(values.shape)
        self._dtype = values.dtype if self._dtype is None else np.result_type(self._dtype, values.dtype)
        self._shape = values.shape[1:]
        self._rows += len(values)
        self._pieces += 1
        np.save(self._file, values, allow_pickle=False)

    def write(self, member: Any) -> None:
        dtype = self._dtype or np.dtype(np.float32)
        head = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": (self._rows, *self._shape)}
        npy.write_array_header_2_0(member, head)
        for piece in self._again():
            member.write(piece.astype(dtype, copy=False).tobytes())
        self._file.close()

    def _again(self) -> Iterator[Array]:
        self._file.seek(0)
        for _ in range(self._pieces):
            yield np.load(self._file, allow_pickle=False)

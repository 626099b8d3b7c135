"""Rows that are one file each: read in threads, with all faults told at once."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields
from kspec.data.sources.loaded import Progress, unwatched

ROWS_OF_A_SHARD = 256
"""How many files make a shard at most."""

_THREADS = min(8, os.cpu_count() or 1)
_SHOWN = 3

_TRIED, _QUICK = 8, 0.001
"""Files that are read to see how long one takes, and the seconds up to which threads would wait for each other longer
than that: small images took one thread half of the time that they took two."""

_OF_A_CLASS = 8
"""Rows of a rare class in a sample: so many that hardly any part that is split off gets all of them."""

_LABEL = "label"
"""Field of the names of class folders."""

T = TypeVar("T")


class FileFault(Exception):  # noqa: N818 - as with other faults of data, what is wrong is the file
    """A file cannot be read, or is not what it should be.

    Args:
        message: What is wrong, to be read after the file's name.
        hint: How to mend it.
        argument: Argument of the source that the fault is about.
    """

    def __init__(self, message: str, *, hint: str | None = None, argument: str = "path") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.argument = argument


@dataclass(frozen=True, slots=True)
class FileRows:
    """The rows of a part.

    Args:
        folder: Folder that the files' names start from.
        names: The files, an object array of `str`.
        columns: Fields that are known without reading the files, such as `label`.
    """

    folder: Path
    names: Array
    columns: Mapping[str, Array]

    @classmethod
    def of(cls, folder: Path, names: Sequence[str], labels: Sequence[str] | None = None) -> FileRows:
        """Return rows that have a label each, or none."""
        return cls(folder, objects(names), {} if labels is None else {_LABEL: objects(labels)})

    @property
    def paths(self) -> list[Path]:
        """The files."""
        return [self.folder / name for name in self.names]

    def slice(self, start: int, stop: int) -> FileRows:
        """Return neighbouring rows."""
        columns = {name: array[start:stop] for name, array in self.columns.items()}
        return FileRows(self.folder, self.names[start:stop], columns)

    def some(self, most: int | None) -> FileRows:
        """Return about so many rows, evenly spread, some of every class among them; None: all.

        Classes are the values of a column that has no more of them than rows are wanted, and all that folders give.
        """
        if most is None or len(self.names) <= most:
            return self
        numbers = [_spread(len(self.names), most)]
        for name, column in self.columns.items():
            classes, counts = np.unique(column.astype(str), return_inverse=True, return_counts=True)[1:]
            if len(counts) > most and name != _LABEL:
                continue
            order, ends = np.argsort(classes, kind="stable"), np.cumsum(counts)
            numbers += [
                order[end - count + _spread(count, _OF_A_CLASS)] for end, count in zip(ends, counts, strict=True)
            ]
        chosen = np.unique(np.concatenate(numbers))
        columns = {name: array[chosen] for name, array in self.columns.items()}
        return FileRows(self.folder, self.names[chosen], columns)

    def shards(self, rows: int = ROWS_OF_A_SHARD) -> Iterator[FileRows]:
        """Yield all rows, so many at a time as make a shard."""
        for start in range(0, len(self.names), rows):
            yield self.slice(start, start + rows)

    def fields(self, read: Mapping[str, Array]) -> Fields:
        """Return fields that were read, with the columns and the files' names, which come only when asked for."""
        return Fields({**read, **self.columns, "file": self.names}, primary=[*read, *self.columns])


def _spread(rows: int, most: int) -> Array:
    """Return the numbers of so many of some rows, evenly spread."""
    return np.linspace(0, rows - 1, min(rows, most)).astype(np.intp)


def objects(values: Iterable[str]) -> Array:
    """Return texts as an object array of shape `(rows,)`."""
    return np.array([*values, None], dtype=object)[:-1]


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        FileFault: If it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileFault(f"cannot be read: {error.strerror}") from error


def read_all(paths: Sequence[Path], read: Callable[[Path], T], *, kind: str, progress: Progress = unwatched) -> list[T]:
    """Return what each file holds, in order.

    Args:
        paths: The files.
        read: Reads one; called in several threads at once where that takes long.
        kind: What messages call several of the files.
        progress: Is told how far it has got.

    Raises:
        DataError: If there are faults: all of them are counted, the first ones told.
    """

    def attempt(path: Path) -> T | FileFault:
        try:
            return read(path)
        except FileFault as fault:
            return fault

    found: list[T] = []
    faults: list[tuple[Path, FileFault]] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        begun = time.perf_counter()
        results = [attempt(path) for path in paths[:_TRIED]]
        quick = time.perf_counter() - begun < _QUICK * len(results)
        for start in range(0, len(paths), ROWS_OF_A_SHARD):
            some = paths[start : start + ROWS_OF_A_SHARD]
            rest = some[len(results) :]
            results += map(attempt, rest) if quick else pool.map(attempt, rest)
            for path, result in zip(some, results, strict=True):
                if isinstance(result, FileFault):
                    faults.append((path, result))
                else:
                    found.append(result)
            results = []
            progress(f"reading {kind}", min(start + ROWS_OF_A_SHARD, len(paths)), len(paths))
    if faults:
        raise _told(faults, len(paths), kind)
    return found


def fingerprint_of(names: Iterable[str], digests: Iterable[bytes]) -> str:
    """Return the SHA-256 over the names of files and the SHA-256 of their bytes."""
    digest = hashlib.sha256()
    for name, inner in zip(names, digests, strict=True):
        digest.update(f"{name}\n".encode("utf-8", "surrogateescape") + inner)
    return digest.hexdigest()


def _told(faults: Sequence[tuple[Path, FileFault]], total: int, kind: str) -> DataError:
    shown = "; ".join(f"`{path}` {fault.message}" for path, fault in faults[:_SHOWN])
    first = faults[0][1]
    hint = first.hint or ("replace it, or take it away" if len(faults) == 1 else "replace them, or take them away")
    if len(faults) == 1:
        return DataError(shown, hint=hint, argument=first.argument)
    more = f"; and {len(faults) - _SHOWN:,} more" if len(faults) > _SHOWN else ""
    return DataError(
        f"{len(faults):,} of {total:,} {kind} cannot be used: {shown}{more}", hint=hint, argument=first.argument
    )

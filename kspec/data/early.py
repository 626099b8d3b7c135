"""Reading data while TensorFlow is still being imported, where nothing in that needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kspec.data.loading import Parts, load_parts
from kspec.data.memory import DEFAULT_MEMORY
from kspec.data.sources import SourceContext
from kspec.data.sources.files import known_places
from kspec.data.sources.loaded import Progress, unwatched
from kspec.spec.components import ComponentSpec
from kspec.spec.data import DataSpec
from kspec.spec.problems import SpecError
from kspec.spec.spec import Spec

_FILES = {"csv", "images", "jsonl", "npy", "npz", "parquet", "windows"}
"""Sources that read files by themselves, with neither Keras nor scikit-learn, which are being imported meanwhile."""

_FILES_A_ROW = 4
"""How many times more files than rows of a part are read of a folder, so that a part that is split off has enough."""


def source_context(
    spec: Spec, *, folder: Path, seed: int, limit: int | None = None, progress: Progress = unwatched
) -> SourceContext:  # fmt: skip
    """Return what the sources of a spec may know.

    Args:
        spec: The spec.
        folder: Folder that relative paths start from.
        seed: Seed of random sources.
        limit: Rows of each part to use at most, or None for all.
        progress: Is told how far it has got, where that may take long.
    """
    memory = spec.runtime.memory or DEFAULT_MEMORY
    return SourceContext(folder=folder, seed=seed, memory=memory, progress=progress, sample=_sample(spec, limit))


class EarlyReading:
    """The sources of a spec, read by a thread of their own.

    Args:
        data: The `data` section.
        spec: The spec.
        folder: Folder that relative paths start from.
        seed: Seed of random sources.
        limit: Rows of each part to use at most, or None for all.
    """

    def __init__(self, data: DataSpec, spec: Spec, *, folder: Path, seed: int, limit: int | None) -> None:
        self._data = data
        self._context = source_context(spec, folder=folder, seed=seed, limit=limit, progress=self._told)
        self._progress: Progress = unwatched
        self._parts: Parts | None = None
        self._fault: SpecError | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)

    @classmethod
    def begin(cls, spec: Spec, *, folder: Path, seed: int, limit: int | None = None) -> EarlyReading | None:
        """Begin to read, or return None where that has to wait for TensorFlow; arguments as above."""
        if spec.data is None or not all(_alone(source) for source in _sources(spec.data)):
            return None
        reading = cls(spec.data, spec, folder=folder, seed=seed, limit=limit)
        reading._thread.start()
        return reading

    def parts(self, progress: Progress = unwatched) -> Parts | None:
        """Wait for what is read, and return it; None where it is to be read once more, as for a fallback.

        Args:
            progress: Is told how far it has got meanwhile.

        Raises:
            SpecError: The data cannot be had, or is not what the spec says.
        """
        self._progress = progress
        self._thread.join()
        if self._fault is not None:
            raise self._fault
        return self._parts

    def _read(self) -> None:
        try:
            self._parts = load_parts(replace(self._data, fallback=None), self._context)
        except SpecError as fault:
            self._fault = None if self._data.fallback else fault
        except Exception:  # noqa: BLE001 - whatever it is, reading once more will raise it where it is expected
            self._parts = None

    def _told(self, what: str, done: int, total: int) -> None:
        self._progress(what, done, total)


def _sources(data: DataSpec) -> Iterator[ComponentSpec]:
    for source in filter(None, (data.source, *data.parts.values())):
        yield source
        yield from (value for value in source.arguments.values() if isinstance(value, ComponentSpec))


def _alone(source: ComponentSpec) -> bool:
    """Say whether a source is read without what TensorFlow's import brings along."""
    if source.name == "mnist":
        return bool(source.arguments) or any(place.is_file() for place in known_places("mnist.npz"))
    return source.name in _FILES


def _sample(spec: Spec, limit: int | None) -> int | None:
    """Return how many files of a folder are enough for so many rows of each part, whatever share is split off."""
    split = spec.fit.validation_split
    counted = split is not None and split.split >= 1
    return None if limit is None or counted else _FILES_A_ROW * limit

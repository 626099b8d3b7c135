"""The states of a run on disk: the newest, the one before it, and the best models that they name.

All that decides how a training goes on is one file. What else is written of it, the history and the best model, is said
in that file, too, or named by its digest, so that it can be brought in line after a process was killed at any moment.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy.typing as npt

from kspec.runs import atomic
from kspec.runs.folder import RunFolder
from kspec.runs.tensors import DamagedTensors, digest_of, read_tensors, write_tensors
from kspec.spec.problems import Problem, SpecError

FORMAT = 2
_BEST = "best-*.keras"


@dataclass(frozen=True, slots=True)
class Stored:
    """A state as it was read.

    Args:
        record: All of it that is no array.
        arrays: Its arrays by name.
        path: Where it was found.
        notice: What must be said of that; empty otherwise.
    """

    record: dict[str, Any]
    arrays: Mapping[str, npt.NDArray[Any]]
    path: Path
    notice: str = ""


@dataclass(frozen=True, slots=True)
class BestModel:
    """The best model that a state belongs with.

    Args:
        file: Name of its file beside the state.
        sha256: Digest of that file.
    """

    file: str
    sha256: str


def save_state(folder: RunFolder, record: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write a state beside the newest one, read it back, and let it take its place; that one is kept as the one before.

    Args:
        folder: The run folder.
        record: Anything that JSON can say.
        arrays: Arrays by name.

    Raises:
        OSError: It could not be written, or does not read back; the newest state is what it was.
    """
    with atomic.replacing(folder.checkpoint) as unfinished:
        write_tensors(unfinished, {"format": FORMAT, **record}, arrays)
        atomic.flush(unfinished)
        try:
            digest_of(unfinished)
        except DamagedTensors as error:
            raise OSError(f"`{folder.checkpoint}` does not read back as it was written: {error}") from None
        if folder.checkpoint.exists():
            folder.checkpoint.replace(folder.previous_checkpoint)


def load_state(folder: RunFolder) -> Stored | None:
    """Return the newest state that is whole, or None if none was ever written.

    Raises:
        SpecError: There is one, and none can be read.
    """
    faults = []
    for path in (folder.checkpoint, folder.previous_checkpoint):
        try:
            stored = _read(path)
        except FileNotFoundError:
            continue
        except (OSError, DamagedTensors, ValueError, RecursionError) as error:
            faults.append(f"the checkpoint `{path}` cannot be read: {error}")
            continue
        notice = f"{faults[0]}; training goes on from the one before it" if faults else ""
        return replace(stored, notice=notice)
    if faults:
        raise SpecError([Problem("damaged-run", (), faults[0], "train anew from `resolved.yaml`")])
    return None


def write_best(folder: RunFolder, epoch: int, write: Callable[[Path], None]) -> BestModel:
    """Write the best model beside the state that will name it.

    Args:
        folder: The run folder.
        epoch: Its epoch.
        write: Writes it to a path.
    """
    path = folder.checkpoint.with_name(_BEST.replace("*", str(epoch)))
    with atomic.replacing(path) as unfinished:
        write(unfinished)
    return BestModel(path.name, sha256_of(path))


def settle(folder: RunFolder, stored: Stored, best: BestModel | None) -> None:
    """Bring in line with a state what lies beside it.

    Args:
        folder: The run folder.
        stored: The state, which becomes the newest one.
        best: The best model that it names, which gets the name that it has for users, unless it has it already.

    Raises:
        SpecError: The best model is gone or damaged.
    """
    if best is not None:
        _settle_best(folder, best)
    if stored.path != folder.checkpoint:
        stored.path.replace(folder.checkpoint)


def _settle_best(folder: RunFolder, best: BestModel) -> None:
    kept = folder.checkpoint.with_name(best.file)
    shown = folder.best_model
    if not _is(kept, best):
        if not _is(shown, best):
            message = f"the best model, `{kept}`, is damaged or gone"
            raise SpecError([Problem("damaged-run", (), message, "train anew from `resolved.yaml`")])
        _link(shown, kept)
    elif not _is(shown, best):
        _link(kept, shown)


def publish_best(folder: RunFolder, best: BestModel) -> None:
    """Give a best model that was just written, and that the newest state names, the name that it has for users."""
    _link(folder.checkpoint.with_name(best.file), folder.best_model)


def drop_best(folder: RunFolder, kept: set[str]) -> None:
    """Remove best models that no state names any more.

    Args:
        folder: The run folder.
        kept: Names of the files that the newest state and the one before it name.
    """
    for path in folder.checkpoint.parent.glob(_BEST):
        if path.name not in kept:
            path.unlink(missing_ok=True)


def learnt(folder: RunFolder) -> dict[str, str]:
    """Return the digests of the files that hold what was learnt of the data before training, by their paths."""
    files = [folder.labels, *sorted(folder.preprocess.rglob("*"))]
    return {path.relative_to(folder.path).as_posix(): sha256_of(path) for path in files if path.is_file()}


def sha256_of(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path) -> Stored:
    record, arrays = read_tensors(path)
    if record.get("format") != FORMAT:
        raise DamagedTensors(f"its format is {record.get('format')}, this kspec reads {FORMAT}")
    return Stored(record, arrays, path)


def _is(path: Path, best: BestModel) -> bool:
    return path.is_file() and sha256_of(path) == best.sha256


def _link(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where files have only one."""
    with atomic.replacing(target) as unfinished:
        unfinished.unlink()
        try:
            os.link(source, unfinished)
        except OSError:
            shutil.copyfile(source, unfinished)

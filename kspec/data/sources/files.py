"""Finding the files that a source names, and saying what is there instead."""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kspec.data.sources.errors import DataError
from kspec.spec.problems import nearest


def find_file(path: str, *, folder: Path, argument: str = "path") -> Path:
    """Return the file at `path`, which is relative to `folder` or absolute.

    Raises:
        DataError: If it is a URL, a folder, or not there; the nearest name in its folder is proposed.
    """
    place = _place(path, folder=folder, argument=argument)
    try:
        if place.is_file():
            return place
        if place.is_dir():
            raise DataError(f"`{path}` is a folder, not a file", argument=argument)
    except OSError as error:
        raise DataError(f"`{path}` cannot be looked at: {error.strerror}", argument=argument) from error
    raise DataError(f"there is no file `{path}`", hint=_nearest(place, path), argument=argument, unavailable=True)


def find_files(paths: str | Sequence[str], *, folder: Path, argument: str = "path") -> tuple[Path, ...]:
    """Return the files that one path, or each of several, stands for; a pattern's matches are sorted by name.

    Raises:
        DataError: If a path is not there or a pattern matches nothing.
    """
    if not isinstance(paths, str | list | tuple):
        raise DataError(f"expected the path of a file, or a list of paths, got {paths!r}", argument=argument)
    found: list[Path] = []
    for path in [paths] if isinstance(paths, str) else paths:
        place = _place(path, folder=folder, argument=argument)
        if not glob.has_magic(path) or place.is_file():
            found.append(find_file(path, folder=folder, argument=argument))
            continue
        try:
            files = sorted(match for match in matches(path, folder) if match.is_file())
        except (OSError, ValueError) as error:
            raise DataError(f"`{path}` is not a pattern of files: {error}", argument=argument) from error
        if not files:
            raise DataError(f"no file matches `{path}`", argument=argument, unavailable=True)
        found.extend(files)
    if not found:
        raise DataError("no file is named", argument=argument)
    return tuple(dict.fromkeys(found))


def listed_files(paths: Sequence[Path]) -> str:
    """Return the names of files for a human reader, however many they are."""
    return str(paths[0]) if len(paths) == 1 else f"{len(paths)} files, {paths[0]} to {paths[-1]}"


def known_places(*names: str) -> tuple[Path, ...]:
    """Return where a data set of Keras may lie already: in `$KSPEC_DATA`, then in Keras' own cache."""
    own = os.environ.get("KSPEC_DATA")
    folders = [Path(own)] if own else []
    return tuple(base.joinpath(*names) for base in (*folders, keras_cache()))


def keras_cache() -> Path:
    """Return the folder in which Keras keeps the data sets that it downloaded."""
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"


def fingerprint_files(paths: Iterable[Path]) -> str:
    """Return the SHA-256 over the bytes of the files, one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _place(path: str, *, folder: Path, argument: str) -> Path:
    if not isinstance(path, str) or not path:
        raise DataError(f"expected the path of a file, got {path!r}", argument=argument)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", path):
        raise DataError(f"`{path}` is a URL, not a file", hint="download it first", argument=argument)
    return folder / Path(path).expanduser()


def _nearest(place: Path, path: str) -> str | None:
    if not place.parent.is_dir():
        parent = Path(path).parent
        return f"the folder `{parent}` does not exist either"
    return nearest_path(path, place, (entry.name for entry in place.parent.iterdir() if entry.is_file()))


def nearest_path(path: str, place: Path, names: Iterable[str]) -> str | None:
    """Return `did you mean ...?` with the nearest of the names that lie beside a place, or None.

    Args:
        path: How the place was written; what is proposed is written alike.
        place: The place.
        names: Names in its folder.
    """
    near = nearest(place.name, names)
    return f"did you mean `{path.rstrip('/').removesuffix(place.name)}{near}`?" if near else None


def matches(pattern: str, folder: Path) -> Iterator[Path]:
    """Yield what a pattern matches, which is relative to `folder` or absolute, in no order.

    `**` stands for any number of folders, and at the end of a pattern for all that is in them.

    Raises:
        ValueError: If `**` is a part of a name.
    """
    whole = Path(pattern).expanduser()
    # Before Python 3.13 a last `**` matched folders alone, and `**.csv` was an error; since then it is `*.csv`.
    if stuck := next((part for part in whole.parts if "**" in part and part != "**"), None):
        raise ValueError(f"`**` stands for folders: instead of `{stuck}` write `**/{re.sub(r'[*]+', '*', stuck)}`")
    inner = f"{pattern}/*" if whole.name == "**" else pattern
    if whole.is_absolute():
        inner = str(Path(inner).expanduser().relative_to(whole.anchor))
        return Path(whole.anchor).glob(inner)
    return folder.glob(inner)

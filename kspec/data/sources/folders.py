"""Folders of files and the parts in them. Nothing is read but names."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kspec.data.sources.errors import DataError
from kspec.data.sources.files import find_files, nearest_path
from kspec.data.sources.folder_search import FolderPart, Kind, Search, entries
from kspec.spec.checker import listing

_PARTS = {"train": "train", "validation": "validation", "val": "validation", "valid": "validation", "test": "test"}


@dataclass(frozen=True, slots=True)
class Folder:
    """The rows of a folder.

    Args:
        parts: Files by part: `train`, and `validation` and `test` where the folder has them.
        notices: What the user must not miss: files and folders that are passed over.
    """

    parts: Mapping[str, FolderPart]
    notices: tuple[str, ...]


def find_place(path: str | Sequence[str], *, folder: Path) -> Path | tuple[Path, ...]:
    """Return the folder, or the files, that the argument `path` of a source names.

    Raises:
        DataError: If there is neither; the nearest name is proposed.
    """
    if isinstance(path, str) and path:
        place = folder / Path(path).expanduser()
        if place.is_dir():
            return place
        if not place.suffix and not glob.has_magic(path) and "://" not in path and not place.exists():
            inside = place.parent.iterdir() if place.parent.is_dir() else ()
            hint = nearest_path(path, place, (entry.name for entry in inside if entry.is_dir()))
            raise DataError(f"there is no folder `{path}`", hint=hint, argument="path", unavailable=True)
    return find_files(path, folder=folder)


def check_labels(labels: str | None) -> bool:
    """Return whether the argument `labels` says that class folders give labels.

    Raises:
        DataError: If it says anything else than Keras would understand.
    """
    if labels not in ("inferred", None):
        raise DataError(f"expected `inferred` or null, got {labels!r}", argument="labels")
    return labels is not None


def read_folder(root: Path, kind: Kind, *, labelled: bool, given: bool = False) -> Folder:
    """Return the files of a folder.

    A folder that holds `train` and one of `validation` (`val`, `valid`) and `test` has these parts; all of any other
    folder is the training part. Where a part has folders, each is a class, with all files at any depth in it. Links
    are followed. Hidden files and those that file managers leave behind are passed over without a word.

    Args:
        root: The folder.
        kind: What is searched for.
        labelled: Whether class folders give labels; otherwise all files at any depth are rows without labels.
        given: Whether files beside class folders are taken, all rows having no labels then.

    Raises:
        DataError: If a part has no such files, a file lies beside the class folders, or a link leads round in a circle.
    """
    search = Search(root, kind)
    inside = search.folders(root)
    named = _named_parts(inside)
    parts = {part: search.part(f"{name}/", labelled, given) for part, name in named.items()}
    if not named:
        parts = {"train": search.part("", labelled, given)}
    for name in inside:
        if named and name not in named.values() and search.holds(name):
            search.notices.append(f"`{root / name}` is not read: it is none of the parts {listing(named.values())}")
    if named and (loose := [entry.name for entry in entries(root) if entry.is_file() and kind.has(entry.name)]):
        what = f"`{root / loose[0]}`" + ("" if len(loose) == 1 else f" and {len(loose) - 1:,} more")
        search.notices.append(f"{what} beside the parts {listing(named.values())}: not read")
    return Folder(*_agreed(root, named, parts, kind, search))


def folder_parts(root: Path, kind: Kind) -> tuple[str, ...]:
    """Return the parts that a folder has, as `read_folder` would find them; only `train` where it has none."""
    return tuple(_named_parts(Search(root, kind).folders(root))) or ("train",)


def folder_is_labelled(root: Path, kind: Kind) -> bool:
    """Return whether a folder has class folders, as `read_folder` would find, looking no further than it must.

    Raises:
        DataError: If there are no files of this kind.
    """
    search = Search(root, kind)
    name = _named_parts(search.folders(root)).get("train")
    top = root / name if name else root
    prefix = f"{name}/" if name else ""
    if any(search.holds(f"{prefix}{inner}") for inner in search.folders(top)):
        return True
    if not search.holds(prefix.rstrip("/")):
        raise search.nothing(top)
    return False


def _named_parts(inside: Sequence[str]) -> dict[str, str]:
    """Return the folder of each part, or nothing if a folder does not hold parts."""
    named = {_PARTS[name.lower()]: name for name in reversed(inside) if name.lower() in _PARTS}
    if "train" not in named or len(named) == 1:
        return {}
    return {part: named[part] for part in ("train", "validation", "test") if part in named}


def _agreed(
    root: Path, named: Mapping[str, str], parts: Mapping[str, FolderPart], kind: Kind, search: Search
) -> tuple[dict[str, FolderPart], tuple[str, ...]]:
    """Return parts that all have labels or all have none, and the notices of a search."""
    notices = list(search.notices)
    kept: dict[str, FolderPart] = {}
    for name, part in parts.items():
        if parts["train"].labels is None:
            kept[name] = FolderPart(part.names, None)
        elif part.labels is not None:
            kept[name] = part
        else:
            count = f"its {len(part.names):,} {kind.name} are"
            notices.append(
                f"`{root / named[name]}` has no class folders, so {count} left out; `kspec predict` takes them"
            )
    if search.strangers:
        notices.append(f"`{root}`: {search.passed_over()}; {kind}")
    return kept, tuple(notices)

"""Files that a spec names: found relative to the spec, or to where the user stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from kspec.spec.checker import Checker, kind_of, listing, shortened
from kspec.spec.problems import Path, did_you_mean

FolderOf = Callable[[Path], FilePath]
"""Returns the folder of the spec that a place in the document was written in."""


@dataclass(frozen=True, slots=True)
class Files:
    """Finds the files that places of a document name.

    Args:
        folder_of: Folder that relative names at a place start from.
    """

    folder_of: FolderOf

    def find(self, value: Any, path: Path, what: str, endings: Sequence[str], checker: Checker) -> FilePath | None:
        """Return the file that is named, or None after noting what is wrong.

        A relative name is looked for beside the spec, then, as for a run under `runs/`, where the user stands.

        Args:
            value: What is written.
            path: Its place.
            what: What it is to be, for messages: `load`.
            endings: How the name of the file may end.
            checker: Where problems go.
        """
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            checker.error("wrong-type", path, f"`{what}` names a file, not {kind_of(value)}")
            return None
        if "://" in value:
            message = f"`{what}` names a file of this machine, not `{shortened(value)}`"
            checker.error("refused", path, message, "a spec fetches nothing: download it and name the file")
            return None
        if not value.lower().endswith(tuple(endings)):
            message = f"`{what}` takes files that end in {listing(endings, 'or')}, not `{shortened(value)}`"
            checker.error("bad-ending", path, message, f"name a {endings[0]} file")
            return None
        folder = self.folder_of(path)
        tried = [folder / value, FilePath.cwd() / value]
        for file in tried:
            if file.is_file():
                return file.resolve()
        near = _neighbours(tried[0], endings)
        hint = did_you_mean(tried[0].name, near) or f"it is looked for beside the spec, in {folder}"
        checker.error("not-found", path, f"there is no file `{shortened(value)}`", hint)
        return None


def _neighbours(file: FilePath, endings: Sequence[str]) -> list[str]:
    """Return the names of the files beside a file that could have been meant."""
    try:
        return [item.name for item in file.parent.iterdir() if item.name.lower().endswith(tuple(endings))]
    except OSError:
        return []

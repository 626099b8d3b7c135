"""Files that a spec names: found relative to the spec, or to where the user stands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from kspec.spec.checker import Checker, kind_of, listing, shortened
from kspec.spec.problems import Path, did_you_mean_file

WEIGHT_FILES = (".weights.h5", ".keras", ".h5", ".hdf5")
"""How the names of files end that Keras reads weights from."""

LARGEST_VOCABULARY = 50_000_000
"""Bytes that a file of words may have."""


@dataclass(frozen=True, slots=True)
class Files:
    """Finds the files that places of a document name.

    Args:
        folder: Folder of the spec, which relative names start from.
        bases: Folders of the specs that it extends.
    """

    folder: FilePath
    bases: tuple[FilePath, ...] = ()

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
        tried = [self.folder / value, FilePath.cwd() / value]
        for file in tried:
            if file.is_file():
                return file.resolve()
        near = _neighbours(tried[0], endings)
        hint = did_you_mean_file(tried[0].name, near) or f"it is looked for beside the spec, in {self.folder}"
        checker.error("not-found", path, f"there is no file `{shortened(value)}`", hint)
        return None

    def lines(self, value: str, path: Path, what: str, checker: Checker) -> list[str] | None:
        """Return the lines of a text file beside the spec or below its folder, or None after noting what is wrong.

        Args:
            value: What is written.
            path: Its place.
            what: What names it, for messages: "`vocabulary` of StringLookup".
            checker: Where problems go.
        """
        file = FilePath(os.path.realpath(self.folder / value)) if "\0" not in value else None
        if file is None or "://" in value or not self._may_be_read(file):
            message = f"{what} names a file outside of the spec's folder: `{shortened(value)}`"
            checker.error("outside-folder", path, message, "keep the list of words beside the spec, one on each line")
            return None
        if not file.is_file():
            near = did_you_mean_file(file.name, _neighbours(file, (".txt", "")))
            hint = near or "write the list itself, or leave it out: it is learnt from the data"
            checker.error("not-found", path, f"there is no file `{shortened(value)}`", hint)
            return None
        try:
            if file.stat().st_size > LARGEST_VOCABULARY:
                raise ValueError(f"it has more than {LARGEST_VOCABULARY // 1_000_000} MB")
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, ValueError) as error:
            reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
            checker.error("bad-file", path, f"`{file.name}` cannot be read as a list of words: {reason}")
            return None
        words = [line for line in lines if line.strip()]
        if not words:
            checker.error("bad-file", path, f"`{file.name}` has no words in it", "write one on each line")
            return None
        return words

    def _may_be_read(self, file: FilePath) -> bool:
        return any(file.is_relative_to(os.path.realpath(folder)) for folder in (self.folder, *self.bases))


def _neighbours(file: FilePath, endings: Sequence[str]) -> list[str]:
    """Return the names of the files beside a file that could have been meant."""
    try:
        return [item.name for item in file.parent.iterdir() if item.name.lower().endswith(tuple(endings))]
    except OSError:
        return []

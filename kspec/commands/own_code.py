"""Files of one's own that a run was trained with: recorded with it, asked for again, and held against each other."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kspec.runs import atomic
from kspec.runs.folder import RunFolder
from kspec.spec.code import CodeFile
from kspec.spec.problems import Problem, SpecError

if TYPE_CHECKING:
    from kspec.runs.manifest import CodeRecord, Manifest

_DIGITS = 12
"""Hexadecimal digits of a SHA-256 that tell files apart for a reader."""


def keep_code(files: Sequence[CodeFile], folder: RunFolder) -> list[CodeRecord]:
    """Copy files into a run folder and return what run.json says of them."""
    from kspec.runs.manifest import CodeRecord

    for file in files:
        atomic.write_text(folder.code / file.path.name, file.source.text)
    return [CodeRecord(path=str(file.path), sha256=file.sha256) for file in files]


def check_code(manifest: Manifest, folder: RunFolder, given: Sequence[CodeFile]) -> list[str]:
    """Return what must be said of the files that were given for a run.

    Raises:
        SpecError: One that the run was trained with was not given.
    """
    said, missing = [], []
    for record in manifest.code:
        same_name = [file for file in given if file.path.name == Path(record.path).name]
        if any(file.sha256 == record.sha256 for file in given):
            continue
        if same_name:
            kept = code_options([record], folder, copies=True)
            said.append(f"{same_name[0].path.name} has changed since this run was trained with it; as it was: `{kept}`")
        else:
            missing.append(record)
    if missing:
        names = ", ".join(f"{Path(record.path).name} (sha256 {record.sha256[:_DIGITS]})" for record in missing)
        message = f"`{folder.name}` was trained with code of its own: {names}"
        raise SpecError([Problem("needs-code", (), message, f"add `{code_options(missing, folder)}`")])
    return said


def code_options(records: Sequence[CodeRecord], folder: RunFolder, *, copies: bool = False) -> str:
    """Return the options that name the files of a run again: where they were, or their copies in the run."""
    paths = []
    for record in records:
        path = Path(record.path)
        path = (folder.code / path.name).absolute() if copies or not path.exists() else path
        paths.append(os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path))
    return " ".join(f"--code {shlex.quote(path)}" for path in paths)

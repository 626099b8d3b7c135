"""Names of runs, and paths that must stay in a run's folder."""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from kspec.spec.checker import kind_of

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
NAME_RULE = "a name has letters, digits, `_`, `-` and `.`, starts with a letter or digit, and has at most 64 characters"

_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that no file can have on Windows, whatever their ending."""


def name_problem(name: Any) -> tuple[str, str] | None:
    """Return a message and a hint if a run cannot have this name, else None."""
    if not isinstance(name, str) or not NAME.fullmatch(name) or ".." in name or name.endswith("."):
        return f"{kind_of(name)} cannot name a run", NAME_RULE
    if _DEVICE.fullmatch(name):
        return f"{kind_of(name)} cannot name a run: on Windows it is a device", "choose another name"
    return None


OWN_NAMES = frozenset({
    "spec.yaml", "resolved.yaml", "run.json", "model.keras", "best.keras", "preprocess", "labels.json", "history.csv",
    "history.png", "history.svg", "model.png", "model.svg", "summary.txt", "checkpoint", "evaluation", "predictions",
    "report.html", "reproduction.json", "code", "data.png", "lock.json",
})  # fmt: skip
"""Files and folders of a run that kspec itself writes."""

BESIDE_OWN = "callbacks"
"""Folder in a run's folder that takes what a callback would write under one of these names."""


def path_problem(path: str) -> str | None:
    """Return why a path of a spec may not be written to in the run folder, else None."""
    windows = PureWindowsPath(path)
    absolute = PurePosixPath(path).is_absolute() or windows.is_absolute() or bool(windows.drive)
    if absolute or ".." in windows.parts or "://" in path or path.startswith("~") or "\0" in path:
        return "must lie in the run folder"
    if not path.strip() or not windows.parts:
        return "must be a file or a folder of its own in the run folder"
    return None


def written_path(path: str) -> str:
    """Return where in the run folder a callback writes that is given this path: never where kspec itself writes.

    Args:
        path: A relative path without problems.
    """
    return f"{BESIDE_OWN}/{path}" if PureWindowsPath(path).parts[0] in OWN_NAMES else path

"""Names of runs, and paths that must stay in a run's folder."""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from kspec.spec.checker import kind_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def name_problem(name: Any) -> tuple[str, str] | None:
    """Return a message and a hint if a run cannot have this name, else None."""
    if not isinstance(name, str) or not _NAME.fullmatch(name) or ".." in name or name.endswith("."):
        hint = (
            "a name has letters, digits, `_`, `-` and `.`, starts with a letter or digit, and has at most 64 characters"
        )
        return f"{kind_of(name)} cannot name a run", hint
    return None


def stays_inside(path: str) -> bool:
    """Say whether a path stays in the folder that it is relative to."""
    windows = PureWindowsPath(path)
    inside = not PurePosixPath(path).is_absolute() and not windows.is_absolute() and not windows.drive
    return inside and ".." not in windows.parts and "://" not in path and bool(path.strip()) and "\0" not in path

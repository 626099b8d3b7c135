"""Catalogues of other versions of Keras than the one that kspec ships its own for, in the user's cache."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).with_name("keras.json")
"""The catalogue's file that comes with kspec."""

BASIS = "basis"
"""Key under which a cached catalogue names the shipped one that it was made beside."""

_PARTS = ("families", "words", "common")
_MODULES = ("keras", "kspec.data.sources", "tensorflow.compat.v2.distribute", "optuna.samplers", "optuna.pruners")


def installed_keras() -> str | None:
    """Return the version of the installed Keras without importing it, or None if there is none."""
    try:
        return metadata.version("keras")
    except metadata.PackageNotFoundError:
        return None


def cache_folder() -> Path | None:
    """Return the folder of what kspec keeps for this user, or None if the user has no home.

    Source: the XDG base directory specification, and the conventions of macOS and Windows.
    """
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():
        return named / "kspec"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "kspec"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "kspec" / "Cache"
    return home / ".cache" / "kspec"


def cache_file(version: str) -> Path | None:
    """Return where the catalogue of a version of Keras is kept."""
    folder = cache_folder()
    return folder / f"keras-{version}.json" if folder else None


def basis() -> str:
    """Return what tells the shipped catalogue from that of another kspec: a new one makes all cached ones stale."""
    return hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


def read_cached(version: str) -> Mapping[str, Any] | None:
    """Return the cached catalogue of a version of Keras; None if there is none, or it is damaged or stale."""
    path = cache_file(version)
    try:
        record = json.loads(path.read_text(encoding="utf-8")) if path else None
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict) or record.get("keras") != version or record.get(BASIS) != basis():
        return None
    return record if _is_whole(record) else None


def _is_whole(record: Mapping[str, Any]) -> bool:
    """Say whether a record has all parts of a catalogue, and names nothing to import but what kspec uses."""
    if not all(isinstance(record.get(part), dict) for part in _PARTS):
        return False
    components = [
        each for family in record["families"].values() if isinstance(family, dict) for each in family.values()
    ]
    return all(isinstance(each, dict) and str(each.get("module", "")).startswith(_MODULES) for each in components)

"""resolved.yaml: a spec with everything put in, alone enough to repeat the run from any folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kspec.commands.opening import OpenedSpec
from kspec.spec.writing import to_yaml

_SOURCES = ("source", "fallback", "train", "validation", "test")
_PATH_ARGUMENTS: Mapping[str, str | None] = {"csv": "path", "npz": "path", "mnist": "path", "npy": None}
"""Argument that names a source's files; None where every argument does."""


def resolved_text(opened: OpenedSpec, seed: int) -> str:
    """Return a spec as YAML: constants and overrides put in, the seed drawn, paths absolute."""
    content: dict[str, Any] = {**opened.spec.content, "seed": seed}
    content.setdefault("name", opened.spec.name)
    data = content.get("data")
    if isinstance(data, Mapping):
        content["data"] = {
            key: _absolute(value, opened.folder) if key in _SOURCES else value for key, value in data.items()
        }
    return to_yaml(content)


def _absolute(source: Any, folder: Path) -> Any:
    """Return a written source with the paths of its files absolute."""
    if not isinstance(source, Mapping) or len(source) != 1:
        return source
    ((name, value),) = source.items()
    if name not in _PATH_ARGUMENTS or value is None:
        return source
    if not isinstance(value, Mapping):
        return {name: _path(value, folder)}
    argument = _PATH_ARGUMENTS[name]
    done = {key: _path(item, folder) if argument in (None, key) else item for key, item in value.items()}
    return {name: done}


def _path(value: Any, folder: Path) -> Any:
    if isinstance(value, list | tuple):
        return [_path(item, folder) for item in value]
    return str(folder / value) if isinstance(value, str) else value

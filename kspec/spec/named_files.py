"""Which texts of a spec name files, and from which folder each of them starts."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kspec.spec.document import Document, Node
from kspec.spec.problems import Path as Place
from kspec.spec.problems import Source
from kspec.spec.written_paths import copy_node

_SOURCES = ("source", "fallback", "train", "validation", "test")
_ARGUMENTS: Mapping[str, str | None] = {
    "csv": "path", "images": "path", "jsonl": "path", "mnist": "path", "npy": None, "npz": "path", "parquet": "path",
    "texts": "path", "tfrecord": "path",
}  # fmt: skip
"""Argument that names a source's files; None where every argument does."""

_OF_SOURCES = "windows"
"""The source that is given another source."""

_KEYS = ("load", "vocabulary")
"""Keys of models and of `preprocess` whose text names a file."""

_CONSTANT = re.compile(r"\$\(\s*([A-Za-z_]\w*)\s*\)")
_FROM_ANYWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|~")


def named_files(content: Any) -> Iterator[Place]:
    """Yield the places of the texts in a spec that name a file: files of sources, models to load, lists of words.

    Args:
        content: The spec as plain values.
    """
    if not isinstance(content, Mapping):
        return
    data = content.get("data")
    for part in _SOURCES:
        if isinstance(data, Mapping):
            yield from _of_source(data.get(part), ("data", part))
    for part in ("inputs", "targets"):
        if isinstance(data, Mapping):
            yield from _preprocessing(data.get(part), ("data", part))
    yield from _loads(content.get("model"), ("model",))


def with_files(content: Any, folder: Path) -> Any:
    """Return a spec, as plain values, that needs its folder no more: paths are absolute, lists of words written out."""
    done = content
    for place in named_files(content):
        if _beginning(content, place) is not None:
            change = _words if place[-1] == "vocabulary" else _absolute
            done = _changed(done, place, functools.partial(change, folder))
    return done


def _absolute(folder: Path, text: str) -> str:
    """Return a path as an absolute one; a run may lie where the user stands rather than beside the spec."""
    beside, here = folder / text, Path.cwd() / text
    return str(here if here.exists() and not beside.exists() else beside)


def _beside(folder: Path, text: str) -> str:
    return str(folder / text)


def _words(folder: Path, text: str) -> str | list[str]:
    try:
        lines = (folder / text).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError):
        return str(folder / text)  # a constant in it, say
    return [line for line in lines if line.strip()]


def start_from_their_folders(document: Document, folder_of: Callable[[Source], str]) -> None:
    """Write paths that a base in another folder gives as absolute ones: a path is relative to the spec that names it.

    A path that begins with a constant starts from the folder of the spec that gives the constant.

    Args:
        document: The document, bases merged into it. Its paths are changed in place.
        folder_of: Gives the absolute folder of a source.
    """
    own = folder_of(document.source)
    content = document.data()
    for place in named_files(content):
        beginning = _beginning(content, place)
        if beginning is None:
            continue
        *_, node = document.walk(beginning)
        if (folder := folder_of(node.span.source)) != own:
            leaf = _leaf(document, place)
            absolute = _absolute if place[-1] == "load" else _beside
            leaf.value = absolute(Path(folder), str(leaf.value))


def _of_source(source: Any, path: Place) -> Iterator[Place]:
    if not isinstance(source, Mapping) or len(source) != 1:
        return
    ((name, value),) = source.items()
    if name == _OF_SOURCES and isinstance(value, Mapping):
        yield from _of_source(value.get("source"), (*path, name, "source"))
    if name not in _ARGUMENTS:
        return
    argument, at = _ARGUMENTS[name], (*path, name)
    if not isinstance(value, Mapping):
        yield from _texts(value, at)
        return
    for key, item in value.items():
        if argument in (None, key):
            yield from _texts(item, (*at, key))


def _texts(value: Any, path: Place) -> Iterator[Place]:
    if isinstance(value, str):
        yield path
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))


def _preprocessing(value: Any, path: Place) -> Iterator[Place]:
    if not isinstance(value, Mapping):
        return
    for key, item in value.items():
        read = _loads if key == "preprocess" else _preprocessing
        yield from read(item, (*path, key))


def _loads(value: Any, path: Place) -> Iterator[Place]:
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _loads(item, (*path, index))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key in _KEYS and isinstance(item, str):
                yield (*path, key)
            else:
                yield from _loads(item, (*path, key))


def _changed(value: Any, path: Place, change: Callable[[str], Any]) -> Any:
    if not path:
        return change(value)
    head, *rest = path
    if isinstance(value, Mapping):
        return {key: _changed(item, tuple(rest), change) if key == head else item for key, item in value.items()}
    return [_changed(item, tuple(rest), change) if index == head else item for index, item in enumerate(value)]


def _beginning(content: Any, place: Place) -> Place | None:
    """Return the place of the text that a path begins with; None if the path does not start from any spec's folder.

    That is the place itself, or that of the constant by which it begins: `$(folder)/train.csv`.
    """
    text = _at(content, place)
    seen = {place}
    while isinstance(text, str) and (found := _CONSTANT.match(text)):
        constant = ("vars", found[1])
        value = _at(content, constant)
        if constant in seen or not isinstance(value, str):
            break
        seen.add(constant)
        place, text = constant, value
    return None if _FROM_ANYWHERE.match(text) or Path(text).is_absolute() else place


def _at(content: Any, place: Place) -> Any:
    for key in place:
        if isinstance(content, Mapping):
            content = content.get(key)
        else:
            content = content[int(key)] if isinstance(content, list | tuple) else None
    return content


def _leaf(document: Document, place: Place) -> Node:
    """Return the node at a place, no node on the way being shared with another place."""
    node = document.root
    for key in place:
        if node is None or (child := node.child(key)) is None:
            break
        own = copy_node(child)
        if isinstance(node.value, dict):
            node.value[str(key)] = own
        elif isinstance(node.value, list):
            node.value[int(key)] = own
        node = own
    if node is None:
        raise KeyError(place)
    return node

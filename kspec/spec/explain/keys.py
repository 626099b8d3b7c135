"""What is known of a key of the language, put together for a reader."""

from __future__ import annotations

from kspec.spec.explain.entries import KeyEntry
from kspec.spec.explain.examples import example
from kspec.spec.explain.forms import PLACES
from kspec.spec.vocabulary import defaults, descriptions

_PARTS = ("source", "train", "validation", "test", "fallback")

_FAMILIES = {
    **{place.path: family for family, place in PLACES.items()},
    **{f"data.{part}": "sources" for part in _PARTS},
    "compile.weighted_metrics": "metrics",
    "model.layers": "layers",
    "model.layers[]": "layers",
    "model.application": "applications",
    "model.layers[].application": "applications",
}


def key_entries(name: str) -> list[KeyEntry]:
    """Return the keys that a name means, those that mean the same in several places as one.

    Args:
        name: A path, with or without `[]` and `*`. All but its last key may be left out.
    """
    if name[:1].isupper():
        return []  # and pydantic, which describes some of the keys, need not be imported
    wanted = _parts(name)
    found: dict[str, list[str]] = {}
    for path, text in descriptions().items():
        if _means(wanted, _parts(path)) and not path.endswith(("[]", "*")):
            found.setdefault(text, []).append(path)
    return [_entry(paths) for paths in found.values()]


def key_names() -> list[str]:
    """Return the names by which keys can be asked for: their paths, and their last parts."""
    paths = [_parts(path) for path in descriptions()]
    return [*(".".join(parts) for parts in paths), *(parts[-1] for parts in paths)]


def _entry(paths: list[str]) -> KeyEntry:
    first = paths[0]
    below: dict[str, str] = {}
    for path, text in descriptions().items():
        inner = path.removeprefix(f"{first}").lstrip("[].*")
        if path.startswith((f"{first}.", f"{first}[")) and inner and "." not in inner and not inner.endswith("[]"):
            below.setdefault(inner, text)
    return KeyEntry(
        paths=tuple(paths),
        meaning=descriptions()[first],
        default=defaults().get(first),
        example=example(first),
        keys=tuple(below.items()),
        family=_FAMILIES.get(first),
    )


def _parts(path: str) -> list[str]:
    return [part for part in path.replace("[]", "").split(".") if part and part != "*"]


def _means(wanted: list[str], parts: list[str]) -> bool:
    """Say whether a path ends as it is wanted, and has all that is wanted in that order."""
    rest = iter(parts)
    return bool(wanted) and wanted[-1] == parts[-1] and all(part in rest for part in wanted)

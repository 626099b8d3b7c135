"""The keys of the language as schemas: which there are, and what they mean, as the vocabulary says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kspec.catalogue import Type
from kspec.spec.schema.values import Schema, closed
from kspec.spec.vocabulary import descriptions


def key(path: str, value: Mapping[str, Any]) -> Schema:
    """Return the schema of a key, its meaning with it.

    Args:
        path: The key's path as the vocabulary names it, such as `model.layers[].repeat`.
        value: Schema of what stands behind it.
    """
    return {"description": descriptions()[path], **value}


def keys_below(path: str) -> Iterator[str]:
    """Yield the keys that the language has right below a place."""
    for described in descriptions():
        above, dot, name = described.rpartition(".")
        if above == path and dot == ("." if path else "") and name != "*" and not name.endswith("[]"):
            yield name


def keys(path: str, values: Mapping[str, Mapping[str, Any]]) -> dict[str, Schema]:
    """Return the keys right below a place with the schemas of their values.

    Where none is given, any value will do; if it is a mapping, its keys are those that the language has there.
    """
    found: dict[str, Schema] = {}
    for name in keys_below(path):
        place = f"{path}.{name}" if path else name
        value = values.get(name)
        if value is None:
            inner = keys(place, {})
            value = {"properties": inner, "additionalProperties": False} if inner else {}
        found[name] = key(place, value)
    return found


def section(path: str, values: Mapping[str, Mapping[str, Any]], *types: Type) -> Schema:
    """Return the schema of a mapping with the keys that the language has below a place, or of one of the types."""
    return closed(keys(path, values), *types)

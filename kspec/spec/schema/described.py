"""Schemas of the sections that are pydantic models: what pydantic says of them, for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kspec.catalogue import Type
from kspec.spec.arguments import expected
from kspec.spec.schema.values import Schema, typed
from kspec.spec.sections import Section

_TYPES: Mapping[str, Type] = {
    "integer": "int", "number": "float", "boolean": "bool", "string": "str", "array": "list", "object": "dict",
    "null": "null",
}  # fmt: skip
_KEPT = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "additionalProperties")


def described(kind: type[Section]) -> Schema:
    """Return the schema of a section. Nothing behind its key is a section without keys."""
    found = kind.model_json_schema()
    definitions = found.pop("$defs", {})
    return _for_editors({"anyOf": [found, {"type": "null"}]}, kind.__name__.lower(), definitions)


def _for_editors(found: Mapping[str, Any], name: str, definitions: Mapping[str, Any], *, item: bool = False) -> Schema:
    """Return a schema of pydantic's in one piece, without titles and defaults, where expressions may stand, too.

    Args:
        found: What pydantic says.
        name: The key, for messages.
        definitions: What its references mean.
        item: Whether it is an item of a list. Only there something can be required: what stands elsewhere may be left
            to the base that a spec `extends`.
    """
    pieces = [definitions.get(piece.get("$ref", "").rpartition("/")[2], piece) for piece in found.get("anyOf", [found])]
    kinds = {_TYPES[piece["type"]] for piece in pieces if "type" in piece}
    types = [kind for kind in _TYPES.values() if kind in kinds and not (kind == "int" and "float" in kinds)]
    texts = [source["description"] for source in (found, *pieces) if "description" in source]
    schema: Schema = {"description": texts[0]} if texts else {}
    if all("type" in piece for piece in pieces):
        value = typed(*types, message=f"`{name}` is {expected(types)}")
        schema |= {"allOf": [value]} if "dict" in types else value
    for piece in pieces:
        schema |= {key: piece[key] for key in _KEPT if key in piece}
        if "properties" in piece:
            inner = piece["properties"].items()
            schema["properties"] = {key: _for_editors(value, key, definitions) for key, value in inner}
        if "items" in piece:
            schema["items"] = _for_editors(piece["items"], name, definitions, item=True)
        if item and "required" in piece:
            # A misspelt key is told as such, and not once more as missing.
            known = {"propertyNames": {"enum": list(piece["properties"])}}
            schema |= {"if": {"type": "object", **known}, "then": {"required": piece["required"]}}
    return schema

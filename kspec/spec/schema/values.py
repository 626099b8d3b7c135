"""Schemas of plain values: their types, bounds and words, and the `$(...)` that may stand for any of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from kspec.catalogue import Type
from kspec.spec.arguments import expected
from kspec.spec.checker import listing

Schema: TypeAlias = dict[str, Any]

EXPRESSION = r"\$\("
"""Pattern of a text with an expression in it, which stands for a value of any type."""

ANY_TYPE = ("string", "number", "boolean", "array", "object", "null")
"""Every JSON type, text first: an editor then puts the cursor behind the key that it completes."""

_JSON_TYPES: Mapping[Type, str] = {
    "int": "integer", "float": "number", "bool": "boolean", "str": "string", "list": "array", "dict": "object",
    "null": "null",
}  # fmt: skip


def typed(*types: Type, words: Iterable[str] = (), message: str | None = None) -> Schema:
    """Return the schema of a value of these types, or of an expression.

    Args:
        types: Types as the catalogue names them.
        words: The only texts that it may be, in any letter case, if there is a closed list of them.
        message: What to say of any other value, if not what is expected. Editors' YAML support knows `errorMessage`.
    """
    kinds = [_JSON_TYPES[kind] for kind in types]
    schema: Schema = {"type": list(dict.fromkeys(["string", *kinds]))}
    choices = list(words)
    if choices:
        schema |= {"pattern": f"{any_case(choices)}|{EXPRESSION}", **shown(choices)}
    elif "string" not in kinds:
        schema["pattern"] = EXPRESSION
    wanted = " or ".join(part for part in (expected(types), listing(choices, "or")) if part)
    return {**schema, "errorMessage": message or f"this is {wanted}"}


def texts(pattern: str, message: str) -> Schema:
    """Return the schema of a text that a pattern describes, or of an expression."""
    return {"type": ["string"], "pattern": f"{pattern}|{EXPRESSION}", "errorMessage": message}


def or_null(schema: Mapping[str, Any]) -> Schema:
    """Return the schema with `null` among the types, which is also what a key with nothing behind it is."""
    return {**schema, "type": list(dict.fromkeys([*schema["type"], "null"]))}


def listed(item: Mapping[str, Any], *more: Type) -> Schema:
    """Return the schema of a list of such items, or of a single value of one of the types in `more`."""
    return {**typed("list", *more), "items": dict(item)}


def if_list(item: Mapping[str, Any]) -> Schema:
    """Return what limits the items of a value that may be a list, but is seldom one: an editor begins none."""
    return {"if": {"type": "array"}, "then": {"items": dict(item)}}


def closed(properties: Mapping[str, Any], *types: Type, unknown: str | None = None) -> Schema:
    """Return the schema of a mapping with these keys and no others, or of a value of one of the types.

    Args:
        properties: The keys with the schemas of their values.
        types: Types that may stand there instead.
        unknown: What to say of another key.
    """
    # The types stand apart from the keys, because an editor would say their message of an unknown key, too.
    said = {"errorMessage": unknown} if unknown else {}
    keys = {"properties": dict(properties), "additionalProperties": False}
    return {"allOf": [typed("dict", *types)], **keys, **said}


def by_name(value: Mapping[str, Any]) -> Schema:
    """Return the schema of a mapping of names that the writer chooses to such values."""
    return {**typed("dict"), "additionalProperties": dict(value)}


def shown(words: Iterable[str]) -> Schema:
    """Return what makes an editor offer a few words, and show them with the key, without limiting the value to them."""
    return {"anyOf": [{}, {"enum": list(words)}]}


def offered(words: Mapping[str, str]) -> Schema:
    """Return what makes an editor offer many words with what they mean, and show them nowhere else.

    The second schema matches nothing, so it is no part of what an editor shows of a value; its words are still offered.
    """
    never: Schema = {"not": {}, "enum": list(words), "enumDescriptions": list(words.values())}
    return {"anyOf": [{}, never]} if words else {}


def exactly(names: Iterable[str]) -> str:
    """Return the pattern of exactly these names."""
    return f"^(?:{'|'.join(map(_escaped, names))})$"


def any_case(words: Iterable[str]) -> str:
    """Return the pattern of exactly these words in any letter case."""
    either = ("".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else _escaped(c) for c in word) for word in words)
    return f"^(?:{'|'.join(either)})$"


def _escaped(text: str) -> str:
    """Return a pattern of this very text that Python and JavaScript read alike."""
    return re.sub(r"([.*+?^${}()|\[\]\\/])", r"\\\1", text)

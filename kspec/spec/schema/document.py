"""The schema of a whole spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kspec.catalogue import Catalogue
from kspec.spec.run_names import NAME, NAME_RULE
from kspec.spec.schema.components import ComponentSchemas
from kspec.spec.schema.keys import keys
from kspec.spec.schema.model import ModelSchemas
from kspec.spec.schema.places import REFERENCE, Places, reference
from kspec.spec.schema.sections import SectionSchemas
from kspec.spec.schema.values import Schema, listed, or_null, texts, typed
from kspec.spec.spec_reader import LANGUAGE_VERSION, MAX_SEED, SCHEMA_KEY

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The version of JSON Schema: the newest that editors' YAML support and PyCharm both know well."""


def build_schema(catalogue: Catalogue) -> Schema:
    """Return the JSON Schema of every spec that can be written with a catalogue.

    It takes whatever kspec takes, and tells most of what kspec refuses. What only a whole spec shows, such as the names
    of its steps and constants, is left to kspec.

    Args:
        catalogue: The components that a spec can name, with their arguments.
    """
    places = Places(catalogue)
    parts = (ComponentSchemas(places), places, ModelSchemas(places), SectionSchemas(places))
    definitions = {name: schema for part in parts for name, schema in part.definitions()}
    # No editor need offer the key by which it has found this schema.
    itself = {"description": "The file with this schema.", "type": "string", "doNotSuggest": True}
    spec: Schema = {
        "$schema": DRAFT,
        "$comment": f"kspec language {LANGUAGE_VERSION}, Keras {catalogue.version}",
        "type": "object",
        "properties": {SCHEMA_KEY: itself, **_keys()},
        "additionalProperties": False,
    }
    return {**spec, "definitions": _used(spec, definitions)}


def _used(schema: Schema, definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return the definitions that a schema refers to, and those that they refer to, in their order."""
    found: set[str] = set()
    pending: list[Any] = [schema]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            pending += value.values()
            name = str(value.get("$ref", "")).removeprefix(REFERENCE)
            if name in definitions and name not in found:
                found.add(name)
                pending.append(definitions[name])
    return {name: definition for name, definition in definitions.items() if name in found}


def _keys() -> dict[str, Schema]:
    sections = ("data", "model", "compile", "fit", "checkpoint", "evaluate", "predict", "runtime", "expect", "sweep")
    return keys(
        "",
        {
            "kspec": {"enum": [LANGUAGE_VERSION]},
            "name": or_null(texts(f"^{NAME.pattern}$", NAME_RULE)),
            "description": typed("str", "null"),
            "seed": {**typed("int", "null"), "minimum": 0, "maximum": MAX_SEED},
            "extends": typed("str", "null"),
            "without": or_null(listed(typed("str"))),
            "vars": typed("dict", "null"),
            "callbacks": or_null(listed(reference("item.callbacks"))),
            **{name: reference(name) for name in sections},
        },
    )

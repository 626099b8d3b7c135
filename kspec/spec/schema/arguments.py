"""Schemas of the arguments of components: what the catalogue says of them, for editors."""

from __future__ import annotations

import json

from kspec.catalogue import Argument
from kspec.spec.arguments import FEW, expected
from kspec.spec.checker import listing
from kspec.spec.explain.arguments import taken
from kspec.spec.schema.values import Schema, or_null, typed


def describe(argument: Argument) -> str:
    """Return what an argument means, what it takes, and what stands where it is left out."""
    default, takes = argument.default, taken(argument, most=FEW)
    if argument.required:
        left_out = "Required."
    elif default is None:
        left_out = "May be left out."
    else:
        left_out = f"Default: {default if isinstance(default, str) else json.dumps(default)}."
    return f"{argument.summary}\n{f'Takes: {takes}. ' if takes else ''}{left_out}".strip()


def plain_value(argument: Argument) -> Schema:
    """Return the schema of an argument that takes no components; an empty one if its types are not known."""
    if not argument.types:
        return {}
    name, types = argument.name, argument.types
    schema = typed(*types, words=argument.choices, message=f"`{name}` is {expected(types)}")
    if 0 < len(argument.choices) <= FEW:
        schema["patternErrorMessage"] = f"`{name}` is {listing(argument.choices, 'or')}"
    bounds = number_bounds(argument)
    if "list" in types and "int" in types and "float" not in types:
        # The same rule by which kspec holds the items of a list against the whole number that may stand for it.
        item = typed("int", "list", "null", *(("str",) if "str" in types else ()))
        schema["items"] = {**item, "errorMessage": f"`{name}` is a list of whole numbers", **bounds}
    schema |= bounds
    if types == ("null",):
        schema["doNotSuggest"] = True  # a Python object, which no spec can hold
    return or_null(schema) if may_be_null(argument) else schema


def may_be_null(argument: Argument) -> bool:
    """Say whether an argument can be given `null`."""
    return "null" in argument.types or (not argument.required and argument.default is None)


def number_bounds(argument: Argument) -> Schema:
    """Return the range of an argument's numbers."""
    bounds: Schema = {}
    if argument.minimum is not None:
        bounds["exclusiveMinimum" if argument.above else "minimum"] = argument.minimum
    if argument.maximum is not None:
        bounds["exclusiveMaximum" if argument.below else "maximum"] = argument.maximum
    return bounds

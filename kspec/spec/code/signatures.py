"""The parameters of a function of one's own as the arguments of a component."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from kspec.catalogue import Argument, Type, docstrings
from kspec.catalogue.overlay import FAMILY_OF_ENDING

_KINDS: Mapping[str, Type] = {
    "int": "int", "float": "float", "bool": "bool", "str": "str", "Path": "str", "PathLike": "str", "None": "null",
    "list": "list", "List": "list", "tuple": "list", "Tuple": "list", "Sequence": "list", "Iterable": "list",
    "Collection": "list", "dict": "dict", "Dict": "dict", "Mapping": "dict",
}  # fmt: skip
_LONGEST = 500
"""Characters of an annotation in quotes that are looked at."""

_WITH_FAMILY = {"activation": "activations", "layer": "layers"}
_ORDER: tuple[Type, ...] = get_args(Type)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function.

    Args:
        name: Its name.
        required: Whether it has no default.
        default: The default as a plain value; None if it has none, or one that is not plain.
        annotation: How it is annotated, or None.
    """

    name: str
    required: bool
    default: Any = None
    annotation: ast.expr | None = None


def parameters(function: ast.FunctionDef) -> Iterator[Parameter]:
    """Yield the parameters of a function that can be given by name, in their order."""
    places = function.args
    named = [*places.posonlyargs, *places.args]
    free = [None] * (len(named) - len(places.defaults))
    pairs = [
        *zip(named, [*free, *places.defaults], strict=True),
        *zip(places.kwonlyargs, places.kw_defaults, strict=True),
    ]
    for place, default in pairs:
        yield Parameter(place.arg, default is None, _plain(default), place.annotation)


def argument(parameter: Parameter, said: str, inherited: Argument | None = None) -> Argument:
    """Return what is known of an argument: from its annotation, its documentation, its default, or the base class.

    Args:
        parameter: The parameter.
        said: What the docstring says about it.
        inherited: The argument of this name that the base class has, or None.
    """
    summary = docstrings.summary(said)
    own = Argument(parameter.name, required=parameter.required, default=parameter.default, summary=summary)
    if parameter.annotation is not None:
        kinds, choices = _annotated(parameter.annotation)
        if kinds:
            return _limited(replace(own, types=_with(kinds, parameter), choices=choices), said)
    if inherited is not None:
        said_of_it = summary or inherited.summary
        return replace(inherited, required=own.required, default=own.default, common=False, summary=said_of_it)
    family = _WITH_FAMILY.get(parameter.name) or next(
        (family for ending, family in FAMILY_OF_ENDING.items() if parameter.name.endswith(ending)), None
    )
    if family and parameter.annotation is None:
        return replace(own, family=family)
    default = inspect.Parameter.empty if parameter.required else parameter.default
    types = docstrings.types(said, default) if said or isinstance(default, bool) else []
    choices = tuple(docstrings.choices(said)) if "str" in types else ()
    closed = choices if not isinstance(default, str) or default in choices else ()
    return _limited(replace(own, types=_with(tuple(types), parameter), choices=closed), said)  # type: ignore[arg-type]


def _limited(found: Argument, said: str) -> Argument:
    """Return an argument with the bounds that its documentation states, if its own default lies in them."""
    bounds = docstrings.limits(said, list(found.types))
    low, high, default = bounds.get("minimum"), bounds.get("maximum"), found.default
    if isinstance(default, int | float) and ((low or default) > default or (high or default) < default):
        return found
    return replace(found, minimum=low, maximum=high)


def _with(kinds: tuple[Type, ...], parameter: Parameter) -> tuple[Type, ...]:
    """Return types with that of the default among them."""
    if not kinds or parameter.required:
        return kinds
    own = docstrings.type_of(parameter.default)
    whole = own == "int" and "float" in kinds
    return tuple(kind for kind in _ORDER if kind in kinds or (kind == own and not whole))


def _annotated(node: ast.expr) -> tuple[tuple[Type, ...], tuple[str, ...]]:
    """Return the types that an annotation allows, and its choices; no types where it says more than types can."""
    found = list(_union(node))
    kinds: set[Type] = set()
    choices: list[str] = []
    for part in found:
        if isinstance(part, ast.Subscript) and _name(part.value) == "Literal":
            values = part.slice.elts if isinstance(part.slice, ast.Tuple) else [part.slice]
            plain = [_plain(value) for value in values]
            choices += [value for value in plain if isinstance(value, str)]
            kinds |= {kind for value in plain if (kind := docstrings.type_of(value))}  # type: ignore[misc]
            continue
        name = _name(part.value if isinstance(part, ast.Subscript) else part)
        if name not in _KINDS:
            return (), ()
        kinds.add(_KINDS[name])
    closed = tuple(choices) if choices and not any(_name(part) == "str" for part in found) else ()
    return tuple(kind for kind in _ORDER if kind in kinds and not (kind == "int" and "float" in kinds)), closed


def _union(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts of `A | B`, `Optional[A]` and `Union[A, B]`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = _parsed(node.value) or node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _union(node.left)
        yield from _union(node.right)
    elif isinstance(node, ast.Subscript) and _name(node.value) in ("Optional", "Union"):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in inner:
            yield from _union(part)
        if _name(node.value) == "Optional":
            yield ast.Constant(None)
    else:
        yield node


def _parsed(text: str) -> ast.expr | None:
    if len(text) > _LONGEST:
        return None
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and node.value is None:
        return "None"
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _plain(node: ast.expr | None) -> Any:
    """Return the plain value of an expression, or None where it has none."""
    try:
        value = ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    if isinstance(value, tuple):
        return list(value)
    return value if docstrings.type_of(value) else None

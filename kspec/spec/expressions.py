"""Expressions: `$(width * 2)` in a value, with numbers, names and arithmetic, and nothing else."""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kspec.spec.checker import Checker, kind_of
from kspec.spec.problems import Path, did_you_mean

LARGEST = 10**15
"""Bound on the size of every result."""

LONGEST = 200
"""Characters that an expression may have."""

LONGEST_TEXT = 10_000
"""Characters that a text may have once its expressions are put in."""

WITHOUT_VALUE = object()
"""Stands for a constant whose own expression is wrong: that is told once, and not again wherever it is used."""

_ALLOWED = "it may have numbers, names, + - * / // % ** and ( )"

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_WORDS: Mapping[bool | None, str] = {None: "null", True: "true", False: "false"}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}


class ExpressionError(Exception):
    """An expression cannot be evaluated. `hint` says how to mend it."""

    def __init__(self, message: str, hint: str | None = None, code: str = "bad-expression") -> None:
        super().__init__(message)
        self.message, self.hint, self.code = message, hint, code


class _WithoutValueError(ExpressionError):
    """An expression uses a constant of which is told already that it has no value."""


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """Return the value of an expression.

    Args:
        text: What stands between `$(` and `)`.
        names: The constants that it may use. A name alone may stand for anything, inside arithmetic for a number.

    Raises:
        ExpressionError: It is not an expression, names something unknown, or its result is out of bounds.
    """
    tree = _parsed(text)
    if isinstance(tree, ast.Name):
        return _look_up(tree.id, names)
    return _number(tree, names)


def substitute(value: Any, names: Mapping[str, Any], path: Path, checker: Checker) -> Any:
    """Return `value` with every `$(...)` in it put in; what cannot be evaluated is noted and left as it is."""
    if isinstance(value, dict):
        return {key: substitute(item, names, (*path, key), checker) for key, item in value.items()}
    if isinstance(value, list):
        return [substitute(item, names, (*path, index), checker) for index, item in enumerate(value)]
    if not isinstance(value, str) or "$(" not in value:
        return value
    try:
        return _put_in(value, names)
    except _WithoutValueError:
        checker.leave_empty(path)
        return None
    except ExpressionError as error:
        checker.error(error.code, path, error.message, error.hint)
        return None


def names_in(text: str) -> set[str]:
    """Return the names that the expressions of a text use; none of one that cannot be read."""
    try:
        trees = [_parsed(piece[2:-1]) for piece in _pieces(text) if piece.startswith("$(")]
    except ExpressionError:
        return set()
    return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _parsed(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise ExpressionError(f"an expression has at most {LONGEST} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's remarks on `1if` and the like
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"`$({text})` is not an expression", _ALLOWED) from None


def _put_in(text: str, names: Mapping[str, Any]) -> Any:
    pieces = list(_pieces(text))
    if len(pieces) == 1:
        return evaluate(pieces[0][2:-1], names)
    formatted = ""
    for piece in pieces:
        value = evaluate(piece[2:-1], names) if piece.startswith("$(") else piece
        if isinstance(value, dict | list):
            raise ExpressionError(f"`{piece}` is {kind_of(value)} and cannot stand inside a text", "let it stand alone")
        formatted += _WORDS.get(value, str(value)) if value is None or isinstance(value, bool) else str(value)
        if len(formatted) > LONGEST_TEXT:
            raise ExpressionError(f"a text with expressions has at most {LONGEST_TEXT:,} characters")
    return formatted


def _pieces(text: str) -> Iterator[str]:
    """Yield the plain stretches of a text and its expressions, `$(` and `)` included."""
    position = 0
    while (start := text.find("$(", position)) >= 0:
        if start > position:
            yield text[position:start]
        depth, end = 0, start + 1
        while True:
            if end >= len(text):
                raise ExpressionError(f"`{text[start:]}` has no closing `)`", "write `$(NAME)`")
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
            if depth == 0:
                break
        yield text[start:end]
        position = end
    if position < len(text):
        yield text[position:]


def _look_up(name: str, names: Mapping[str, Any]) -> Any:
    if name not in names:
        hint = did_you_mean(name, names) or (None if set(names) - {"i"} else "constants stand under `vars`")
        if name == "i":
            hint = "it counts the rounds of a step with `repeat`, and only that step sees it: give it on as a parameter"
        raise ExpressionError(f"there is no constant `{name}`", hint, "unknown-constant")
    if names[name] is WITHOUT_VALUE:
        raise _WithoutValueError(f"the constant `{name}` has no value")
    return names[name]


def _number(tree: ast.expr, names: Mapping[str, Any]) -> int | float:
    if isinstance(tree, ast.Constant):
        value = tree.value
    elif isinstance(tree, ast.Name):
        value = _look_up(tree.id, names)
    elif isinstance(tree, ast.UnaryOp) and type(tree.op) in _UNARY:
        value = _UNARY[type(tree.op)](_number(tree.operand, names))
    elif isinstance(tree, ast.BinOp) and type(tree.op) in _BINARY:
        value = _apply(tree.op, _number(tree.left, names), _number(tree.right, names))
    else:
        raise ExpressionError(f"`$({ast.unparse(tree)})` is more than arithmetic", _ALLOWED)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpressionError(f"`{ast.unparse(tree)}` is {kind_of(value)}, and arithmetic wants numbers")
    if not -LARGEST <= value <= LARGEST:
        raise ExpressionError(f"a result lies beyond {LARGEST:.0e}")
    return value


def _apply(op: ast.operator, left: float, right: float) -> Any:
    if isinstance(op, ast.Pow) and abs(right) > 64:
        raise ExpressionError("an exponent lies beyond 64")
    try:
        return _BINARY[type(op)](left, right)
    except ZeroDivisionError:
        raise ExpressionError("an expression divides by zero") from None
    except ArithmeticError:
        raise ExpressionError(f"a result lies beyond {LARGEST:.0e}") from None

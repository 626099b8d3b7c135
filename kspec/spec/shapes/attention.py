"""Attention."""

from __future__ import annotations

from typing import Any

from kspec.spec.shapes.calls import Call, Fed, Mistake, Result, Several, Unsure, whole_numbers
from kspec.spec.shapes.demands import SAY_IT, weighs
from kspec.spec.shapes.sizes import UNKNOWN, Shape, differ, shown

_SCORES = "return_attention_scores"


def attention(call: Call) -> Result:
    """`Attention` and `AdditiveAttention`: a list of query, value and, if it is another, key."""
    if not call.listed or len(call.inputs) not in (2, 3):
        count = len(call.inputs)
        raise (
            Mistake(f"it is fed query and value, or query, value and key, and gets {count}") if call.listed else Unsure
        )
    query, value = call.inputs[:2]
    key = call.inputs[2] if len(call.inputs) == 3 else value
    if query is None or value is None or not query or not value:
        return None
    if key is not None and all(len(shape) == 3 for shape in (query, value, key)):
        _check_fit(query, value, key)
    output = (*query[:-1], value[-1])
    if not _with_scores(call):
        return output
    return Several((output, (*query[:-1], key[-2]) if key is not None and len(key) > 1 else None))


def _check_fit(query: Shape, value: Shape, key: Shape) -> None:
    """Note sizes that do not go together. Keras itself says so only when the layer is used."""
    if differ(query[2], key[2]) and 1 not in (query[2], key[2]):
        reason = f"query and key differ along axis 2, {query[2]} and {key[2]}"
        raise Mistake(reason, "put a `Dense` layer on one of them, or use `MultiHeadAttention`")
    if differ(value[1], key[1]):
        raise Mistake(f"value and key have {value[1]} and {key[1]} steps", "each step of the value has one key")


def multi_head(call: Call) -> Result:
    """`MultiHeadAttention`: query, value and key are projected first."""
    query, value, key = call.shape, _named(call, "value"), _named(call, "key")
    if value is not None and key is not None:
        _check_steps(value, key)
    if query is None:
        return None
    if len(query) < 2:
        raise Unsure
    weighs(call, query, -1)
    _check_widths(value=value, key=key)
    given = call.argument("output_shape")
    last = (given,) if isinstance(given, int) else given
    output = (*query[:-1], *whole_numbers(last)) if last else query
    if not _with_scores(call):
        return output
    return Several((output, (query[0], call.whole("num_heads"), query[1], query[1])))


def grouped(call: Call) -> Result:
    """`GroupQueryAttention`: several heads of the query share a head of key and value."""
    query, value = call.shape, _named(call, "value")
    key = _named(call, "key") if "key" in call.named else value
    if value is not None and key is not None:
        _check_steps(value, key)
    if query is None or value is None or len(query) != 3 or len(value) != 3:
        return None
    weighs(call, query, -1)
    _check_widths(value=value, key=key)
    if differ(query[-1], value[-1]):
        reason = f"the last axes of query {shown(query)} and value {shown(value)} differ"
        raise Mistake(reason, "put a `Dense` layer on one of them")
    if not _with_scores(call):
        return query
    return Several((query, (query[0], call.whole("num_query_heads"), query[1], key[1] if key else UNKNOWN)))


def _check_steps(value: Shape, key: Shape) -> None:
    """Note a value and a key of different lengths."""
    pairs = list(zip(value[1:-1], key[1:-1], strict=False))
    if len(value) != len(key) or any(differ(one, other) for one, other in pairs):
        reason = f"value {shown(value)} and key {shown(key)} differ before their last axes"
        raise Mistake(reason, "each step of the value has one key")


def _check_widths(**fed: Shape | None) -> None:
    """Note what has no fixed size along its last axis, for which there are weights."""
    for name, shape in fed.items():
        if shape and shape[-1] is None:
            raise Mistake(f"the last axis of the {name} has no fixed size, which its weights need", SAY_IT)


def _named(call: Call, name: str) -> Shape | None:
    fed: Any = call.named.get(name)
    return fed.shape if isinstance(fed, Fed) else None


def _with_scores(call: Call) -> bool:
    wanted = call.named.get(_SCORES, False)
    if not isinstance(wanted, bool):
        raise Unsure
    return wanted

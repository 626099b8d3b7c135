"""Layers that turn text, numbers and categories into numbers: what their output modes do to the last axis.

Sizes that are learnt from data are not known here.
"""

from __future__ import annotations

from kspec.spec.shapes.calls import Call, Result, Unsure
from kspec.spec.shapes.sizes import UNKNOWN, Shape, Size


def category_encoding(call: Call) -> Result:
    """`CategoryEncoding`."""
    shape, mode, depth = _known(call), call.argument("output_mode"), call.whole("num_tokens")
    if mode == "one_hot" and (len(shape) == 1 or shape[-1] != 1):
        return None if shape[-1] is UNKNOWN and len(shape) > 1 else (*shape, depth)
    return (*shape[:-1], depth)


def hashing(call: Call) -> Result:
    """`Hashing`."""
    shape = _known(call)
    return shape if call.argument("output_mode") == "int" else (*shape[:-1], call.whole("num_bins"))


def hashed_crossing(call: Call) -> Result:
    """`HashedCrossing`: two features."""
    if not call.listed or len(call.inputs) != 2 or call.argument("output_mode") != "int":
        raise Unsure
    return call.inputs[0]


def lookup(call: Call) -> Result:
    """`StringLookup` and `IntegerLookup`."""
    shape, mode = _known(call), call.argument("output_mode")
    if mode == "int":
        return shape
    depth: Size = call.whole("max_tokens") if call.flag("pad_to_max_tokens") else UNKNOWN
    if mode == "one_hot" and (len(shape) == 1 or shape[-1] != 1):
        return None if shape[-1] is UNKNOWN and len(shape) > 1 else (*shape, depth)
    return (*shape[:-1], depth)


def text_vectorization(call: Call) -> Result:
    """`TextVectorization`: texts into numbers, or into one row each."""
    shape = call.shape
    batch = shape[0] if shape else UNKNOWN
    if call.flag("ragged") or call.argument("output_mode") != "int":
        raise Unsure
    length = call.argument("output_sequence_length")
    return (batch, None if length is None else call.whole("output_sequence_length"))


def discretization(call: Call) -> Result:
    """`Discretization`."""
    shape = _known(call)
    if call.argument("output_mode") != "int":
        raise Unsure  # how many bins come of it is learnt
    return shape


def _known(call: Call) -> Shape:
    if not call.shape:
        raise Unsure
    return call.shape

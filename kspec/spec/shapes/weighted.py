"""Layers with weights along the last axes: dense layers and embeddings."""

from __future__ import annotations

import re

from kspec.spec.shapes.calls import Call, Mistake, Result, Unsure
from kspec.spec.shapes.demands import at_least, weighs
from kspec.spec.shapes.sizes import Shape, Size, differ

_EQUATION = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


def dense(call: Call) -> Result:
    """`Dense`: the last axis gets another size."""
    shape = at_least(call, 2)
    if shape is None:
        return None
    weighs(call, shape, -1)
    return (*shape[:-1], call.whole("units"))


def embedding(call: Call) -> Result:
    """`Embedding`: every number becomes a vector."""
    return None if call.shape is None else (*call.shape, call.whole("output_dim"))


def reversible_embedding(call: Call) -> Result:
    """`ReversibleEmbedding`: an embedding, or the way back."""
    backwards = call.named.get("reverse", False)
    if call.shape is None or not call.shape or not isinstance(backwards, bool):
        return None
    return (*call.shape[:-1], call.whole("input_dim")) if backwards else embedding(call)


def einsum_dense(call: Call) -> Result:
    """`EinsumDense`: a product by an equation.

    Source: `_analyze_split_string` of Keras, for equations whose letters are all different within each part.
    """
    shape = call.shape
    equation = call.argument("equation")
    found = _EQUATION.fullmatch(equation) if isinstance(equation, str) else None
    if found is None or shape is None:
        return None
    before, letters, after, _, out_before, out_letters, out_after = found.groups()
    if (before, after) != (out_before, out_after) or (before and after):
        raise Unsure
    elided = len(shape) - len(letters)
    if elided < 0 or (elided and not before and not after) or not shape:
        raise Unsure
    asked = call.argument("output_shape")
    sizes: list[Size] = [shape[0], *([asked] if isinstance(asked, int) else asked)]
    if before:
        sizes[1:1] = reversed(shape[1:elided])
    elif after:
        sizes += shape[len(shape) - elided :]
    skipped = elided if before else 0
    if len(sizes) < len(out_letters) + skipped:
        raise Unsure
    for place, letter in enumerate(letters, skipped):
        where = out_letters.find(letter)
        if where < 0:
            continue
        wanted, given = sizes[where + skipped], shape[place]
        if differ(wanted, given) or (given is None and isinstance(wanted, int)):
            reason = f"`{letter}` is {given or 'open'} in the input and {wanted} in `output_shape`"
            raise Mistake(reason, "they are the same axis: write `null` for it in `output_shape`")
    return _checked(tuple(sizes))


def _checked(sizes: Shape) -> Shape:
    if not all(size is None or not isinstance(size, bool | float | str) for size in sizes):
        raise Unsure
    return sizes

"""Categories that a lookup layer does not know, counted: it takes them all for one, without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import keras

from kspec.data.plan import Plan
from kspec.data.sources.fields import Array, Fields
from kspec.data.values import is_missing, is_text, texts

_SHOWN = 5
_COUNTED = 1000
"""Categories of one field whose rows are counted one by one; more are counted together."""


@dataclass(slots=True)
class _Seen:
    known: frozenset[Any]
    kept: int | None = None
    rows: int = 0
    unseen: Counter[Any] = field(default_factory=Counter)
    others: int = 0

    def count(self, array: Array) -> None:
        values = (texts(array) if is_text(array) else array).reshape(len(array), -1)
        self.rows += len(values)
        for column in values.T.tolist():
            for value, times in Counter(column).items():
                if value in self.known or (is_missing(value) and None in self.known):
                    continue
                if value in self.unseen or len(self.unseen) < _COUNTED:
                    self.unseen[value] += times
                else:
                    self.others += times


class Unseen:
    """Counts, over all rows that are predicted, the categories that training did not see or keep.

    Args:
        plan: What training made of the fields.
        model: The model, which may look up categories itself.
    """

    def __init__(self, plan: Plan, model: keras.Model) -> None:
        self._fields: dict[str, _Seen] = {}
        for name, item in plan.inputs.items():
            layers = plan.layers.get(f"input-{name}")
            lookup = _lookup(model, name) if layers is None else _lookup(layers.model)
            if lookup is not None and item.slice is None:
                known = _vocabulary(lookup)
                known = known if item.missing is None else known | {None}  # for which something stands in
                self._fields |= {field: _Seen(known, _kept(lookup)) for field in item.fields}

    def count(self, fields: Fields) -> None:
        """Take note of some rows."""
        for name, seen in self._fields.items():
            seen.count(fields[name])

    def sentences(self) -> Iterator[str]:
        """Yield what is to be said of each field that has such categories."""
        for name, seen in self._fields.items():
            if not seen.unseen:
                continue
            number = seen.unseen.total() + seen.others
            shown = ", ".join(f"`{value}`" for value, _ in seen.unseen.most_common(_SHOWN))
            more = ", …" if len(seen.unseen) > _SHOWN else ""
            has = f"{'row' if seen.rows == 1 else 'rows'} {'has' if number == 1 else 'have'}"
            unlike = "training did not see" if seen.kept is None else f"is none of the {seen.kept:,} that were kept"
            yield f"{number:,} of {seen.rows:,} {has} a `{name}` that {unlike}: {shown}{more}"


def _lookup(model: keras.Model, start: str | None = None) -> Any:
    """Return the layer that looks up the categories of an input.

    Args:
        model: The layers.
        start: The input; the only one if left out.

    Returns:
        None if there is none, or it refuses those that it does not know.
    """
    first = _fed_by(model, start)
    if not isinstance(first, keras.layers.StringLookup | keras.layers.IntegerLookup) or first.invert:
        return None
    return first if first.num_oov_indices else None


def _kept(lookup: Any) -> int | None:
    """Return how many categories `max_tokens` has kept, or None if it may not have left out any."""
    full = lookup.max_tokens is not None and lookup.vocabulary_size() >= lookup.max_tokens
    return len(lookup.get_vocabulary(include_special_tokens=False)) if full else None


def _vocabulary(lookup: Any) -> frozenset[Any]:
    """Return the categories that a layer knows."""
    words = lookup.get_vocabulary(include_special_tokens=False)
    masked = [] if lookup.mask_token is None else [lookup.mask_token]
    if isinstance(lookup, keras.layers.StringLookup):
        return frozenset({*map(str, words), *masked, *([None] if masked else [])})
    return frozenset({*map(int, words), *masked})


def _fed_by(model: keras.Model, start: str | None) -> Any:
    """Return the layer or operation that an input is fed to, or None if there is not exactly one."""
    every = getattr(model, "inputs", None) or []
    inputs = [tensor for tensor in every if start is None or len(every) == 1 or tensor.name == start]
    fed = [
        layer
        for layer in getattr(model, "operations", model.layers)
        for node in layer._inbound_nodes
        if any(tensor is given for tensor in inputs for given in node.input_tensors)
    ]
    return fed[0] if len(fed) == 1 else None

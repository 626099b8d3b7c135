"""Rows of data held against the inputs that they are fed to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kspec.spec.graph import InputSpec
from kspec.spec.problems import Problem
from kspec.spec.shapes import shown


def wrong_rows(item: InputSpec, row: Sequence[int]) -> Problem | None:
    """Return the problem of rows that have another shape than an input says, or None.

    Args:
        item: The input.
        row: Shape of one row of what it is fed.
    """
    declared: Any = item.arguments.get("shape")
    if declared is None and item.arguments.get("batch_shape"):
        declared = item.arguments["batch_shape"][1:]
    if not isinstance(declared, list | tuple):
        return None
    row = tuple(row)
    # Keras adds or takes away a last axis of one by itself.
    alike = (row, (*row, 1), row[:-1] if row[-1:] == (1,) else row)
    if any(_fits(shape, declared) for shape in alike):
        return None
    fed = f"takes rows of shape {shown((None, *declared))}, and the data's have {shown((None, *row))}"
    hint = f"write `shape: [{', '.join(map(str, row))}]`, or leave it out"
    return Problem("wrong-shape", item.path, f"the input `{item.name}` {fed}", hint, at="key")


def _fits(row: Sequence[int], declared: Sequence[Any]) -> bool:
    return len(row) == len(declared) and all(
        want is None or want == size for want, size in zip(declared, row, strict=True)
    )

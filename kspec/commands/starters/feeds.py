"""What each input of a model is fed: the columns, the layers on the way in, and the first steps in the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kspec.commands.starters.columns import Column
from kspec.commands.starters.names import StepNames
from kspec.commands.starters.plan import TablePlan

_FEW = 20
"""Categories up to which each gets a place of its own; more share a few places that are learnt."""
_WORD_SIZE = 16
_LARGEST_VECTOR = 32

Line = tuple[str, str]
"""A line of YAML, and a remark."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One input.

    Args:
        name: Its name.
        columns: Columns that it is fed, side by side.
        layers: Preprocessing layers, as YAML.
        remark: What is to be said of them.
        steps: Layers of the model that only this input passes through, as YAML.
        vector: Name of what the last of them gives.
        gaps: Cells of numbers without a value, for which the mean of their column is to stand in.
    """

    name: str
    columns: tuple[str, ...]
    layers: tuple[str, ...]
    remark: str
    steps: tuple[Line, ...] = ()
    vector: str = ""
    gaps: int = 0

    @property
    def inline(self) -> str:
        """Its preprocessing layers as the items of a list."""
        return ", ".join(f"{{{layer}}}" if ":" in layer else layer for layer in self.layers)

    @property
    def result(self) -> str:
        """Name of what goes into the common part of the model."""
        return self.vector or self.name


def make_feeds(plan: TablePlan, names: StepNames) -> list[Feed]:
    """Return the inputs of a plan: all numbers in one, every other column in one of its own."""
    feeds = []
    if numbers := plan.of("number"):
        feeds.append(_numbers(numbers, names.give("numbers")))
    makers = {"code": _code, "category": _category, "words": _words}
    for column in plan.columns:
        if column.use in makers:
            feeds.append(makers[column.use](column, names))
    return feeds


def _numbers(columns: Sequence[Column], name: str) -> Feed:
    each = "each to mean 0 and variance 1" if len(columns) > 1 else "to mean 0 and variance 1"
    remark = f"{each}, as learnt from the training rows"
    gaps = sum(column.gaps for column in columns)
    return Feed(name, tuple(column.name for column in columns), ("Normalization",), remark, gaps=gaps)


def _code(column: Column, names: StepNames) -> Feed:
    remark = f"{column.distinct} different whole numbers, taken for codes: a place for each"
    return Feed(names.give(column.name), (column.name,), ("IntegerLookup: {output_mode: one_hot}",), remark)


def _category(column: Column, names: StepNames) -> Feed:
    name = names.give(column.name)
    values = f"{column.distinct:,} different value{'' if column.distinct == 1 else 's'}"
    missing = f"; `mask_token`: none of them for the {column.gaps:,} rows without a value" if column.gaps else ""
    if column.distinct <= _FEW:
        mask = ', mask_token: ""' if column.gaps else ""
        layer = f"StringLookup: {{output_mode: one_hot{mask}}}"
        return Feed(name, (column.name,), (layer,), f"{values}: a place for each, and one for unknown ones{missing}")
    size = min(_LARGEST_VECTOR, round(column.distinct**0.5))
    embedding = f"Embedding: {{input_dim: {column.distinct + 2}, output_dim: {size}}}"
    remark = f"{column.distinct:,} values, unknown and missing ones: {size} numbers for each, learnt"
    return Feed(
        name, (column.name,), ('StringLookup: {mask_token: ""}',), f"{values}, numbered from 2; 1: unknown, 0: missing",
        ((embedding, remark), ("Flatten", "")), names.give(f"{name}_vector"),
    )  # fmt: skip


def _words(column: Column, names: StepNames) -> Feed:
    name = names.give(column.name)
    layer = f"TextVectorization: {{max_tokens: {column.distinct}, output_sequence_length: {column.length}}}"
    embedding = f"Embedding: {{input_dim: {column.distinct}, output_dim: {_WORD_SIZE}}}"
    steps = (
        (embedding, f"{_WORD_SIZE} numbers for each word, learnt"),
        ("GlobalAveragePooling1D", "their mean over the text"),
    )
    remark = f"text into numbers of words; 19 of 20 texts have at most {column.length} words"
    return Feed(name, (column.name,), (layer,), remark, steps, names.give(f"{name}_vector"))

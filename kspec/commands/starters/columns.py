"""What a column of a table seems to be, and so what use a model can make of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kspec.commands.starters.sheet import scalar, shown
from kspec.data.values import is_text

Array = npt.NDArray[Any]
Use = Literal["number", "code", "category", "words", "none"]

FEW_CODES = 10
"""Different whole numbers up to which a column may hold codes rather than quantities."""
ROWS_EACH = 5
"""Rows that a code has on average at least."""
_LARGEST = 1e18
"""Numbers whose squares still fit into float32."""
_SENTENCE = 4
"""Words that a text has on average, where its words say more than the whole."""
_LONGEST_TEXT = 200
_MOST_WORDS = 10_000
_MOSTLY = 0.95

_DATE = re.compile(
    r"\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{1,2}:\d\d(:\d\d)?)"
    r"([T ]+\d{1,2}:\d\d(:\d\d)?(\.\d+)?\s*(Z|UTC|[+-]\d\d:?\d\d|[AaPp][Mm])?)?\s*"
)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_COMMA = re.compile(r"\s*[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+\s*")
_IDENTIFIER = re.compile(r"(?i:(^|[\W_])(id|uuid|guid|index|idx|nr|no|row)$|^unnamed)|(?<=[a-z])(Id|ID)$")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, and the use that a model can make of it.

    Args:
        name: Its name.
        use: A quantity, a code of whole numbers, a category of text, words, or none.
        why: Why it is of no use.
        distinct: Different values, or different words.
        gaps: Rows without a value.
        as_text: Whether it is to be read as text, so that a gap can be told from a value.
        length: Words of a text that are enough for nearly all.
    """

    name: str
    use: Use
    why: str = ""
    distinct: int = 0
    gaps: int = 0
    as_text: bool = False
    length: int = 0


def judge(name: str, values: Array) -> Column:
    """Return what a column seems to be.

    Args:
        name: Its name.
        values: Its values, of shape `(rows,)`: numbers with NaN for gaps, truth values, or text with None for gaps.
    """
    if "$(" in name:
        return Column(name, "none", "has `$(` in its name, which a spec takes for arithmetic")
    return _judge_text(name, values) if is_text(values) else _judge_numbers(name, values)


def _judge_numbers(name: str, values: Array) -> Column:
    there = values[~np.isnan(values)] if values.dtype.kind == "f" else values
    gaps = len(values) - len(there)
    if not len(there):
        return Column(name, "none", "has no value in any row", gaps=gaps)
    if not np.isfinite(there).all():
        return Column(name, "none", f"is infinite in {int((~np.isfinite(there)).sum()):,} rows", gaps=gaps)
    low, high = there.min(), there.max()
    if low == high:
        return Column(name, "none", f"is {low} in every row" + (" that has a value" if gaps else ""), gaps=gaps)
    if values.dtype.kind == "b":
        return Column(name, "number", distinct=2)
    with np.errstate(over="ignore"):
        same = np.float32(low) == np.float32(high)
    if same and np.isfinite(np.float32(low)):
        return Column(name, "none", f"is {low:g} in every row as far as float32 can tell", gaps=gaps)
    if max(abs(float(low)), abs(float(high))) > _LARGEST:
        return Column(
            name, "none", f"has numbers as large as {float(high):.0e}, whose squares no float32 holds", gaps=gaps
        )
    whole = values.dtype.kind in "iu" or (gaps > 0 and bool((there == np.floor(there)).all()))
    distinct = len(np.unique(there)) if whole else 0
    if (
        values.dtype.kind in "iu"
        and distinct == len(there)
        and (float(high) - float(low) == len(there) - 1 or _IDENTIFIER.search(name))
    ):
        return Column(name, "none", f"is another number in each row, from {low} to {high}: it says which row this is")
    coded = whole and 2 < distinct <= FEW_CODES and len(there) >= ROWS_EACH * distinct
    if gaps and (coded or (whole and distinct == 2)):
        return Column(name, "category", distinct=distinct, gaps=gaps, as_text=True)
    return Column(name, "code" if coded else "number", distinct=distinct, gaps=gaps)


def _judge_text(name: str, values: Array) -> Column:
    counts = Counter(value for value in values.tolist() if value is not None)
    there = counts.total()
    gaps, distinct = len(values) - there, len(counts)
    if not there:
        return Column(name, "none", "has no value in any row", gaps=gaps)
    if distinct == 1 and not gaps:
        return Column(name, "none", f"is {shown(next(iter(counts)))} in every row")
    if _share(counts, _DATE) >= _MOSTLY:
        return Column(name, "none", _of_dates(name, counts), gaps=gaps)
    if _share(counts, _COMMA) >= _MOSTLY:
        example = shown(next(value for value in counts if _COMMA.fullmatch(value)))
        return Column(name, "none", f"is written with a decimal comma, as in {example}; write a point", gaps=gaps)
    lengths = [len(value.split()) for value in counts]
    if distinct > there / 2 or (np.mean(lengths) >= 2 * _SENTENCE and distinct > 2 * FEW_CODES):
        if np.mean(lengths) < _SENTENCE:
            if distinct == there:
                return Column(
                    name, "none", f"is another text in each of {there:,} rows: nothing to learn from", gaps=gaps
                )
            why = f"has {distinct:,} different values in {there:,} rows: too few of each to learn from"
            return Column(name, "none", why, gaps=gaps)
        length = int(np.clip(np.quantile(lengths, _MOSTLY), 1, _LONGEST_TEXT))
        words = {word for value in counts for word in value.lower().split()}
        return Column(name, "words", distinct=min(len(words) + 2, _MOST_WORDS), gaps=gaps, length=length)
    return Column(name, "category", distinct=distinct, gaps=gaps)


def _share(counts: Counter[str], pattern: re.Pattern[str]) -> float:
    """Return the share of the different values that are as a pattern says."""
    return sum(bool(pattern.fullmatch(value)) for value in counts) / len(counts)


def _of_dates(name: str, counts: Counter[str]) -> str:
    why = f"holds dates or times, such as {shown(next(iter(counts)))}, which no layer takes"
    if all(_ISO_DATE.match(value) for value in counts):
        why += f"; to judge by the latest rows: `validation_split: {{split: 0.2, time: {scalar(name)}}}`"
    return why

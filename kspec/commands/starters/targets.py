"""What a target seems to be: a quantity, one of two classes, or one of several."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kspec.commands.starters.columns import FEW_CODES, ROWS_EACH, judge
from kspec.commands.starters.sheet import listing, shown
from kspec.data.values import is_text
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]
Task = Literal["classify", "regress"]

_LARGEST = 1e15
"""Quantities whose squared errors still fit into float32."""
_SMALLEST = 1e-15
_DIGITS = 1e-6
"""The least difference, as a part of the whole, that float32 tells for sure."""
_ANOTHER = "name another column with `--target`"
_UNEVEN = 1.5
"""How many times more rows one class may have than another before each is given the same say."""


@dataclass(frozen=True, slots=True)
class Target:
    """One column that is to be predicted.

    Args:
        name: Its name.
        classes: Rows of every class by its name; empty for a quantity.
        mean: Mean of a quantity.
        deviation: Standard deviation of a quantity.
        low: Least value of a quantity.
        high: Greatest value of a quantity.
        gaps: Rows without a value.
        as_text: Whether it is to be read as text, so that its classes are numbered and named.
        whole: Whether it holds whole numbers.
    """

    name: str
    classes: tuple[tuple[str, int], ...] = ()
    mean: float = 0.0
    deviation: float = 0.0
    low: float = 0.0
    high: float = 0.0
    gaps: int = 0
    as_text: bool = False
    whole: bool = False

    @property
    def units(self) -> int:
        """Units of the output layer: one for two classes or a quantity, else one for each class."""
        return len(self.classes) if len(self.classes) > 2 else 1

    @property
    def rarest(self) -> tuple[str, int]:
        """The class with the fewest rows, and how many these are."""
        return min(self.classes, key=lambda item: item[1])

    @property
    def commonest(self) -> tuple[str, int]:
        """The class with the most rows, and how many these are."""
        return max(self.classes, key=lambda item: item[1])

    @property
    def uneven(self) -> bool:
        """Whether some class has many more rows than another."""
        return bool(self.classes) and self.commonest[1] > _UNEVEN * self.rarest[1]


def judge_target(name: str, values: Array, task: Task | None) -> Target:
    """Return what a target seems to be.

    Args:
        name: Its name.
        values: Its values, of shape `(rows,)`.
        task: What it is to be; guessed if None.

    Raises:
        SpecError: Nothing can be learnt of it, or it is not what `task` says.
    """
    if "$(" in name:
        raise _bad(f"{shown(name)} cannot be named in a spec: it has `$(`, which stands for arithmetic", "rename it")
    there = _present(values)
    gaps = len(values) - len(there)
    if not len(there):
        raise _bad(f"{shown(name)} has no value in any row", _ANOTHER)
    counts = Counter(there.tolist())
    if len(counts) == 1:
        raise _bad(f"{shown(name)} is {shown(str(there[0]))} in every row", _ANOTHER)
    if is_text(values):
        if task == "regress":
            raise _bad(f"{shown(name)} is text and no quantity", "leave out `--task regress`")
        seems = judge(name, values)
        if seems.use == "none" and task is None:
            raise _bad(f"{shown(name)} {seems.why}", _ANOTHER)
        return Target(name, _named_classes(name, counts, len(there)), gaps=gaps)
    if values.dtype.kind == "b":
        return Target(name, (("false", counts[False]), ("true", counts[True])), gaps=gaps)
    return _judge_numbers(name, there, gaps, task)


def _present(values: Array) -> Array:
    if is_text(values):
        return values[[value is not None for value in values.tolist()]]
    return values[~np.isnan(values)] if values.dtype.kind == "f" else values


def _judge_numbers(name: str, there: Array, gaps: int, task: Task | None) -> Target:
    numbers, rows = np.unique(there, return_counts=True)
    whole = bool((numbers == np.floor(numbers)).all())
    few = len(numbers) <= FEW_CODES and len(there) >= ROWS_EACH * len(numbers) and rows.min() > 1
    coded = whole and (few or len(numbers) == 2)
    if task == "classify" or (task is None and coded):
        if np.array_equal(numbers, np.arange(len(numbers))):
            classes = {str(int(number)): int(count) for number, count in zip(numbers, rows, strict=True)}
            return Target(name, _named_classes(name, Counter(classes), len(there)), gaps=gaps, whole=True)
        names = Counter({f"{number:g}": int(count) for number, count in zip(numbers, rows, strict=True)})
        return Target(name, _named_classes(name, names, len(there)), gaps=gaps, as_text=True)
    values = there.astype(np.float64)
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise _bad(f"{shown(name)} is infinite in some rows", "leave these rows out of the file")
    if max(abs(low), abs(high)) > _LARGEST:
        raise _bad(
            f"{shown(name)} has numbers as large as {max(abs(low), abs(high)):.0e}, too large to learn",
            "write it in another unit, or its logarithm",
        )
    deviation = float(values.std())
    if deviation < max(_SMALLEST, _DIGITS * max(abs(low), abs(high))):
        raise _bad(
            f"{shown(name)} differs too little from row to row: {low:g} to {high:g}", "take an offset off it first"
        )
    return Target(name, (), float(values.mean()), deviation, low, high, gaps, whole=whole)


def _named_classes(name: str, counts: Counter[str], rows: int) -> tuple[tuple[str, int], ...]:
    """Return the classes with their rows, in the order in which they are numbered.

    Raises:
        SpecError: There are too many of them, or one has a single row.
    """
    if len(counts) > rows / 2:
        message = f"{shown(name)} has {len(counts):,} different values in {rows:,} rows, too many to be classes"
        raise _bad(message, _ANOTHER)
    if lonely := [label for label, count in counts.items() if count == 1]:
        several = len(lonely) > 1
        message = f"the {'classes' if several else 'class'} {listing(lonely)} of {shown(name)} "
        message += f"{'have' if several else 'has'} one row each" if several else "has one row only"
        raise _bad(message, "what is learnt and judged needs two: leave such rows out of the file, or merge classes")
    return tuple(sorted(counts.items()))


def _bad(message: str, hint: str) -> SpecError:
    return SpecError([Problem("bad-target", (), message, hint)])

"""Validation rows set apart from training rows."""

from __future__ import annotations

import io
import math
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.choice import unknown_field
from kspec.data.rows import named
from kspec.data.sources import Fields, Stream
from kspec.data.values import gaps, is_text
from kspec.spec.problems import Path, Problem, SpecError
from kspec.spec.sections import Split

Rows = npt.NDArray[np.intp]
_SALT = 0x5711
"""Keeps the split's random numbers apart from those of the row order."""
_SORTABLE = re.compile(r"\d{4}-\d\d-\d\d")
"""Dates that sort as text, those of ISO 8601."""


def split_rows(
    fields: Fields | Stream, split: Split, seed: int, path: Path = ("fit", "validation_split")
) -> tuple[Rows, Rows]:
    """Return the rows to train on and the rows to validate with, both in their original order.

    The plain form is Keras' own rule: the last rows, `rows * (1 - fraction)` rounded down being the first of them
    (`keras.src.trainers.data_adapters.array_slicing.train_validation_split`).

    Raises:
        SpecError: A part would be empty, or a field that the split names does not exist or does not serve.
    """
    rows = fields.rows
    count = int(split.split) if isinstance(split.split, int) else rows - math.floor(rows * (1.0 - split.split))
    if not 0 < count < rows:
        message = f"of {rows:,} rows, {count:,} would go to validation: one of the parts would be empty"
        raise SpecError([Problem("empty-part", path, message, "change the fraction")])
    named = [key for key in ("stratify", "group", "time") if getattr(split, key)]
    if len(named) > 1:
        message = f"`{named[0]}` and `{named[1]}` cannot stand together"
        raise SpecError([Problem("bad-split", (*path, named[1]), message, at="key")])
    random = np.random.default_rng([seed, _SALT])
    if split.time:
        order = np.argsort(_values(fields, split.time, path, "time"), kind="stable")
        chosen = order[rows - count :]
    elif split.group:
        chosen = _by_group(_values(fields, split.group, path, "group"), count, random)
    elif split.stratify:
        chosen = _stratified(_values(fields, split.stratify, path, "stratify"), count, random, path)
    elif split.shuffle:
        chosen = random.permutation(rows)[:count]
    else:
        chosen = np.arange(rows - count, rows)
    held = np.zeros(rows, dtype=bool)
    held[chosen] = True
    if held.all():
        raise SpecError([Problem("empty-part", path, "no rows are left to train on", "there are too few groups")])
    return np.flatnonzero(~held), np.flatnonzero(held)


def array_bytes(numbers: Rows) -> bytes:
    """Return numbers of rows as the bytes of a `.npy` file."""
    content = io.BytesIO()
    np.save(content, numbers, allow_pickle=False)
    return content.getvalue()


def _values(fields: Fields | Stream, name: str, path: Path, key: str) -> npt.NDArray[Any]:
    if name not in fields:
        raise SpecError([unknown_field(fields, name, (*path, key))])
    values = (fields.load([name]) if isinstance(fields, Stream) else fields)[name]
    if values.size != len(values):
        raise SpecError([Problem("bad-split", (*path, key), f"`{name}` has more than one value a row")])
    values = values.reshape(len(values))
    wrong = gaps(values)
    if wrong is not None:
        row = named("train").row(int(np.argmax(wrong)))
        raise SpecError([Problem("missing-value", (*path, key), f"`{name}` is missing or infinite in {row}")])
    if not is_text(values):
        return values
    text = np.array([str(value) for value in values])
    if key == "time" and not all(_SORTABLE.match(value) for value in text):
        message = f"the times in `{name}` are text that does not sort by time, such as `{text[0]}`"
        raise SpecError([Problem("bad-split", (*path, key), message, "write times as 2026-01-31, or as numbers")])
    return text


def _by_group(values: npt.NDArray[Any], count: int, random: np.random.Generator) -> Rows:
    """Return the rows of whole groups, drawn at random until at least `count` rows are reached."""
    groups, index = np.unique(values, return_inverse=True)
    sizes = np.bincount(index)
    order = random.permutation(len(groups))
    taken = int(np.searchsorted(np.cumsum(sizes[order]), count)) + 1
    return np.flatnonzero(np.isin(index, order[:taken]))


def _stratified(values: npt.NDArray[Any], count: int, random: np.random.Generator, path: Path) -> Rows:
    """Return `count` rows with the classes in the proportions of all rows (largest remainders get the rest)."""
    classes, index = np.unique(values, return_inverse=True)
    sizes = np.bincount(index)
    if sizes.min() < 2:
        rare = classes[int(sizes.argmin())]
        message = f"the class `{rare}` has one row only, it cannot be in both parts"
        raise SpecError([Problem("bad-split", (*path, "stratify"), message)])
    if len(classes) > min(count, len(values) - count):
        message = f"{count:,} validation rows are too few for {len(classes):,} classes"
        raise SpecError([Problem("bad-split", path, message)])
    exact = sizes * (count / len(values))
    take = np.clip(np.floor(exact).astype(int), 1, sizes - 1)
    while (short := count - int(take.sum())) != 0:
        step = 1 if short > 0 else -1
        open_ = take < sizes - 1 if step > 0 else take > 1
        take[np.argmax(np.where(open_, step * (exact - take), -np.inf))] += step
    chosen = [random.permutation(np.flatnonzero(index == number))[: take[number]] for number in range(len(classes))]
    return np.concatenate(chosen)

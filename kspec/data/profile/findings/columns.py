"""Inputs that tell nothing, and inputs that tell too much."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from kspec.data.profile.findings.look import Input, Look
from kspec.data.profile.giveaway import MOST_COLUMNS, columns_telling_class, columns_telling_number, giveaway
from kspec.data.values import is_text
from kspec.runs.inspection import TargetProfile
from kspec.spec.lints import Finding

_LEAST_ROWS = 20
_IDENTIFIER = re.compile(r"(?i:(^|[\W_])(id|uuid|guid|index|idx|key|nr|no|row)$)|(?<=[a-z])(Id|ID)$")
_WORDS = 3
"""Words of a text, on average, from which on it is no name."""


def constant_input(look: Look) -> Iterator[Finding]:
    """Warn of an input that is the same in every training row."""
    for field in look.fields():
        profile = field.profile
        if field.scalar and profile.distinct == 1 and not profile.missing and profile.rows > 1:
            yield Finding(field.path, f"`{field.name}` is the same in every training row", "leave it out")


def id_column(look: Look) -> Iterator[Finding]:
    """Warn of an input that is a number or a name of its row: what is learnt of it says nothing of rows to come."""
    for field in look.fields():
        profile = field.profile
        if not field.scalar or profile.rows < _LEAST_ROWS or not _all_differ(field, look):
            continue
        if profile.kind == "text" and profile.texts and not _vectorized(field) and profile.texts.words[1] < _WORDS:
            what = f"`{field.name}` is another text in each training row, such as `{profile.texts.examples[0]}`"
        elif profile.numbers and profile.numbers.whole and _counts_rows(field):
            what = f"`{field.name}` is another whole number in each training row, as if it counted them"
        else:
            continue
        yield Finding(field.path, what, "leave it out of the inputs: it says nothing of rows to come")


def giveaway_column(look: Look) -> Iterator[Finding]:
    """Warn of an input that alone tells the target."""
    for output, target in look.targets.items():
        wanted = look.wanted[output]
        for field in look.fields():
            if set(wanted.fields) & set(field.wanted.fields) and field.profile.shape:
                continue  # an autoencoder is to give back what it is fed
            yield from _telling(look, field, target)


def _telling(look: Look, field: Input, target: TargetProfile) -> Iterator[Finding]:
    rows = look.train.sample
    if target.field not in rows or rows[target.field].size != rows.rows:
        return
    columns = rows[field.name].reshape(rows.rows, -1)
    if columns.shape[1] > MOST_COLUMNS:
        return
    wanted = rows[target.field].ravel()
    if target.task == "classes":
        if is_text(wanted):
            wanted = np.array(["" if value is None else str(value) for value in wanted.tolist()])
        _, classes = np.unique(wanted, return_inverse=True)
        told = [(at, f"tells the class of `{target.output}`") for at in columns_telling_class(columns, classes)]
    elif target.task == "numbers":
        found = columns_telling_number(columns, wanted.astype(np.float64))
        told = [(at, f"gives the target of `{target.output}`: their correlation is {r:.5f}") for at, r in found]
    else:
        return
    for at, what in told[:1]:
        column = f"`{field.name}`" if columns.shape[1] == 1 else f"`{field.profile.place(at)}`"
        yield giveaway(column, field.path, told=what)


def _all_differ(field: Input, look: Look) -> bool:
    profile = field.profile
    if profile.missing:
        return False
    if profile.distinct is not None:
        return profile.distinct == profile.rows
    values = look.train.sample[field.name].ravel().tolist()
    return len(set(values)) == len(values)


def _counts_rows(field: Input) -> bool:
    """Say whether different whole numbers lie close together, or have the name of an identifier."""
    numbers = field.profile.numbers
    close = numbers is not None and numbers.high - numbers.low < 2 * field.profile.rows
    return close or _IDENTIFIER.search(field.name) is not None


def _vectorized(field: Input) -> bool:
    return any(layer.name == "TextVectorization" for layer in field.wanted.preprocess)

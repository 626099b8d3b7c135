"""Inputs that are not alike in the parts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kspec.data.profile.findings.look import Look
from kspec.spec.lints import Finding

_APART = 1.0
"""Difference of two means, in standard deviations, above which the parts are hardly drawn from the same rows."""
_LEAST_ROWS = 30
_ROWS_A_CATEGORY = 5
_UNSEEN = 0.01


def _parting(look: Look, part: str) -> str:
    split = look.spec.fit.validation_split
    if part != "validation" or split is None or split.shuffle or split.stratify or split.group or split.time:
        return "see how the rows were parted"
    return f"draw the rows: `validation_split: {{split: {split.split:g}, shuffle: true}}`"


def shifted_input(look: Look) -> Iterator[Finding]:
    """Warn of numbers that lie elsewhere in another part than in the training rows."""
    split = look.spec.fit.validation_split
    for field in look.fields():
        train = look.train.moments.get(field.name)
        if train is None or not field.scalar or field.profile.rows < _LEAST_ROWS:
            continue
        if split is not None and split.time == field.name:
            continue  # it is split by this very field
        for part, found in look.parts.items():
            other = found.moments.get(field.name)
            if part == "train" or other is None or found.profile.rows < _LEAST_ROWS:
                continue
            means = [float(np.asarray(moments.mean).ravel()[0]) for moments in (train, other)]
            spreads = [float(np.asarray(moments.deviation).ravel()[0]) for moments in (train, other)]
            spread = float(np.sqrt(np.square(spreads).mean()))
            if spread > 0 and abs(means[1] - means[0]) > _APART * spread:
                message = f"the mean of `{field.name}` is {means[0]:.4g} in the training rows and {means[1]:.4g} in the"
                message += f" {part} rows, {abs(means[1] - means[0]) / spread:.1f} standard deviations apart"
                yield Finding(field.path, message, _parting(look, part))


def unseen_category(look: Look) -> Iterator[Finding]:
    """Warn of categories that training never sees."""
    for field in look.fields():
        known = look.train.distinct.get(field.name)
        if field.profile.kind != "text" or not field.scalar or known is None or known.number is None:
            continue
        if field.profile.rows < _ROWS_A_CATEGORY * known.number:
            continue
        for part, found in look.parts.items():
            other = found.distinct.get(field.name)
            if part == "train" or other is None or other.number is None:
                continue
            new = {value: count for value, count in other.counts.items() if value not in known.counts}
            if sum(new.values()) >= max(1, _UNSEEN * found.profile.rows):
                first = max(new, key=lambda value: new[value])
                more = f" and {len(new) - 1:,} more values" if len(new) > 1 else ""
                message = f"`{field.name}` is `{first}`{more} in {sum(new.values()):,} of {found.profile.rows:,}"
                message += f" {part} rows, and never in the training rows"
                yield Finding(field.path, message, f"{_parting(look, part)}, or see whether it is misspelt")

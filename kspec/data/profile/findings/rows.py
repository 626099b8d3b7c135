"""Rows that are there twice."""

from __future__ import annotations

from collections.abc import Iterator

from kspec.data.profile.duplicates import different, is_rich, leaks, shared_finding
from kspec.data.profile.findings.look import Look
from kspec.spec.lints import Finding

_MANY = 0.05
_LEAST = 10


def leaked_rows(look: Look) -> Iterator[Finding]:
    """Warn of rows to judge by that training learns by heart."""
    train = look.train.hashes
    for name, part in look.parts.items():
        if part.shared is None or train is None or part.hashes is None:
            continue
        if leaks(part.shared, part.hashes, train, rich=_rich(look)):
            yield shared_finding(look.spec, name, part.names, look.train.names, part.shared, part.hashes, train)


def repeated_rows(look: Look) -> Iterator[Finding]:
    """Warn of many copies among the training rows: a split that comes later puts them on both sides."""
    hashes, again = look.train.hashes, look.train.repeated
    if hashes is None or again is None:
        return
    several = different(hashes[again]) >= _LEAST
    if several and len(again) >= _MANY * len(hashes) and _rich(look):
        message = f"{len(again):,} of {len(hashes):,} training rows have the inputs of an earlier one"
        hint = "leave the copies out, unless they are meant to weigh more"
        yield Finding(look.data.path, message, hint, at="key")


def _rich(look: Look) -> bool:
    return is_rich([look.train.sample[field.name] for field in look.fields()], look.train.profile.rows)

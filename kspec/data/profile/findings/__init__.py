"""What is hardly meant in the data of a spec, as the profile of its parts shows it. One function is one code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from kspec.data.profile.findings.classes import imbalanced_classes, numbered_classes, rare_class
from kspec.data.profile.findings.columns import constant_input, giveaway_column, id_column
from kspec.data.profile.findings.look import Look
from kspec.data.profile.findings.rows import leaked_rows, repeated_rows
from kspec.data.profile.findings.shifts import shifted_input, unseen_category
from kspec.spec.lints import Finding, warning
from kspec.spec.problems import Problem

__all__ = ["FINDINGS", "Look", "find"]

FINDINGS: Mapping[str, Callable[[Look], Iterable[Finding]]] = {
    "constant-input": constant_input,
    "giveaway-column": giveaway_column,
    "id-column": id_column,
    "imbalanced-classes": imbalanced_classes,
    "leaked-rows": leaked_rows,
    "numbered-classes": numbered_classes,
    "rare-class": rare_class,
    "repeated-rows": repeated_rows,
    "shifted-input": shifted_input,
    "unseen-category": unseen_category,
}
"""Every finding, by its code."""


def find(look: Look) -> list[Problem]:
    """Return what is hardly meant, as warnings."""
    return [warning(code, finding) for code, check in FINDINGS.items() for finding in check(look)]

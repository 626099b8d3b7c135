"""Lints: what a spec may say and hardly ever means. One function is one check and one code; here is their table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kspec.spec.document import Document
from kspec.spec.lints.finding import Lint
from kspec.spec.lints.ignoring import loud, useless_ignores
from kspec.spec.lints.layers import high_dropout, one_unit_softmax
from kspec.spec.lints.losses import loss_activation, one_unit_classes
from kspec.spec.problems import Problem

if TYPE_CHECKING:
    from kspec.spec.spec import Spec

LINTS: Mapping[str, Lint] = {
    "high-dropout": high_dropout,
    "loss-activation": loss_activation,
    "one-unit-classes": one_unit_classes,
    "one-unit-softmax": one_unit_softmax,
}
"""Every lint of what a spec says, by its code."""

__all__ = ["LINTS", "lint"]


def lint(spec: Spec, document: Document) -> list[Problem]:
    """Return the warnings of a spec without errors, with their places, but for those that its comments silence."""
    found = document.place(
        Problem(code, finding.path, finding.message, finding.hint, severity="warning", at=finding.at)
        for code, check in LINTS.items()
        for finding in check(spec, document)
    )
    return document.place([*loud(found, document), *useless_ignores(found, document, known=LINTS)])

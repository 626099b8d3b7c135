"""Lints: what a spec may say and hardly ever means. One function is one check and one code; here is their table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kspec.spec.document import Document
from kspec.spec.lints.callbacks import array_monitor, last_weights, monitor_mode, own_file, unused_average, whole_model
from kspec.spec.lints.data import shared_rows, split_in_percent
from kspec.spec.lints.finding import Finding, Lint
from kspec.spec.lints.ignoring import loud, useless_ignores
from kspec.spec.lints.layers import (
    activation_twice,
    hidden_softmax,
    high_dropout,
    nothing_trains,
    one_row_normalized,
    one_unit_softmax,
)
from kspec.spec.lints.leftovers import unused_constant, unused_list, unused_parameter
from kspec.spec.lints.losses import loss_activation, one_unit_classes
from kspec.spec.lints.metrics import (
    accuracy_kind,
    accuracy_of_equals,
    accuracy_of_labels,
    accuracy_of_logits,
    accuracy_of_numbers,
    micro_average,
    top_k_of_all,
)
from kspec.spec.lints.precision import half_precision, rounded_output
from kspec.spec.lints.settings import eager_jit, high_learning_rate, same_metric, scaled_twice
from kspec.spec.problems import Problem

if TYPE_CHECKING:
    from kspec.spec.spec import Spec

LINTS: Mapping[str, Lint] = {
    "accuracy-kind": accuracy_kind,
    "accuracy-of-equals": accuracy_of_equals,
    "accuracy-of-labels": accuracy_of_labels,
    "accuracy-of-logits": accuracy_of_logits,
    "accuracy-of-numbers": accuracy_of_numbers,
    "activation-twice": activation_twice,
    "array-monitor": array_monitor,
    "eager-jit": eager_jit,
    "half-precision": half_precision,
    "hidden-softmax": hidden_softmax,
    "high-dropout": high_dropout,
    "high-learning-rate": high_learning_rate,
    "last-weights": last_weights,
    "loss-activation": loss_activation,
    "micro-average": micro_average,
    "monitor-mode": monitor_mode,
    "nothing-trains": nothing_trains,
    "one-row-normalized": one_row_normalized,
    "one-unit-classes": one_unit_classes,
    "one-unit-softmax": one_unit_softmax,
    "own-file": own_file,
    "rounded-output": rounded_output,
    "same-metric": same_metric,
    "scaled-twice": scaled_twice,
    "shared-rows": shared_rows,
    "split-in-percent": split_in_percent,
    "top-k-of-all": top_k_of_all,
    "unused-average": unused_average,
    "unused-constant": unused_constant,
    "unused-list": unused_list,
    "unused-parameter": unused_parameter,
    "whole-model": whole_model,
}
"""Every lint of what a spec says, by its code."""

DATA_CODES = (
    "absent-class", "binary-targets", "constant-input", "constant-target", "giveaway-column", "id-column",
    "imbalanced-classes", "leaked-rows", "never-updated", "numbered-classes", "one-row-normalized", "rare-class",
    "repeated-rows",
    "shifted-input", "steps-beyond-data", "unscaled-input", "unseen-category", "unseen-class", "unused-unit",
)  # fmt: skip
"""Codes of the lints that want the data; the checks stand with it, in `kspec.data`."""

__all__ = ["DATA_CODES", "LINTS", "Finding", "lint", "loud", "warning"]


def lint(spec: Spec, document: Document) -> list[Problem]:
    """Return the warnings of a spec without errors, with their places, but for those that its comments silence."""
    found = document.place(
        warning(code, finding) for code, check in LINTS.items() for finding in dict.fromkeys(check(spec, document))
    )
    useless = useless_ignores(found, document, known={*LINTS, *DATA_CODES}, later=DATA_CODES)
    return document.place([*loud(found, document), *useless])


def warning(code: str, finding: Finding) -> Problem:
    """Return what a lint says as a problem."""
    return Problem(code, finding.path, finding.message, finding.hint, severity="warning", at=finding.at)

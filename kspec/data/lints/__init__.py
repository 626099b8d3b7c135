"""Lints that want the data: what it shows of a spec that is hardly meant. One function is one check and one code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from kspec.data.lints.classes import absent_class, constant_target, unseen_class, unused_unit
from kspec.data.lints.columns import giveaway_column, unscaled_input
from kspec.data.lints.layers import one_row_normalized
from kspec.data.lints.outputs import Outputs
from kspec.data.lints.rows import leaked_rows
from kspec.data.lints.steps import never_updated, steps_beyond_data
from kspec.data.lints.values import binary_targets
from kspec.data.prepare import Prepared
from kspec.spec.lints import Finding, warning
from kspec.spec.problems import Problem
from kspec.spec.spec import Spec

DataLint = Callable[[Spec, Prepared, Outputs], Iterable[Finding]]
"""One check. It says nothing of what it does not know for sure."""

DATA_LINTS: Mapping[str, DataLint] = {
    "absent-class": absent_class,
    "binary-targets": binary_targets,
    "constant-target": constant_target,
    "giveaway-column": giveaway_column,
    "leaked-rows": leaked_rows,
    "never-updated": never_updated,
    "one-row-normalized": one_row_normalized,
    "steps-beyond-data": steps_beyond_data,
    "unscaled-input": unscaled_input,
    "unseen-class": unseen_class,
    "unused-unit": unused_unit,
}
"""Every lint of a spec with its data, by its code."""


def lint_data(spec: Spec, data: Prepared, outputs: Outputs) -> list[Problem]:
    """Return the warnings that data gives rise to.

    Args:
        spec: The spec.
        data: All of its data, not a sample: much of what is looked for is what no row has.
        outputs: Shape of every output of the model, batch axis first.
    """
    return [warning(code, finding) for code, check in DATA_LINTS.items() for finding in check(spec, data, outputs)]

"""Numbers of steps held against the number of rows."""

from __future__ import annotations

from collections.abc import Iterator

from kspec.data.lints.outputs import Outputs
from kspec.data.prepare import Prepared
from kspec.spec.components import ComponentSpec
from kspec.spec.lints import Finding
from kspec.spec.spec import Spec


def steps_beyond_data(spec: Spec, data: Prepared, outputs: Outputs) -> Iterator[Finding]:
    """Warn of more steps than there are batches: an epoch, or validation, ends with the last of them."""
    fit = spec.fit
    asked = (
        ("steps_per_epoch", fit.steps_per_epoch, data.train.rows, fit.batch_size),
        (
            "validation_steps", fit.validation_steps, data.validation.rows if data.validation else 0,
            fit.validation_batch_size or fit.batch_size,
        ),
    )  # fmt: skip
    for key, steps, rows, size in asked:
        if steps is not None and rows and steps > -(-rows // size):
            message = f"{rows:,} rows make {-(-rows // size):,} steps of {size}, and `{key}` asks for {steps:,}"
            yield Finding(("fit", key), message, "leave it out")


def never_updated(spec: Spec, data: Prepared, outputs: Outputs) -> Iterator[Finding]:
    """Warn of gradients that are gathered over more steps than there will be: the weights stay as they are."""
    optimizer = spec.compile.optimizer if spec.compile else None
    if not isinstance(optimizer, ComponentSpec):
        return
    every = optimizer.arguments.get("gradient_accumulation_steps")
    steps = -(-data.train.rows // spec.fit.batch_size)
    steps = min(steps, spec.fit.steps_per_epoch or steps) * spec.fit.epochs
    if isinstance(every, int) and every > steps:
        message = f"the weights change after every {every:,} steps, and the whole training has {steps:,}"
        path = (*optimizer.path, "gradient_accumulation_steps")
        yield Finding(path, message, "gather over fewer steps, or train for more epochs")

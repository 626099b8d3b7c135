"""Values that the loss is not made for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kspec.data.lints.outputs import Outputs, loss_name
from kspec.data.prepare import Prepared
from kspec.spec.lints import Finding
from kspec.spec.lints.losses import BINARY
from kspec.spec.spec import Spec

_SLACK = 1e-3


def binary_targets(spec: Spec, data: Prepared, outputs: Outputs) -> Iterator[Finding]:
    """Warn of targets beyond 0 and 1 with a binary crossentropy, which has no least value for them."""
    for output, y in data.train.sample.y.items():
        if loss_name(spec, output) not in BINARY or y.dtype.kind not in "iuf":
            continue
        low, high = float(y.min()), float(y.max())
        if low >= -_SLACK and high <= 1 + _SLACK:
            continue
        seen = np.unique(y[:10_000])
        hint = "bring them to 0 to 1, in `preprocess` of the targets or in the data"
        if len(seen) == 2:
            hint = f"write 0 and 1 for {seen[0]:g} and {seen[1]:g}"
        elif y.dtype.kind in "iu" and y.size == len(y) and low >= 0:
            hint = "for one class out of several write `sparse_categorical_crossentropy`, and a unit for each class"
        message = f"the loss of `{output}` wants targets from 0 to 1, and they go from {low:g} to {high:g}"
        path = ("compile", "loss", output) if spec.graph.several_outputs else ("compile", "loss")
        yield Finding(path, message, hint, at="key")

"""Classes that the rows do not show where the model or the split wants them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.labels import class_numbers, shown_labels
from kspec.data.lints.outputs import Outputs, loss_name
from kspec.data.prepare import Prepared
from kspec.spec.lints import Finding
from kspec.spec.lints.losses import BINARY, CLASSES, SPARSE
from kspec.spec.problems import Path
from kspec.spec.spec import Spec

_UNLIKELY = 1e-3
"""How likely it may be that chance alone shows any class as missing."""

_ROWS_A_CLASS = 20
"""Rows that there must be for each unit on average before a class that does not occur means anything."""

_MOST_UNITS = 1000


def unseen_class(spec: Spec, data: Prepared, outputs: Outputs) -> Iterator[Finding]:
    """Warn of rows sorted by class whose last ones become validation data: training never sees some classes."""
    split = spec.fit.validation_split
    if split is None or split.shuffle or split.stratify or split.group or split.time or data.validation is None:
        return
    for output in outputs:
        classes = _classes(spec, data, output)
        if classes is None:
            continue
        train, held = classes["train"], classes["validation"]
        share = len(held) / (len(train) + len(held))
        unseen = _missing(held, train, share)
        unjudged = _missing(train, held, 1 - share)
        names = data.plan.labels.get(output, ())
        if unseen:
            shown, verb = _shown(unseen, names)
            message = f"the rows seem to be sorted: {shown} {verb} in the validation rows only"
        elif unjudged:
            shown, verb = _shown(unjudged, names)
            message = f"the rows seem to be sorted: {shown} {verb} in the training rows only"
        else:
            continue
        hint = f"draw the rows: `validation_split: {{split: {split.split:g}, shuffle: true}}`"
        yield Finding(("fit", "validation_split"), message, hint)


def absent_class(spec: Spec, data: Prepared, outputs: Outputs) -> Iterator[Finding]:
    """Warn of a class that a part lacks: it is never learnt, or nothing is known of how well it is told."""
    if any(True for _ in unseen_class(spec, data, outputs)):
        return  # the split is to blame, and that is said
    for output in outputs:
        classes = _classes(spec, data, output)
        names = data.plan.labels.get(output, ())
        if classes is None:
            continue
        seen = {part: set(np.unique(numbers).tolist()) for part, numbers in classes.items()}
        for part, found in seen.items():
            if unlearnt := sorted(found - seen["train"]):
                shown, verb = _shown(unlearnt, names)
                message = f"{shown} of the {part} rows {verb} in no row that is trained on"
                yield Finding(("data",), message, "give the training rows some of it", at="key")
            if unjudged := sorted(seen["train"] - found):
                shown, verb = _shown(unjudged, names)
                message = f"{shown} {verb} in no {part} row"
                hint = "how well it is told does not show there"
                if part == "validation" and (split := spec.fit.validation_split) is not None:
                    field = ", ".join(data.plan.targets[output].fields)
                    hint = (
                        f"draw rows of every class: `validation_split: {{split: {split.split:g}, stratify: {field}}}`"
                    )
                yield Finding(("data",), message, hint, at="key")


def unused_unit(spec: Spec, data: Prepared, outputs: Outputs) -> Iterator[Finding]:
    """Warn of an output with units for classes that no row has."""
    for output, shape in outputs.items():
        units, y = shape[-1], data.train.sample.y.get(output)
        if units is None or y is None or loss_name(spec, output) not in SPARSE or y.ndim > 2 or y.size != len(y):
            continue
        named = data.plan.labels.get(output)
        seen = np.unique(
            np.concatenate([part.sample.y[output].ravel() for part in data.parts.values() if output in part.sample.y])
        )
        first, count = int(seen[0]), len(seen)
        if named and len(named) < units:
            message = f"the output `{output}` has {units} units, and there are {len(named)} classes"
            yield Finding(_loss_path(spec, output), message, f"give the last layer {len(named)} units", at="key")
        elif not named and units <= _MOST_UNITS and len(y) >= _ROWS_A_CLASS * units and count < units:
            together = int(seen[-1]) - first + 1 == count
            if together and first in (0, 1):
                message = f"the output `{output}` has {units} units for the classes 0 to {units - 1}, and its targets "
                message += f"go from {first} to {int(seen[-1])}"
                hint = f"give the last layer {count} units"
                hint = f"number the classes from 0, and {hint}" if first else hint
                yield Finding(_loss_path(spec, output), message, hint, at="key")


def constant_target(spec: Spec, data: Prepared, outputs: Outputs) -> Iterator[Finding]:
    """Warn of targets that are the same for every row: there is nothing to learn."""
    for output, y in data.train.sample.y.items():
        held = data.validation.sample.y.get(output) if data.validation else None
        if len(y) > 1 and _same(y) and (held is None or (_same(held) and np.array_equal(held[0], y[0]))):
            yield Finding(("data", "targets"), f"the target of `{output}` is the same in every row", at="key")


def _classes(spec: Spec, data: Prepared, output: str) -> dict[str, npt.NDArray[np.int64]] | None:
    """Return the class of every row by part, if the output's targets are classes."""
    if loss_name(spec, output) not in CLASSES | BINARY:
        return None
    try:
        return {name: class_numbers(part.sample.y[output]) for name, part in data.parts.items()}
    except (ValueError, KeyError):
        return None


def _missing(where: npt.NDArray[Any], not_in: npt.NDArray[Any], share: float) -> list[int]:
    """Return the classes that are in one part and not in the other, where chance would hardly have it so.

    Args:
        where: Classes of the rows of one part.
        not_in: Classes of the rows of the other.
        share: Share of all rows that the first part has.
    """
    numbers, counts = np.unique(where, return_counts=True)
    absent = ~np.isin(numbers, not_in)
    return [
        int(number) for number, count in zip(numbers[absent], counts[absent], strict=True) if share**count < _UNLIKELY
    ]


def _shown(numbers: list[int], names: tuple[str, ...]) -> tuple[str, str]:
    """Return classes as a reader knows them, and what to say of them."""
    known = [names[number] if 0 <= number < len(names) else str(number) for number in numbers]
    if len(known) == 1:
        return f"the class `{known[0]}`", "is"
    return f"the classes {shown_labels(known)}", "are"


def _same(y: npt.NDArray[Any]) -> bool:
    return bool((y == y[0]).all())


def _loss_path(spec: Spec, output: str) -> Path:
    return ("compile", "loss", output) if spec.graph.several_outputs else ("compile", "loss")

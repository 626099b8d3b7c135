"""Targets by class and by part, and what always guessing the same would come to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kspec import catalogue
from kspec.data.labels import TRUTH_LABELS
from kspec.data.profile.parts import Gathered
from kspec.runs.inspection import Numbers, TargetProfile, Task
from kspec.spec.components import ComponentSpec
from kspec.spec.data import FieldSpec
from kspec.spec.lints.losses import BINARY, BY_SHAPE, CLASSES, SPARSE
from kspec.spec.spec import Spec

LossKind = Literal["sparse", "classes", "binary", "other"]

_MOST_CLASSES = 1000


def target_profile(
    output: str, wanted: FieldSpec, loss: LossKind, parts: Mapping[str, Gathered], labels: Sequence[str] | None
) -> TargetProfile:
    """Return what the targets of an output are.

    Args:
        output: The output.
        wanted: Fields that they come from.
        loss: What kind of targets its loss is made for.
        parts: The parts, the training part among them.
        labels: Names of the classes 0, 1, ..., where they are known.
    """
    shown = ", ".join(wanted.fields)
    if len(wanted.fields) > 1 or wanted.slice is not None:
        return _several(output, shown, wanted, loss, parts)
    field = wanted.fields[0]
    there = {name: part for name, part in parts.items() if field in part.profile.fields}
    profile = there["train"].profile.fields[field]
    scalar = not profile.shape or profile.shape == (1,)
    if scalar and (profile.kind in ("text", "date", "truth") or loss != "other"):
        counts = {name: _counts(part.distinct[field].counts) for name, part in there.items()}
        whole = profile.numbers is None or profile.numbers.whole
        if all(counts.values()) and whole and len(counts["train"]) <= _MOST_CLASSES:
            return _classes(output, field, counts, labels)
    if scalar and profile.numbers is not None:
        return _numbers(output, field, {name: part for name, part in there.items() if field in part.moments})
    if loss != "other" and len(profile.shape) == 1 and profile.numbers is not None:
        return _wide(output, field, loss, there, labels)
    return TargetProfile(output, shown, "values")


def _several(
    output: str, shown: str, wanted: FieldSpec, loss: LossKind, parts: Mapping[str, Gathered]
) -> TargetProfile:
    """Return the profile of targets that stand side by side in several fields: labels of which a row has some."""
    fields = [parts["train"].profile.fields.get(name) for name in wanted.fields]
    if loss == "other" and wanted.slice is None and all(field and field.kind == "number" for field in fields):
        return _side_by_side(output, shown, wanted.fields, parts)
    yes_or_no = all(field is not None and not field.shape and _is_yes_or_no(field.numbers) for field in fields)
    if loss == "other" or wanted.slice is not None or not yes_or_no:
        return TargetProfile(output, shown, "values")
    counts = {
        name: tuple(int(part.distinct[field].counts[1]) for field in wanted.fields)
        for name, part in parts.items()
        if all(field in part.distinct for field in wanted.fields)
    }
    rows = {name: part.profile.rows for name, part in parts.items()}
    one = loss != "binary" and all(sum(counts[name]) == rows[name] for name in counts)
    return _shares(output, shown, "classes" if one else "labels", wanted.fields, counts, rows)


def _is_yes_or_no(numbers: Numbers | None) -> bool:
    return numbers is not None and numbers.whole and numbers.low >= 0 and numbers.high <= 1


def sample_classes(target: TargetProfile, parts: Mapping[str, Gathered]) -> npt.NDArray[np.int64] | None:
    """Return the class of each training row that was drawn, -1 for none; None where rows have not one class each."""
    sample = parts["train"].sample
    if target.task != "classes" or target.field not in sample:
        return None
    array = sample[target.field]
    if array.size != len(array):
        return np.asarray(array.argmax(axis=1), np.int64)
    there = [part for part in parts.values() if target.field in part.distinct]
    values = _in_order({value for part in there for value in part.distinct[target.field].counts})
    numbers = {value: number for number, value in enumerate(values)}
    return np.fromiter((numbers.get(value, -1) for value in array.ravel().tolist()), np.int64, len(array))


def _in_order(values: Collection[Any]) -> list[Any]:
    """Return values sorted, numbers before texts: a part may have read as text what another one has as numbers."""
    return sorted(values, key=lambda value: (isinstance(value, str), value))


def _classes(
    output: str, field: str, counts: Mapping[str, Mapping[Any, int]], labels: Sequence[str] | None
) -> TargetProfile:
    values = _in_order({value for found in counts.values() for value in found})
    rows = {name: sum(found.values()) for name, found in counts.items()}
    names = tuple(class_name(value, labels) for value in values)
    by_class = {name: tuple(found.get(value, 0) for value in values) for name, found in counts.items()}
    return _shares(output, field, "classes", names, by_class, rows)


def class_name(value: Any, labels: Sequence[str] | None) -> str:
    """Return what a class is called, by its label or its number."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return TRUTH_LABELS[value]
    return labels[int(value)] if labels and 0 <= value < len(labels) else f"{value:g}"


def _wide(
    output: str, field: str, loss: LossKind, parts: Mapping[str, Gathered], labels: Sequence[str] | None
) -> TargetProfile:
    """Return the profile of targets with a place for each class or label."""
    counts: dict[str, tuple[int, ...]] = {}
    rows: dict[str, int] = {}
    one = True
    for name, part in parts.items():
        moments, sample = part.moments[field], part.sample[field]
        if not moments.whole or float(moments.low.min()) < 0 or float(moments.high.max()) > 1:
            return TargetProfile(output, field, "values")
        counts[name] = tuple(round(number) for number in (moments.mean * moments.count).tolist())
        rows[name] = part.profile.rows
        one = one and bool((sample.sum(axis=1) == 1).all())
    width = len(next(iter(counts.values())))
    names = tuple(labels) if labels and len(labels) == width else tuple(str(number) for number in range(width))
    return _shares(output, field, "classes" if one and loss != "binary" else "labels", names, counts, rows)


def _shares(
    output: str, field: str, task: Task, names: Sequence[str], counts: Mapping[str, tuple[int, ...]],
    rows: Mapping[str, int],
) -> TargetProfile:  # fmt: skip
    """Return classes or labels with the accuracy of the most frequent class, or of having or not having each label."""
    train = np.array(counts["train"], dtype=np.int64)
    baseline: dict[str, Mapping[str, float]] = {}
    guess = ""
    for name, found in counts.items():
        own = np.array(found, dtype=np.int64)
        if task == "classes" and len(train):
            guess = names[int(train.argmax())]
            baseline[name] = {"accuracy": float(own[train.argmax()] / max(1, rows[name]))}
        elif len(train):
            guess = "each label as most rows have it"
            right = np.where(2 * train > rows["train"], own, rows[name] - own)
            baseline[name] = {"binary_accuracy": float(right.mean() / max(1, rows[name]))}
    return TargetProfile(output, field, task, tuple(names), counts, baseline, guess)


def _numbers(output: str, field: str, parts: Mapping[str, Gathered]) -> TargetProfile:
    """Return numbers with the errors of always guessing the mean of the training rows."""
    moments = parts["train"].moments[field]
    mean = float(np.asarray(moments.mean).ravel()[0])
    baseline: dict[str, Mapping[str, float]] = {}
    for name, part in parts.items():
        own, values = part.moments[field], part.sample[field].astype(np.float64).ravel()
        values = values[np.isfinite(values)]
        if len(values):
            apart = float(np.asarray(own.mean).ravel()[0]) - mean
            spread = float(np.asarray(own.deviation).ravel()[0])
            errors = {"mae": float(np.abs(values - mean).mean()), "rmse": float(np.hypot(spread, apart))}
            baseline[name] = errors
    return TargetProfile(output, field, "numbers", (), {}, baseline, f"{mean:.4g}")


def _side_by_side(output: str, shown: str, fields: Sequence[str], parts: Mapping[str, Gathered]) -> TargetProfile:
    """Return several numbers a row with the errors, over all of them, of always guessing their means."""
    each = [
        _numbers(output, name, {part: found for part, found in parts.items() if name in found.moments})
        for name in fields
    ]
    baseline: dict[str, Mapping[str, float]] = {}
    for part in parts:
        if all(part in found.baseline for found in each):
            mae, rmse = ([found.baseline[part][error] for found in each] for error in ("mae", "rmse"))
            baseline[part] = {"mae": float(np.mean(mae)), "rmse": float(np.sqrt(np.mean(np.square(rmse))))}
    return TargetProfile(output, shown, "values", baseline=baseline, guess="each mean", columns=tuple(fields))


def _counts(found: Mapping[Any, int]) -> Mapping[Any, int]:
    return {value: count for value, count in found.items() if value is not None}


def loss_kind(spec: Spec, output: str) -> LossKind:
    """Return what kind of targets the loss of an output is made for."""
    loss = spec.compile.loss.get(output) if spec.compile else None
    word = catalogue.load().word("losses", loss) if isinstance(loss, str) else None
    name = loss.name if isinstance(loss, ComponentSpec) else word.component if word else loss
    if name in SPARSE:
        return "sparse"
    if name in CLASSES or name in BY_SHAPE or name == "CategoricalHinge":
        return "classes"
    return "binary" if name in BINARY else "other"

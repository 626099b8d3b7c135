"""Targets held against the outputs that they train, before the first batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.part import Part
from kspec.engine.building.compiling import ignored_class
from kspec.engine.suiting import FLAT, ONE_HOT, SPARSE, loss_word, suit
from kspec.spec.compiling import CompileSpec
from kspec.spec.known_targets import too_few_units
from kspec.spec.problems import Problem

Array = npt.NDArray[Any]
Fault = tuple[str, str | None] | None
Shape = Sequence[int | None]
Check = Callable[[Shape, Array, Part], Fault]

_OWN_SHAPE = {"CTC", "ctc", "Circle", "circle"}

_SEQUENCE = "if a recurrent layer comes last, leave `return_sequences` out; or add `Flatten`"


def check_targets(settings: CompileSpec, outputs: Mapping[str, Shape], rows: Part) -> list[Problem]:
    """Return what would go wrong, or silently wrong, between outputs and targets.

    Args:
        settings: The losses.
        outputs: Shape of every output, batch axis first.
        rows: The rows, or some that stand for all of them.
    """
    problems = []
    rows = suit(rows, settings, outputs)
    for name, array in rows.y.items():
        loss, kind = settings.loss.get(name), loss_word(settings, name)
        shape = tuple(outputs[name])
        path = ("compile", "loss", name) if len(outputs) > 1 else ("compile", "loss")
        if loss is None or kind in _OWN_SHAPE:
            continue
        check: Check = _sparse if kind in SPARSE else _one_hot if kind in ONE_HOT else _same_shape
        if kind in FLAT and array.shape[1:] == (1,):
            message = f"has shape {_shown(shape)}; its loss wants class numbers of shape (?), the targets have (?, 1)"
            problems.append(Problem("target-mismatch", path, f"the output `{name}` {message}"))
        elif fault := check(shape, _without_ignored(array, ignored_class(settings, name)), rows):
            message, hint = fault
            problems.append(Problem("target-mismatch", path, f"the output `{name}` {message}", hint))
    return problems


def _without_ignored(targets: Array, ignored: int | None) -> Array:
    """Return class numbers with 0 for those that the loss passes over, whatever they are."""
    return targets if ignored is None else np.where(targets == ignored, np.zeros((), targets.dtype), targets)


def _sparse(shape: Shape, targets: Array, rows: Part) -> Fault:
    classes = shape[-1]
    if targets.shape[1:] not in (tuple(shape[1:-1]), (*shape[1:-1], 1)) and None not in shape[1:-1]:
        hint = None
        if targets.shape[1:] == tuple(shape[1:]):
            hint = "use `categorical_crossentropy` for one-hot targets"
        elif len(shape) > 2 and targets.shape[1:] in ((), (1,)):
            hint = _SEQUENCE if len(shape) == 3 else "put `Flatten` or a global pooling before the last layer"
        wanted = f"its loss wants class numbers of shape {_shown(shape[:-1])}"
        return f"has shape {_shown(shape)}; {wanted}, the targets have {_shown((None, *targets.shape[1:]))}", hint
    if targets.dtype.kind == "f" and (broken := targets != np.round(targets)).any():
        place = int(np.argmax(broken))
        message = f"needs class numbers, and a target is {targets.flat[place]:g}{rows.row(targets, place)}"
        return message, "use a regression loss such as `mse`, or other targets"
    low, high = int(targets.min()), int(targets.max())
    fault = too_few_units(classes, low, high)
    where = rows.row(targets, int(targets.argmin() if low < 0 else targets.argmax()))
    return (f"{fault[0]}, as{where}", fault[1]) if fault and where else fault


def _one_hot(shape: Shape, targets: Array, rows: Part) -> Fault:
    if targets.shape[1:] == tuple(shape[1:]) or None in shape[1:]:
        return None
    numbers = targets.shape[1:] in (tuple(shape[1:-1]), (*shape[1:-1], 1))
    if numbers and shape[-1] != 1 and targets.dtype.kind in "biuf":
        return _sparse(shape, targets, rows)
    hint = "use `binary_crossentropy` for class numbers" if numbers else None
    wanted = "its loss wants one-hot targets of that shape"
    return f"has shape {_shown(shape)}; {wanted}, they have {_shown((None, *targets.shape[1:]))}", hint


def _same_shape(shape: Shape, targets: Array, rows: Part) -> Fault:
    row = targets.shape[1:]
    wanted = tuple(shape[1:])
    if None in wanted or row == wanted or (*row, 1) == wanted or row == (*wanted, 1):
        return None
    hint = None
    if len(wanted) == 1 and row in ((), (1,)) and wanted[0] is not None and wanted[0] > 1:
        hint = "give the last layer one unit, or use `sparse_categorical_crossentropy` if the targets are class numbers"
    elif len(wanted) == len(row) + 1:
        hint = _SEQUENCE
    return f"has shape {_shown(shape)}, its targets {_shown((None, *row))}", hint


def _shown(shape: Sequence[int | None]) -> str:
    return "(" + ", ".join("?" if size is None else str(size) for size in shape) + ")"

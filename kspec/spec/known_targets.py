"""Targets of the built-in sources, known without reading them, held against losses and outputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kspec import catalogue
from kspec.spec.components import ComponentSpec
from kspec.spec.data import FieldSpec
from kspec.spec.document import Document
from kspec.spec.lints.heads import head_of
from kspec.spec.lints.losses import SPARSE
from kspec.spec.lints.written import loss_of
from kspec.spec.problems import Problem
from kspec.spec.shapes import shown

if TYPE_CHECKING:
    from kspec.spec.spec import Spec

CLASSES = {
    "breast_cancer": 2, "cifar10": 10, "cifar100": 100, "digits": 10, "fashion_mnist": 10, "imdb": 2, "iris": 3,
    "mnist": 10, "reuters": 46, "wine": 3,
}  # fmt: skip
"""Number of classes of the field `y`, which are numbered from 0."""

_COARSE_CLASSES = 20
QUANTITIES = {"california_housing", "diabetes"}
_ONE_HOT = {"CategoricalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalHinge"}

_OWN_SHAPE = {"CTC", "Circle"}
_ONE_VALUE = "if a recurrent layer comes last, leave `return_sequences` out; or add `Flatten`"

Fault = tuple[str, str]
"""What is wrong with an output, as the rest of a sentence, and how to mend it."""


def check_known_targets(spec: Spec, document: Document) -> Iterator[Problem]:
    """Yield a problem for each output whose loss the targets of a built-in source do not suit."""
    kinds = {_kind(source) for source in (spec.data.source, spec.data.fallback) if source} if spec.data else set()
    kind = kinds.pop() if len(kinds) == 1 else None
    for output in spec.graph.outputs if kind else ():
        loss = loss_of(spec, document, output)
        if loss is None or not _takes_y(spec, output):
            continue
        shape, units = spec.shapes.outputs.get(output), head_of(spec, output).units
        if loss.name in _OWN_SHAPE:
            fault = None
        elif shape is not None and len(shape) > 2:
            fault = f"has shape {shown(shape)}, its targets have one value a row", _ONE_VALUE
        elif kind == "quantities" and loss.name in SPARSE:
            fault = "needs class numbers, its targets are quantities", "use a regression loss such as `mse`"
        elif isinstance(kind, int) and (loss.name in SPARSE or (loss.name in _ONE_HOT and units != 1)):
            fault = too_few_units(units, 0, kind - 1)
        else:
            fault = _too_many_units(units, loss.name, kind)
        if fault:
            yield Problem("target-mismatch", loss.path, f"the output `{output}` {fault[0]}", fault[1])


def _too_many_units(units: int | None, loss: str, kind: int | str | None) -> Fault | None:
    """Return what is wrong with an output of so many units for targets of one value a row."""
    known = catalogue.load().component("losses", loss) is not None
    if not known or units is None or units < 2 or loss in SPARSE | _ONE_HOT:
        return None
    several = isinstance(kind, int) and kind > 2
    hint = "use `sparse_categorical_crossentropy`" if several else "give the last layer one unit"
    return f"has {units} units, its targets have one value a row", hint


def too_few_units(units: int | None, low: int, high: int) -> Fault | None:
    """Return what is wrong with an output of so many units for classes with these least and greatest numbers."""
    if units is None or (low >= 0 and high < units):
        return None
    if units == 1:
        hint = "give the last layer a unit for each class, or use `binary_crossentropy`"
        return f"has one unit, its targets have the classes {low} to {high}", hint
    message = f"has {units} units, for the classes 0 to {units - 1}; its targets go from {low} to {high}"
    return message, f"give the last layer {high + 1} units" if low >= 0 else "number the classes from 0"


def _kind(source: ComponentSpec) -> int | str | None:
    """Return the number of classes of a source, `quantities` for none, or None if it is not known."""
    if source.name == "cifar100" and source.arguments.get("label_mode") == "coarse":
        return _COARSE_CLASSES
    return "quantities" if source.name in QUANTITIES else CLASSES.get(source.name)


def _takes_y(spec: Spec, output: str) -> bool:
    """Say whether an output's targets are the field `y` as it is."""
    targets = spec.data.targets if spec.data else None
    if targets is None:
        return len(spec.graph.outputs) == 1
    field = targets if isinstance(targets, FieldSpec) else targets.get(output)
    return field is not None and field.fields == ("y",) and not field.preprocess and field.slice is None

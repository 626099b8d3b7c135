"""Losses held against what the outputs end in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kspec.spec.document import Document
from kspec.spec.lints.finding import Finding
from kspec.spec.lints.heads import Head, head_of
from kspec.spec.lints.written import Wanted, loss_of

if TYPE_CHECKING:
    from kspec.spec.spec import Spec

SPARSE = {"SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy"}
"""Losses of class numbers."""

CLASSES = {"CategoricalCrossentropy", "CategoricalFocalCrossentropy", *SPARSE}
"""Losses of one class out of several."""

BINARY = {"BinaryCrossentropy", "BinaryFocalCrossentropy"}
"""Losses of yes or no."""

BY_SHAPE = {"crossentropy", "ce"}
"""Words for one of the two, as the shapes decide."""

SHARES = {"softmax", "sparsemax"}
"""Activations whose results sum to 1."""

CHANCES = {"sigmoid", "hard_sigmoid", "sparse_sigmoid"}
"""Activations whose results lie between 0 and 1, each by itself."""

_ONE_SIDED = {"relu", "relu6"}


def loss_activation(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn where the last activation is not the one that the loss is made for; Keras would train all the same."""
    for output in spec.graph.outputs:
        loss, head = loss_of(spec, document, output), head_of(spec, output)
        if loss is None or head.activation is None or (head.units == 1 and head.activation in SHARES):
            continue
        kind = loss_kind(loss, head)
        fault = None
        if loss.arguments.get("from_logits") is True:
            fault = _of_logits(loss, head)
        elif kind and not (kind == "classes" and head.units == 1):
            fault = _of_probabilities(loss, head, kind)
        elif loss.name == "Poisson" and head.activation in ("linear", "tanh"):
            fault = "takes rates above 0", "write `activation: exponential` in the last layer"
        elif loss.name == "KLDivergence" and head.activation in ("linear", "tanh", *_ONE_SIDED):
            fault = "takes probabilities that sum to 1", "write `activation: softmax` in the last layer"
        if fault:
            reason, hint = fault
            path = (*loss.path, "from_logits") if "from_logits" in loss.given else loss.path
            message = f"`{loss.shown}` {reason}, and the output `{output}` ends in `{head.activation}`"
            yield Finding(path, message, hint)


def one_unit_classes(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a loss over classes where the output has one unit: such a loss is 0 from the first step on."""
    for output in spec.graph.outputs:
        loss, head = loss_of(spec, document, output), head_of(spec, output)
        if loss and loss.name in CLASSES and head.units == 1 and head.activation not in SHARES:
            message = f"`{loss.shown}` chooses between classes, and the output `{output}` has one unit"
            hint = "write `loss: binary_crossentropy`, or give the last layer a unit for each class"
            yield Finding(loss.path, message, hint)


def loss_kind(loss: Wanted, head: Head) -> str | None:
    """Return whether a loss is one of `classes` or `binary`, or None for any other."""
    if loss.name in CLASSES:
        return "classes"
    if loss.name in BINARY:
        return "binary"
    if loss.name in BY_SHAPE and head.units is not None:
        return "binary" if head.units == 1 else "classes"
    return None


def _of_logits(loss: Wanted, head: Head) -> tuple[str, str] | None:
    if head.activation in SHARES | CHANCES:
        return "with `from_logits` applies the last activation itself", "leave out `from_logits`, or the activation"
    if head.activation in _ONE_SIDED:
        return "with `from_logits` takes any number", "leave out the last activation"
    return None


def _of_probabilities(loss: Wanted, head: Head, kind: str) -> tuple[str, str] | None:
    right = SHARES if kind == "classes" else CHANCES
    if head.activation in right:
        return None
    if kind == "classes" and head.activation in CHANCES:
        hint = "write `activation: softmax`, or `loss: binary_crossentropy` if several classes can be true at once"
        return "takes probabilities that sum to 1", hint
    if kind == "binary" and head.activation in SHARES:
        hint = "write a categorical loss for one class of several, or `activation: sigmoid`"
        return "judges each unit by itself", hint
    word = "softmax" if kind == "classes" else "sigmoid"
    hint = f"write `activation: {word}` in the last layer"
    if "from_logits" in loss.arguments and head.activation == "linear":
        hint += f", or `{{{loss.name}: {{from_logits: true}}}}`"
    return "takes probabilities", hint

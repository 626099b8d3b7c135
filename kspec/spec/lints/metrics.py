"""Metrics that do not measure what their names say, given the loss and what the outputs end in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kspec.spec.document import Document
from kspec.spec.lints.finding import Finding
from kspec.spec.lints.heads import Head, head_of
from kspec.spec.lints.losses import CLASSES, SPARSE, loss_kind
from kspec.spec.lints.written import Wanted, loss_of, metrics_of

if TYPE_CHECKING:
    from kspec.spec.spec import Spec

BY_SHAPE = {"accuracy", "acc"}
"""Words that Keras resolves from the shapes of targets and outputs."""

_ACCURACIES = {
    *BY_SHAPE, "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy",
    "TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy",
}  # fmt: skip
_OF_NUMBERS = {
    "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError",
    "Huber", "LogCosh", "Poisson",
}  # fmt: skip
_NUMBERS = {"linear", "relu", "leaky_relu", "softplus", "exponential"}
"""Activations whose results are neither probabilities nor signs."""

_THRESHOLDS = {
    "BinaryAccuracy": "threshold",
    "BinaryIoU": "threshold",
    "Precision": "thresholds",
    "Recall": "thresholds",
}
_OF_ONE_HOT = {"CategoricalAccuracy": "accuracy", "TopKCategoricalAccuracy": "SparseTopKCategoricalAccuracy"}
_OF_NUMBERS_OF_CLASSES = {
    "SparseCategoricalAccuracy": "accuracy", "SparseTopKCategoricalAccuracy": "TopKCategoricalAccuracy",
}  # fmt: skip
_OF_EACH_UNIT = {
    "Precision": "`{Precision: {class_id: 0}}` is that of one class",
    "Recall": "`{Recall: {class_id: 0}}` is that of one class",
    "AUC": "`{AUC: {multi_label: true}}` is the mean over the classes",
}
"""Metrics that look at each unit by itself, and how they look at classes."""

_TOP_K = {"TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy"}


def accuracy_of_numbers(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of an accuracy where the loss fits numbers: hardly a prediction equals its target."""
    for _, loss, head, metric in _judged(spec, document):
        if loss.name in _OF_NUMBERS and metric.name in _ACCURACIES and head.activation in _NUMBERS:
            message = f"`{metric.shown}` counts right classes, and `{loss.shown}` fits numbers"
            yield Finding(metric.path, message, "write `mae` or `R2Score`, or a loss for classes", at="key")


def accuracy_of_logits(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a metric that cuts at 0.5 where the output is a logit, whose middle is 0."""
    for output, loss, head, metric in _judged(spec, document):
        if head.activation != "linear" or loss_kind(loss, head) != "binary" or not loss.arguments.get("from_logits"):
            continue
        if hint := _at_zero(metric, head):
            message = f"`{metric.shown}` takes the output `{output}` for a probability, and it is a logit"
            yield Finding(metric.path, message, hint, at="key")


def accuracy_of_labels(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of `accuracy` over several labels at once, which Keras takes for one class out of all."""
    for _, loss, head, metric in _judged(spec, document):
        several = head.units is not None and head.units > 1
        if several and loss_kind(loss, head) == "binary" and metric.name in BY_SHAPE:
            message = f"`{metric.shown}` of {head.units} units counts only the highest, and `{loss.shown}` judges each"
            yield Finding(metric.path, message, "write `binary_accuracy`", at="key")


def accuracy_of_equals(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of the class Accuracy, which counts predictions that are equal to their targets to the last digit."""
    for _, _, _, metric in _judged(spec, document):
        if metric.name == "Accuracy":
            message = "`Accuracy` counts outputs that equal their targets to the last digit"
            yield Finding(metric.path, message, "write `accuracy`, in small letters", at="key")


def accuracy_kind(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of an accuracy that is made for other targets than the loss."""
    for _, loss, head, metric in _judged(spec, document):
        several = head.units is not None and head.units > 1
        if metric.name in _OF_ONE_HOT and loss.name in SPARSE:
            message = f"`{metric.shown}` wants one-hot targets, and `{loss.shown}` class numbers"
            yield Finding(metric.path, message, f"write `{_OF_ONE_HOT[metric.name]}`", at="key")
        elif metric.name in _OF_NUMBERS_OF_CLASSES and loss.name in CLASSES - SPARSE:
            message = f"`{metric.shown}` wants class numbers, and `{loss.shown}` one-hot targets"
            yield Finding(metric.path, message, f"write `{_OF_NUMBERS_OF_CLASSES[metric.name]}`", at="key")
        elif metric.name == "BinaryAccuracy" and loss.name in CLASSES and several:
            message = f"`{metric.shown}` judges each of the {head.units} units by itself, and only one class is true"
            yield Finding(metric.path, message, "write `accuracy`", at="key")


def micro_average(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a metric for yes or no over one class of several, whose units Keras throws together."""
    for _, loss, head, metric in _judged(spec, document):
        several = head.units is not None and head.units > 1
        told = any(metric.arguments.get(name) for name in ("top_k", "multi_label")) or "class_id" in metric.given
        if metric.name in _OF_EACH_UNIT and several and loss.name in CLASSES - SPARSE and not told:
            message = f"`{metric.shown}` takes the {head.units} units for {head.units} answers of yes or no"
            yield Finding(metric.path, message, _OF_EACH_UNIT[metric.name], at="key")


def top_k_of_all(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a top-k accuracy over no more than k classes, which is always 1."""
    for _, _, head, metric in _judged(spec, document):
        k = metric.arguments.get("k")
        if metric.name in _TOP_K and isinstance(k, int) and head.units is not None and k >= head.units > 1:
            message = f"the best {k} of {head.units} classes are all of them: `{metric.shown}` is always 1"
            yield Finding((*metric.path, "k") if "k" in metric.given else metric.path, message, "write a smaller `k`")


def _judged(spec: Spec, document: Document) -> Iterator[tuple[str, Wanted, Head, Wanted]]:
    """Yield every metric with its output, the loss of the output, and what the output ends in."""
    for output in spec.graph.outputs:
        if loss := loss_of(spec, document, output):
            head = head_of(spec, output)
            for metric in metrics_of(spec, document, output):
                yield output, loss, head, metric


def _at_zero(metric: Wanted, head: Head) -> str | None:
    """Return how a metric is told that it gets logits, or None if it has been told or need not be."""
    if metric.name in BY_SHAPE:
        return "write `{BinaryAccuracy: {threshold: 0, name: accuracy}}`" if head.units == 1 else None
    argument = _THRESHOLDS.get(metric.name)
    if argument and argument not in metric.given:
        return f"write `{{{metric.name}: {{{argument}: 0}}}}`"
    if metric.name == "AUC" and not metric.arguments.get("from_logits"):
        return "write `{AUC: {from_logits: true}}`"
    return None

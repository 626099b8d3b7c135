"""Settings of the optimizer and of `compile` that contradict each other or what everybody uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kspec.spec.components import ComponentSpec
from kspec.spec.document import Document
from kspec.spec.lints.finding import Finding
from kspec.spec.lints.walk import components_in
from kspec.spec.lints.written import metrics_of

if TYPE_CHECKING:
    from kspec.spec.spec import Spec

_SCALED = {"Adam", "AdamW", "Adamax", "Nadam", "Lamb", "Lion", "RMSprop"}
"""Optimizers whose steps have the size of the learning rate, whatever the gradients."""

_HIGHEST = 1.0
_START = ("warmup_target", "initial_learning_rate")


def high_learning_rate(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a learning rate with which such an optimizer moves every weight by 1 or more in a step."""
    for optimizer in components_in(spec.compile.optimizer if spec.compile else None):
        if optimizer.family != "optimizers" or optimizer.name not in _SCALED:
            continue
        given = optimizer.arguments.get("learning_rate")
        rate, path = given, (*optimizer.path, "learning_rate")
        if isinstance(given, ComponentSpec):
            name = next((name for name in _START if isinstance(given.arguments.get(name), int | float)), "")
            rate, path = given.arguments.get(name), (*given.path, name)
        if isinstance(rate, int | float) and rate >= _HIGHEST:
            message = f"{optimizer.name} moves each weight by about its learning rate, and {rate:g} is far too much"
            yield Finding(path, message, "0.001 is usual")


def scaled_twice(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a LossScaleOptimizer in another: each undoes its own scale, and hardly anything is learnt."""
    optimizer = spec.compile.optimizer if spec.compile else None
    inner = optimizer.arguments.get("inner_optimizer") if isinstance(optimizer, ComponentSpec) else None
    if isinstance(inner, ComponentSpec) and inner.name == "LossScaleOptimizer":
        message = "a LossScaleOptimizer in another one scales the loss twice, and hardly trains"
        yield Finding(inner.path, message, "keep one of them", at="key")


def same_metric(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of two metrics of one name, which Keras tells apart by a number."""
    for output in spec.graph.outputs:
        counts: dict[str, int] = {}
        for metric in metrics_of(spec, document, output):
            name = metric.called
            if name is None or metric.weighted:
                continue
            if name in counts:
                message = f"there is a metric `{name}` already: this one becomes `{name}_{counts[name]}`"
                yield Finding(metric.path, message, "give it a `name` of its own", at="key")
            counts[name] = counts.get(name, 0) + 1


def eager_jit(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a compilation that running eagerly does away with."""
    options = spec.compile.options if spec.compile else {}
    if options.get("run_eagerly") is True and options.get("jit_compile") is True:
        message = "nothing is compiled where the model runs eagerly"
        yield Finding(("compile", "jit_compile"), message, "leave out `run_eagerly` or `jit_compile`", at="key")

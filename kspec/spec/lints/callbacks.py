"""Callbacks that do something else than their names promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kspec.spec.components import ComponentSpec
from kspec.spec.document import Document
from kspec.spec.lints.finding import Finding
from kspec.spec.lints.heads import head_of
from kspec.spec.lints.written import metrics_of
from kspec.spec.measures import VALIDATION, measures_of
from kspec.spec.monitors import monitored
from kspec.spec.run_names import written_path

if TYPE_CHECKING:
    from kspec.spec.spec import Spec

_WORDS = {"min": "less", "max": "more"}
_BY_CLASS = {"F1Score": "average", "FBetaScore": "average", "R2Score": "class_aggregation"}
"""Metrics with a number for each class, unless this argument says how they become one."""


def last_weights(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of an EarlyStopping that leaves the model as it was when it had long been better."""
    for callback in spec.callbacks:
        if callback.name == "EarlyStopping" and "restore_best_weights" not in callback.arguments:
            message = "EarlyStopping stops after the best epoch, and keeps the weights of the last"
            hint = "write `restore_best_weights: true`, or `false` if that is meant"
            yield Finding(callback.path, message, hint, at="key")


def own_file(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a callback that is led elsewhere, because kspec itself writes what it names."""
    for callback in spec.callbacks:
        for name, given in callback.arguments.items():
            argument = callback.definition.arguments.get(name)
            if argument and argument.writes and isinstance(given, str) and (led := written_path(given)) != given:
                message = f"kspec itself writes `{given}` in the run folder, so {callback.name} writes `{led}`"
                yield Finding((*callback.path, name), message, f"write `{led}`, or another name")


def monitor_mode(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a `mode` that takes the worst for the best."""
    if spec.compile is None:
        return
    ways = measures_of(spec.compile, list(spec.graph.outputs)).better
    for callback in spec.callbacks:
        monitor, mode = monitored(callback), str(callback.arguments.get("mode")).lower()
        way = ways.get(monitor.removeprefix(VALIDATION)) if monitor else None
        if way and mode in _WORDS and mode != way:
            message = f"{callback.name} looks for more of `{monitor}`, and less is better"
            if mode == "min":
                message = f"{callback.name} looks for less of `{monitor}`, and more is better"
            yield Finding((*callback.path, "mode"), message, f"write `mode: {way}`, or leave it out")


def array_monitor(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a callback that watches a metric with a number for each class, which has no best."""
    several = len(spec.graph.outputs) > 1
    for output in spec.graph.outputs:
        units = head_of(spec, output).units
        for metric in metrics_of(spec, document, output):
            argument = _BY_CLASS.get(metric.name)
            if argument is None or metric.arguments.get(argument) is not None or units is None or units < 2:
                continue
            name = f"{output}_{metric.called}" if several else metric.called
            for callback in spec.callbacks:
                monitor = monitored(callback)
                if monitor and monitor.removeprefix(VALIDATION) == name:
                    message = f"{callback.name} watches {metric.name}, which has a number for each class"
                    value = "uniform_average" if argument == "class_aggregation" else "macro"
                    yield Finding(metric.path, message, f"write `{argument}: {value}`", at="key")


def whole_model(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a checkpoint that is named like a file of weights and is a whole model, in an old format."""
    for callback in spec.callbacks:
        file = callback.arguments.get("filepath")
        named = callback.name == "ModelCheckpoint" and isinstance(file, str) and file.endswith(".weights.h5")
        if named and not callback.arguments.get("save_weights_only"):
            message = "a file ending in `.weights.h5` holds weights, and this is a whole model in Keras' old format"
            yield Finding((*callback.path, "filepath"), message, "write `.keras`, or `save_weights_only: true`")


def unused_average(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of averaged weights that nothing is judged with while the model trains."""
    optimizer = spec.compile.optimizer if spec.compile else None
    if not isinstance(optimizer, ComponentSpec):
        return
    inner = optimizer.arguments.get("inner_optimizer")
    used = inner if isinstance(inner, ComponentSpec) else optimizer
    swaps = any(callback.name == "SwapEMAWeights" for callback in spec.callbacks)
    if used.arguments.get("use_ema") is True and not used.arguments.get("ema_overwrite_frequency") and not swaps:
        message = "with `use_ema` the model ends with averaged weights, and is validated and saved without them"
        yield Finding((*used.path, "use_ema"), message, "add `SwapEMAWeights` under `callbacks`")
    yield from _checkpoints_without_average(spec)


def _checkpoints_without_average(spec: Spec) -> Iterator[Finding]:
    """Warn of a checkpoint that is written before the averaged weights are swapped in at the end of an epoch."""
    swapped = False
    swap = next((callback for callback in spec.callbacks if callback.name == "SwapEMAWeights"), None)
    for callback in spec.callbacks:
        swapped = swapped or (callback is swap and callback.arguments.get("swap_on_epoch") is True)
        if swap is not None and callback.name == "ModelCheckpoint" and not swapped:
            message = "ModelCheckpoint saves the weights as they are without averaging"
            hint = "put `SwapEMAWeights: {swap_on_epoch: true}` before it"
            yield Finding(callback.path, message, hint, at="key")

"""Compile settings of a spec into `keras.Model.compile`, and what its losses say of the outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import keras

from kspec import catalogue
from kspec.engine.building.instantiate import instantiate, written
from kspec.engine.faults import first_line
from kspec.runs.events import Direction
from kspec.spec.compiling import CompileSpec, Written
from kspec.spec.components import ComponentSpec
from kspec.spec.graph import Graph
from kspec.spec.measures import metric_name
from kspec.spec.problems import Problem, SpecError

OutputKind = Literal["classes", "binary", "values"]
_CLASSES = {
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "crossentropy",
    "ce",
}
_BINARY = {"binary_crossentropy", "bce", "binary_focal_crossentropy"}


def compile_model(model: keras.Model, settings: CompileSpec, graph: Graph) -> None:
    """Compile a model as the spec says: dicts by output name where it has several outputs.

    Raises:
        SpecError: Keras refuses the settings.
    """
    losses = {name: written(loss) for name, loss in settings.loss.items() if loss is not None}
    arguments: dict[str, Any] = dict(settings.options)
    if graph.several_outputs:
        arguments["loss"] = losses
        if settings.loss_weights:
            arguments["loss_weights"] = {name: settings.loss_weights[name] for name in losses}
        for key, metrics in (("metrics", settings.metrics), ("weighted_metrics", settings.weighted_metrics)):
            found = {name: [_metric(metric) for metric in metrics[name]] for name in graph.outputs if metrics.get(name)}
            if found:
                arguments[key] = found
    else:
        (name,) = graph.outputs
        arguments["loss"] = losses.get(name)
        if settings.loss_weights:
            arguments["loss_weights"] = [settings.loss_weights[name]]
        for key, metrics in (("metrics", settings.metrics), ("weighted_metrics", settings.weighted_metrics)):
            if metrics.get(name):
                arguments[key] = [_metric(metric) for metric in metrics[name]]
    try:
        model.compile(optimizer=written(settings.optimizer), **arguments)
    except (ValueError, TypeError) as error:
        raise SpecError(
            [Problem("compile-failed", settings.path, f"cannot be compiled: {first_line(error)}", at="key")]
        ) from error


def _metric(metric: Written) -> Any:
    """Return what Keras takes for a metric, under the name that it would get in a fresh process.

    Keras counts up the names of classes such as AUC, `auc`, `auc_1`, over all that a process ever makes.
    """
    if isinstance(metric, str):
        word = catalogue.load().word("metrics", metric)
        return getattr(keras.losses, word.function) if word and word.function and not word.native else metric
    argument = metric.definition.arguments.get("name")
    name = metric_name(metric)
    if name is None or argument is None or argument.default is not None or "name" in metric.arguments:
        return instantiate(metric)
    return instantiate(metric, name=name)


def metric_directions(model: keras.Model) -> dict[str, Direction]:
    """Return, for every metric of a compiled model that has been fed once, whether less or more is better.

    Keras' own metric objects know it; losses shrink. Metrics that do not say are left out.
    """
    directions: dict[str, Direction] = {}
    for metric in model.metrics:
        for part in (metric, *getattr(metric, "metrics", ())):
            if isinstance(part, keras.metrics.Metric) and (found := getattr(part, "_direction", None)) in (
                "up",
                "down",
            ):
                directions[part.name] = "max" if found == "up" else "min"
    return directions


def output_kind(settings: CompileSpec | None, name: str, width: int | None) -> OutputKind:
    """Return what an output says, by its loss: one of several classes, yes or no, or plain values.

    Args:
        settings: The compile section.
        name: The output.
        width: Size of its last axis.
    """
    loss = settings.loss.get(name) if settings else None
    word = _word(loss)
    if word in _CLASSES and width is not None and width > 1:
        return "classes"
    return "binary" if word in _BINARY and width == 1 else "values"


def says_yes_or_no(settings: CompileSpec | None, name: str) -> bool:
    """Say whether every number of an output is the probability, or the logit, of a yes."""
    return _word(settings.loss.get(name) if settings else None) in _BINARY


def from_logits(settings: CompileSpec | None, name: str) -> bool:
    """Say whether an output gives logits rather than probabilities."""
    loss = settings.loss.get(name) if settings else None
    return isinstance(loss, ComponentSpec) and bool(loss.arguments.get("from_logits"))


def ignored_class(settings: CompileSpec | None, name: str) -> int | None:
    """Return the class whose samples the loss of an output passes over, if there is one."""
    loss = settings.loss.get(name) if settings else None
    found = loss.arguments.get("ignore_class") if isinstance(loss, ComponentSpec) else None
    return found if isinstance(found, int) else None


def _word(loss: ComponentSpec | str | None) -> str:
    if isinstance(loss, ComponentSpec):
        return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in loss.name).lstrip("_")
    return str(loss or "").lower()


def output_shapes(model: keras.Model, graph: Graph) -> Mapping[str, tuple[int | None, ...]]:
    """Return the shape of every output, batch axis first."""
    if graph.several_outputs:
        return {name: tuple(tensor.shape) for name, tensor in model.output.items()}
    return {next(iter(graph.outputs)): tuple(model.outputs[0].shape)}

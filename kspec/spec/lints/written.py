"""The losses and metrics of an output as they are written: what they are and where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kspec import catalogue
from kspec.spec.components import ComponentSpec
from kspec.spec.document import Document
from kspec.spec.measures import metric_name
from kspec.spec.problems import Path

if TYPE_CHECKING:
    from kspec.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Wanted:
    """A loss or a metric.

    Args:
        name: Its class, such as `MeanSquaredError`; a word that Keras resolves from shapes stays as it is.
        shown: What a reader of the spec finds there, such as `mse`.
        arguments: Its arguments by name, defaults put in.
        given: Those of them that are written.
        called: Name of a metric in the history; None if it names itself.
        weighted: Whether a metric heeds sample weights.
        path: Its place.
    """

    name: str
    shown: str
    arguments: Mapping[str, Any]
    given: Mapping[str, Any]
    called: str | None
    path: Path
    weighted: bool = False


def loss_of(spec: Spec, document: Document, output: str) -> Wanted | None:
    """Return the loss of an output, or None."""
    loss = spec.compile.loss.get(output) if spec.compile else None
    if loss is None:
        return None
    (path, *_) = _places(document, ("compile", "loss"), output, list(spec.graph.outputs))
    return _wanted(loss, "losses", path)


def metrics_of(spec: Spec, document: Document, output: str) -> Iterator[Wanted]:
    """Yield the metrics of an output, then those that heed sample weights."""
    if spec.compile is None:
        return
    outputs = list(spec.graph.outputs)
    for key, found in (("metrics", spec.compile.metrics), ("weighted_metrics", spec.compile.weighted_metrics)):
        metrics = found.get(output, ())
        places = _places(document, ("compile", key), output, outputs)
        for index, metric in enumerate(metrics):
            wanted = _wanted(metric, "metrics", places[index] if index < len(places) else ("compile", key))
            yield replace(wanted, weighted=key == "weighted_metrics")


def _wanted(value: ComponentSpec | str, family: str, path: Path) -> Wanted:
    if isinstance(value, ComponentSpec):
        defaults = {name: argument.default for name, argument in value.definition.arguments.items()}
        arguments = {**defaults, **value.arguments}
        return Wanted(value.name, value.name, arguments, value.arguments, metric_name(value), value.path)
    known = catalogue.load()
    word = known.word(family, value)
    component = known.component(family, word.component) if word and word.component else None
    defaults = {name: argument.default for name, argument in component.arguments.items()} if component else {}
    return Wanted(component.name if component else value, value, defaults, {}, value, path)


def _places(document: Document, path: Path, output: str, outputs: list[str]) -> list[Path]:
    """Return where what is written for one output stands: one place, or one for each item of its list."""
    value = _at(document, path)
    if isinstance(value, dict) and output in value:
        path = (*path, output)
    elif isinstance(value, list) and (
        path[-1] == "loss" or any(isinstance(item, list) or item is None for item in value)
    ):
        path = (*path, outputs.index(output))
    value = _at(document, path)
    return [(*path, index) for index in range(len(value))] if isinstance(value, list) else [path]


def _at(document: Document, path: Path) -> Any:
    nodes = list(document.walk(path))
    return nodes[-1].data() if len(nodes) == len(path) + 1 else None

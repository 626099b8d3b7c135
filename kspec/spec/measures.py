"""What training will measure: the names under which losses and metrics stand in the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kspec import catalogue
from kspec.spec.compiling import CompileSpec, Written
from kspec.spec.components import ComponentSpec
from kspec.spec.layer_names import layer_base_name

LOSS, VALIDATION = "loss", "val_"

Better = Literal["min", "max"]

_SMALLER = {
    "BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "CategoricalHinge", "Hinge",
    "SquaredHinge", "KLDivergence", "LogCoshError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanSquaredError", "MeanSquaredLogarithmicError", "Poisson", "RootMeanSquaredError",
}  # fmt: skip
_NEITHER = {"Mean", "Sum", "TrueNegatives", "TruePositives", "FalseNegatives", "FalsePositives"}
_BY_SHAPE = ("accuracy", "acc")


@dataclass(frozen=True, slots=True)
class Measures:
    """What training will measure, without `val_`.

    Args:
        better: For every name, whether less or more is better; None where Keras cannot tell.
        complete: Whether there is nothing else; not so where a metric names itself.
    """

    better: Mapping[str, Better | None]
    complete: bool = True


def measures_of(settings: CompileSpec, outputs: Sequence[str]) -> Measures:
    """Return the names that a model's losses and metrics get.

    Source: the rules of `CompileLoss.build` and `CompileMetrics.result` in `keras.src.trainers.compile_utils`.

    Args:
        settings: Losses and metrics.
        outputs: Names of the model's outputs, in order.
    """
    found: dict[str, Better | None] = {LOSS: "min"}
    with_loss = [output for output in outputs if settings.loss.get(output) is not None]
    if len(with_loss) > 1:
        found |= {f"{output}_loss": "min" for output in with_loss}
    several = len(outputs) > 1
    counts: dict[str, int] = {}
    complete = True
    for mark, metrics in (("", settings.metrics), ("weighted_", settings.weighted_metrics)):
        for output in outputs:
            for metric in metrics.get(output, ()):
                own = metric_name(metric)
                if own is None:
                    complete = False
                    continue
                name = f"{output}_{own}" if several else own
                if name in counts and mark:
                    name = f"{output}_{mark}{own}" if several else f"{mark}{own}"
                count = counts.get(name, 0)
                counts[name] = count + 1
                found[f"{name}_{count}" if count else name] = better(metric)
    return Measures(found, complete)


def metric_name(metric: Written) -> str | None:
    """Return the name that a metric has of itself, or None for one of one's own that is not named."""
    if isinstance(metric, str):
        return metric
    if metric.definition.function:
        return metric.name
    given = metric.arguments.get("name")
    if given is not None:
        return str(given)
    argument = metric.definition.arguments.get("name")
    if argument is None or not metric.definition.module.startswith("keras."):
        return None
    return str(argument.default) if argument.default is not None else layer_base_name(metric.name)


def better(metric: Written) -> Better | None:
    """Return whether less or more of a metric is better, as Keras' own metrics know it; None if they do not."""
    if isinstance(metric, ComponentSpec):
        return _better(metric.family, metric.name)
    if metric in _BY_SHAPE:
        return "max"
    word = catalogue.load().word("metrics", metric)
    return _better("metrics", word.component) if word and word.component and word.native else None


def _better(family: str, name: str) -> Better | None:
    if family != "metrics" or name in _NEITHER or catalogue.load().component(family, name) is None:
        return None
    return "min" if name in _SMALLER else "max"


def with_validation(names: Mapping[str, Better | None], *, validated: bool) -> Iterator[tuple[str, Better | None]]:
    """Yield the names of a history, those of validation after the others."""
    yield from names.items()
    if validated:
        yield from ((f"{VALIDATION}{name}", way) for name, way in names.items())

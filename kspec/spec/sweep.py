"""The `sweep` section: what is tried out, how often, and what is made better by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from kspec.spec.checker import Checker, listing
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.measures import VALIDATION, Measures, with_validation
from kspec.spec.monitors import other_spelling
from kspec.spec.problems import Path, did_you_mean
from kspec.spec.sections import Section, read_section
from kspec.spec.sweep_space import Dimension, read_space

PATH: Path = ("sweep",)

Direction = Literal["maximize", "minimize"]
DIRECTIONS = ("maximize", "minimize")


def _direction(value: Any) -> Any:
    if value is not None and value not in DIRECTIONS:
        raise PydanticCustomError("kspec_choice", "unknown", {"choices": DIRECTIONS})
    return value


class Sweep(Section):
    """A search for better values of the spec, by Optuna."""

    metric: str = Field(description="Column of the history whose best value is made better, such as `val_accuracy`.")
    direction: Annotated[Direction | None, BeforeValidator(_direction)] = Field(
        None, description="`maximize` or `minimize`; left out where the metric says it."
    )
    space: Any = Field(None, description="What is tried out, by the path of the value in the spec.")
    trials: Annotated[int, Field(ge=1)] = Field(20, description="How many trainings are made.")
    sampler: Any = Field(None, description="Optuna sampler that chooses the values; `TPESampler` if left out.")
    pruner: Any = Field(None, description="Optuna pruner that ends hopeless trainings early; none if left out.")


@dataclass(frozen=True, slots=True)
class SweepSpec:
    """A search.

    Args:
        metric: Column of the history that is made better.
        space: What is tried out.
        direction: Whether more or less is better; None until it is known.
        trials: How many trainings are made.
        sampler: What chooses the values, or None for Optuna's usual one.
        pruner: What ends trainings early, or None for nothing.
    """

    metric: str
    space: tuple[Dimension, ...]
    direction: Direction | None = None
    trials: int = 20
    sampler: ComponentSpec | None = None
    pruner: ComponentSpec | None = None


def read_sweep(value: Any, components: ComponentReader) -> SweepSpec | None:
    """Return the section, or None where there is none or something is wrong with it.

    Args:
        value: What stands under `sweep`.
        components: Reads sampler and pruner.
    """
    checker = components.checker
    before = len(checker.problems)
    section = read_section(Sweep, value, PATH, checker)
    given: Mapping[str, Any] = value if isinstance(value, dict) else {}
    parts = {key: _component(given.get(key), key, components) for key in ("sampler", "pruner")}
    space = read_space(given["space"], checker) if "space" in given else ()
    if section and "space" not in given:
        hint = "add `space: {PATH: {float: {low: ..., high: ...}}}`"
        checker.error("missing-key", PATH, "`sweep` has no `space`", hint, at="key")
    if section is None or checker.errors_since(before):
        return None
    return SweepSpec(section.metric, space, section.direction, section.trials, parts["sampler"], parts["pruner"])


def settled(sweep: SweepSpec, measures: Measures, checker: Checker, *, validated: bool) -> SweepSpec:
    """Return the sweep with its direction, after noting a metric that there will not be.

    Args:
        sweep: The sweep.
        measures: What training will measure.
        checker: Where problems go.
        validated: Whether there is validation data.
    """
    known = dict(with_validation(measures.better, validated=validated))
    metric = sweep.metric
    if metric not in known and (other := other_spelling(metric)) in known:
        metric = other
    path = (*PATH, "metric")
    if metric not in known and measures.complete:
        message, hint = f"the metric `{metric}` is not measured", did_you_mean(metric, known)
        if metric.removeprefix(VALIDATION) in known:
            message, hint = f"`{metric}` is not measured: there are no validation rows", "add `fit.validation_split`"
        checker.error("unknown-monitor", path, message, hint or f"there are {listing(known)}")
        return sweep
    way = known.get(metric)
    direction = sweep.direction or (("maximize" if way == "max" else "minimize") if way else None)
    if direction is None:
        message = f"nothing tells whether more or less of `{metric}` is better"
        checker.error("missing-key", path, message, "add `direction: maximize` or `direction: minimize`")
    return replace(sweep, metric=metric, direction=direction)


def _component(value: Any, key: str, components: ComponentReader) -> ComponentSpec | None:
    found = components.read(value, (*PATH, key), f"{key}s") if value is not None else None
    return found if isinstance(found, ComponentSpec) else None

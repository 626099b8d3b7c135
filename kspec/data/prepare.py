"""A spec's data, from its sources to what the model is fed: parts, inputs, targets, weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.columns import gather
from kspec.data.loading import Parts, load_parts
from kspec.data.plan import Plan
from kspec.data.planning import make_plan, weight_fields
from kspec.data.preprocess import MakeLayer
from kspec.data.sources import Fields, SourceContext
from kspec.data.split import split_rows
from kspec.data.weights import Weights, class_weights, combine, field_weights, rule_weights, weights_by_output
from kspec.spec.components import ComponentSpec
from kspec.spec.data import DataSpec, FieldSpec
from kspec.spec.problems import Path as SpecPath
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec

Array = npt.NDArray[Any]
PARTS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Part:
    """Rows as the model is fed them.

    Args:
        x: Array of shape `(rows, ...)` for every input.
        y: Array of shape `(rows, ...)` for every output that has targets.
        weights: Weight of every row, for every output with targets; empty if all rows weigh the same.
    """

    x: Mapping[str, Array]
    y: Mapping[str, Array]
    weights: Mapping[str, Weights] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.x.values())))

    def feed(self, *, several_inputs: bool, several_outputs: bool) -> tuple[Any, ...]:
        """Return what Keras takes: `(x, y)` or `(x, y, weights)`, dicts where the model has several of a kind."""
        x = dict(self.x) if several_inputs else next(iter(self.x.values()))
        y = dict(self.y) if several_outputs else next(iter(self.y.values()))
        if not self.weights:
            return x, y
        return x, y, dict(self.weights) if several_outputs else next(iter(self.weights.values()))


@dataclass(frozen=True, slots=True)
class Prepared:
    """All data of a run.

    Args:
        train: Rows to learn from.
        validation: Rows to watch, or None.
        test: Rows to judge by, or None.
        plan: How raw fields became inputs and targets.
        origin: Where the data came from.
        fingerprints: SHA-256 of each source.
        notice: What must be said loudly; empty otherwise.
    """

    train: Part
    validation: Part | None
    test: Part | None
    plan: Plan
    origin: Mapping[str, str]
    fingerprints: Mapping[str, str]
    notice: str = ""

    @property
    def parts(self) -> dict[str, Part]:
        """The parts that there are, by name."""
        found = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: part for name, part in found.items() if part is not None}

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of one row of an input."""
        return self.train.x[name].shape[1:]


def prepare(
    spec: Spec,
    data: DataSpec,
    *,
    folder: Path,
    seed: int,
    make_layer: MakeLayer,
    adapts: Callable[[ComponentSpec], bool],
    limit: int | None = None,
    plan: Plan | None = None,
) -> Prepared:
    """Read and prepare the data of a spec.

    Args:
        spec: The spec.
        data: Its `data` section.
        folder: Folder that relative paths start from.
        seed: Seed of random sources and of the split.
        make_layer: Builds a preprocessing layer.
        adapts: Says whether a layer learns from data.
        limit: Rows of each part to use at most, evenly spread; labels and class weights are those of all rows.
        plan: What an earlier training learnt; learnt anew if left out.

    Raises:
        SpecError: The data cannot be had, or is not what the spec says.
    """
    parts = load_parts(data, SourceContext(folder=folder, seed=seed, limit=None))
    raw = _split(spec, parts, seed)
    used = {name: _thinned(fields, limit) for name, fields in raw.items()}
    if plan is None:
        plan = make_plan(
            spec, data, used["train"], raw["train"],
            known_labels=parts.labels, make_layer=make_layer, adapts=adapts,
        )  # fmt: skip
    done: dict[str, Part] = {}
    for name, fields in used.items():
        y = plan.y(fields, name)
        done[name] = Part(plan.x(fields, name), y, _weights(spec, data, fields, y, plan, training=name == "train"))
    return Prepared(
        done["train"], done.get("validation"), done.get("test"), plan, parts.origin, parts.fingerprints, parts.notice
    )


def prepare_part(spec: Spec, fields: Fields, plan: Plan, name: str) -> Part:
    """Return rows from elsewhere as the model is fed them, targets included.

    Raises:
        SpecError: Fields are missing, or their values are not what training saw.
    """
    y = plan.y(fields, name)
    data = spec.data or DataSpec()
    return Part(plan.x(fields, name), y, _weights(spec, data, fields, y, plan, training=False))


def _split(spec: Spec, parts: Parts, seed: int) -> dict[str, Fields]:
    """Return the raw rows of every part, validation rows split off if the spec says so."""
    found = {"train": parts.train, "validation": parts.validation, "test": parts.test}
    if spec.fit.validation_split is not None:
        kept, held = split_rows(parts.train, spec.fit.validation_split, seed)
        found["train"], found["validation"] = parts.train.take(kept), parts.train.take(held)
    empty = [name for name, fields in found.items() if fields is not None and fields.rows == 0]
    if empty:
        raise SpecError([Problem("empty-part", ("data",), f"the {empty[0]} data has no rows", at="key")])
    return {name: fields for name in PARTS if (fields := found[name]) is not None}


def _thinned(fields: Fields, limit: int | None) -> Fields:
    if limit is None or fields.rows <= limit:
        return fields
    return fields.take(np.linspace(0, fields.rows - 1, limit).astype(np.intp))


def _weights(
    spec: Spec, data: DataSpec, fields: Fields, y: Mapping[str, Array], plan: Plan, *, training: bool
) -> dict[str, Weights]:
    """Return the weights of a part. Class weights and rules count in training only, as class weights do in Keras."""
    rules = rule_weights(fields, spec.fit.sample_weight) if spec.fit.sample_weight and training else None
    named: Mapping[str, FieldSpec] = weight_fields(data, {name: target.wanted() for name, target in plan.targets.items()})
    found: dict[str, Weights | None] = {}
    for output, targets in y.items():
        by_class = by_field = None
        if training and output in spec.class_weight:
            path: SpecPath = ("fit", "class_weight")
            path = path if len(spec.graph.outputs) == 1 else (*path, output)
            by_class = class_weights(targets, spec.class_weight[output], plan.labels.get(output), path)
        wanted = named.get(output)
        if wanted and (training or all(name in fields for name in wanted.fields)):
            by_field = field_weights(gather(fields, wanted, column=False), wanted.path)
        found[output] = combine(by_class, by_field, rules)
    return weights_by_output(found)


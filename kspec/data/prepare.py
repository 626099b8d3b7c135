"""A spec's data, from its sources to what the model is fed: parts, inputs, targets, weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.loading import Parts, load_parts
from kspec.data.memory import check_memory
from kspec.data.plan import Plan
from kspec.data.planning import check_fields, chosen_fields, make_plan
from kspec.data.preprocess import Adapts, MakeLayer
from kspec.data.rows import RowNames
from kspec.data.sources import Fields, SourceContext
from kspec.data.split import split_rows
from kspec.data.weighing import part_weights
from kspec.data.weights import Weights
from kspec.spec.data import DataSpec
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec

Array = npt.NDArray[Any]
Chosen = npt.NDArray[np.intp]
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

    def feed(
        self, *, several_inputs: bool, several_outputs: bool, axes: Mapping[str, int] | None = None
    ) -> tuple[Any, ...]:
        """Return what Keras takes: `(x, y)` or `(x, y, weights)`, dicts where the model has several of a kind.

        Args:
            several_inputs: Whether the model has several inputs.
            several_outputs: Whether the model has several outputs.
            axes: For an output whose loss has several numbers a row, the number of their axes, rows included. Keras
                would lay weights of one axis along the last of these, over steps and not over rows.
        """
        x = dict(self.x) if several_inputs else next(iter(self.x.values()))
        y = dict(self.y) if several_outputs else next(iter(self.y.values()))
        if not self.weights:
            return x, y
        ones = {name: (1,) * ((axes or {}).get(name, 1) - 1) for name in self.weights}
        weights = {name: array.reshape(-1, *ones[name]) for name, array in self.weights.items()}
        return x, y, weights if several_outputs else next(iter(weights.values()))


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


@dataclass(frozen=True, slots=True)
class _Raw:
    """Rows of a part as they were read, and those of them that will be used."""

    fields: Fields
    rows: RowNames
    used: Fields
    used_rows: RowNames
    chosen: Chosen | None = None

    @classmethod
    def of(cls, fields: Fields, rows: RowNames, limit: int | None) -> _Raw:
        if limit is None or fields.rows <= limit:
            return cls(fields, rows, fields, rows)
        chosen = np.linspace(0, fields.rows - 1, limit).astype(np.intp)
        return cls(fields, rows, fields.take(chosen), rows.take(chosen), chosen)

    def thin(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        return dict(arrays) if self.chosen is None else {name: array[self.chosen] for name, array in arrays.items()}


def prepare(
    spec: Spec,
    data: DataSpec,
    *,
    folder: Path,
    seed: int,
    make_layer: MakeLayer,
    adapts: Adapts,
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
    _check_rows(spec, data, parts)
    sides = chosen_fields(spec, data, parts.train)
    for name, fields in parts.named.items():
        check_fields(sides, fields, RowNames(name))
    raw = {name: _Raw.of(fields, rows, limit) for name, (fields, rows) in _split(spec, parts, seed).items()}
    if plan is None:
        train = raw["train"]
        plan = make_plan(
            spec, data, train.used, train.fields, names=train.used_rows,
            known_labels=parts.labels, make_layer=make_layer, adapts=adapts,
        )  # fmt: skip
    else:
        paths = {f"{side}-{name}": wanted.path for side, found in sides.items() for name, wanted in found.items()}
        plan = replace(plan, paths=paths)
    done: dict[str, Part] = {}
    for name, part in raw.items():
        y = plan.y(part.fields, part.rows)
        weights = part_weights(spec, data, part.fields, part.rows, y, plan, part=name)
        done[name] = Part(plan.x(part.used, part.used_rows), part.thin(y), part.thin(weights))
    check_memory(done, spec.runtime.memory)
    return Prepared(
        done["train"], done.get("validation"), done.get("test"), plan, parts.origin, parts.fingerprints, parts.notice
    )


def prepare_part(spec: Spec, fields: Fields, plan: Plan, name: str) -> Part:
    """Return rows from elsewhere as the model is fed them, targets included.

    Raises:
        SpecError: Fields are missing, or their values are not what training saw.
    """
    rows = RowNames(name)
    plan.check(fields, rows)
    y = plan.y(fields, rows)
    # `given` is no part of a spec: a file called train.csv is judged by as any other.
    weights = part_weights(spec, spec.data or DataSpec(), fields, rows, y, plan, part="given")
    return Part(plan.x(fields, rows), y, weights)


def _check_rows(spec: Spec, data: DataSpec, parts: Parts) -> None:
    if spec.fit.validation_split is not None and parts.validation is not None:
        message = "validation rows come from a source of their own, so none are split off the training rows"
        hint = "leave out one of `fit.validation_split` and `data.validation`"
        raise SpecError([Problem("two-validations", ("fit", "validation_split"), message, hint, at="key")])
    if empty := [name for name, fields in parts.named.items() if not fields.rows]:
        raise SpecError([Problem("empty-part", data.path, f"the {empty[0]} data has no rows", at="key")])


def _split(spec: Spec, parts: Parts, seed: int) -> dict[str, tuple[Fields, RowNames]]:
    """Return the raw rows of every part, validation rows split off if the spec says so."""
    found = {name: (fields, RowNames(name)) for name, fields in parts.named.items()}
    if spec.fit.validation_split is not None:
        kept, held = split_rows(parts.train, spec.fit.validation_split, seed)
        found["train"], found["validation"] = _taken(parts.train, kept), _taken(parts.train, held)
    return {name: found[name] for name in PARTS if name in found}


def _taken(fields: Fields, chosen: Chosen) -> tuple[Fields, RowNames]:
    """Return rows of the training data; neighbours as views, which need no memory."""
    first, last = int(chosen[0]), int(chosen[-1])
    neighbours = last - first + 1 == len(chosen)
    return fields.take(slice(first, last + 1) if neighbours else chosen), RowNames("train", chosen)

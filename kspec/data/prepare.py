"""A spec's data, from its sources to what the model is fed: parts, inputs, targets, weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.columns import check_finite, default_fields, gather, is_text
from kspec.data.labels import index_labels, label_names
from kspec.data.loading import Parts, load_parts
from kspec.data.plan import InputPlan, Plan, as_model_takes
from kspec.data.preprocess import MakeLayer, Preprocessor
from kspec.data.sources import Fields, SourceContext
from kspec.data.split import split_rows
from kspec.data.weights import Weights, class_weights, combine, field_weights, rule_weights, weights_by_output
from kspec.spec.components import ComponentSpec
from kspec.spec.data import DataSpec, FieldSpec
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
        plan: How raw fields became inputs.
        labels: Class names by output, where they are known.
        origin: Where the data came from.
        fingerprints: SHA-256 of each source.
        notice: What must be said loudly; empty otherwise.
        split: Row numbers of the validation rows among the rows that were read, if they were split off.
    """

    train: Part
    validation: Part | None
    test: Part | None
    plan: Plan
    labels: Mapping[str, tuple[str, ...]]
    origin: Mapping[str, str]
    fingerprints: Mapping[str, str]
    notice: str = ""
    split: npt.NDArray[np.intp] | None = None

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of one row of an input."""
        return self.train.x[name].shape[1:]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The raw rows of one part, all of them, and which of them are to be used."""

    fields: Fields
    used: npt.NDArray[np.intp] | slice

    def pick(self, array: Array) -> Array:
        return array[self.used]


def prepare(
    spec: Spec,
    data: DataSpec,
    *,
    folder: Path,
    seed: int,
    make_layer: MakeLayer,
    adapts: Callable[[ComponentSpec], bool],
    limit: int | None = None,
) -> Prepared:
    """Read and prepare the data of a spec.

    Args:
        spec: The spec.
        data: Its `data` section.
        folder: Folder that relative paths start from.
        seed: Seed of random sources and of the split.
        make_layer: Builds a preprocessing layer.
        adapts: Says whether a layer learns from data.
        limit: Rows of each part to use at most, evenly spread; labels and weights are those of all rows.

    Raises:
        SpecError: The data cannot be had, or is not what the spec says.
    """
    parts = load_parts(data, SourceContext(folder=folder, seed=seed, limit=limit))
    raw, split = _split(spec, parts, seed)
    rows = {name: _Rows(fields, _spread(fields.rows, limit)) for name, fields in raw.items()}
    targets = _target_fields(spec, data, raw["train"])
    weight_fields = _weight_fields(spec, data, targets)
    taken = [name for wanted in (*targets.values(), *weight_fields.values()) for name in wanted.fields]
    inputs = _input_fields(spec, data, raw["train"], taken)
    y, labels = _targets(targets, raw, parts.labels, make_layer, adapts)
    weights = {name: _weights(spec, raw[name], y[name], labels, weight_fields, training=name == "train") for name in raw}
    plan, x = _inputs(inputs, rows, make_layer, adapts)
    done = {
        name: Part(
            x[name],
            {output: rows[name].pick(array) for output, array in y[name].items()},
            {output: rows[name].pick(array) for output, array in weights[name].items()},
        )
        for name in raw
    }
    return Prepared(
        done["train"], done.get("validation"), done.get("test"), plan, labels,
        parts.origin, parts.fingerprints, parts.notice, split,
    )  # fmt: skip


def _split(spec: Spec, parts: Parts, seed: int) -> tuple[dict[str, Fields], npt.NDArray[np.intp] | None]:
    """Return the raw rows of every part, validation rows split off if the spec says so."""
    found = {"train": parts.train, "validation": parts.validation, "test": parts.test}
    held = None
    if spec.fit.validation_split is not None and parts.validation is None:
        kept, held = split_rows(parts.train, spec.fit.validation_split, seed)
        found["train"], found["validation"] = parts.train.take(kept), parts.train.take(held)
    empty = [name for name, fields in found.items() if fields is not None and fields.rows == 0]
    if empty:
        raise SpecError([Problem("empty-part", ("data",), f"the {empty[0]} data has no rows", at="key")])
    return {name: fields for name in PARTS if (fields := found[name]) is not None}, held


def _spread(rows: int, limit: int | None) -> npt.NDArray[np.intp] | slice:
    if limit is None or rows <= limit:
        return slice(None)
    return np.linspace(0, rows - 1, limit).astype(np.intp)


def _target_fields(spec: Spec, data: DataSpec, fields: Fields) -> dict[str, FieldSpec]:
    outputs = [name for name in spec.graph.outputs if not spec.compile or spec.compile.loss.get(name) is not None]
    path = (*data.path, "targets")
    if isinstance(data.targets, FieldSpec):
        return dict.fromkeys(outputs, data.targets)
    given = dict(data.targets or {})
    for name in outputs:
        if name in given:
            continue
        if data.targets is None and len(outputs) == 1 and "y" in fields:
            given[name] = FieldSpec(("y",), path=path)
        elif name in fields:
            given[name] = FieldSpec((name,), path=path)
        else:
            hint = f"add `targets: {{{name}: FIELD}}`" if len(outputs) > 1 else "add `targets: FIELD` under `data`"
            raise SpecError([Problem("missing-target", path, f"the output `{name}` has no targets", hint, at="key")])
    return {name: given[name] for name in spec.graph.outputs if name in given}


def _weight_fields(spec: Spec, data: DataSpec, targets: Mapping[str, FieldSpec]) -> dict[str, FieldSpec]:
    if data.sample_weight is None:
        return {}
    if isinstance(data.sample_weight, FieldSpec):
        return dict.fromkeys(targets, data.sample_weight)
    return dict(data.sample_weight)


def _input_fields(spec: Spec, data: DataSpec, fields: Fields, taken: Sequence[str]) -> dict[str, FieldSpec]:
    names = list(spec.graph.inputs)
    path = (*data.path, "inputs")
    if isinstance(data.inputs, FieldSpec):
        return {names[0]: data.inputs}
    if data.inputs is not None:
        return {name: data.inputs[name] for name in names}
    if len(names) == 1:
        wanted = default_fields(fields, taken)
        if not wanted:
            raise SpecError([Problem("missing-input", path, "no field is left for the input", "add `inputs: FIELD`", at="key")])
        text = [name for name in wanted if is_text(fields[name])]
        if text and len(wanted) > 1:
            message = f"the field `{text[0]}` is text and cannot be put beside the numbers"
            raise SpecError([Problem("missing-input", path, message, "name the fields under `inputs`", at="key")])
        return {names[0]: FieldSpec(wanted, path=path)}
    missing = [name for name in names if name not in fields]
    if missing:
        message = f"nothing says what the input `{missing[0]}` is fed"
        raise SpecError([Problem("missing-input", path, message, f"add `inputs: {{{missing[0]}: FIELD, ...}}`", at="key")])
    return {name: FieldSpec((name,), path=path) for name in names}


def _inputs(
    inputs: Mapping[str, FieldSpec], rows: Mapping[str, _Rows], make_layer: MakeLayer, adapts: Callable[[ComponentSpec], bool]
) -> tuple[Plan, dict[str, dict[str, Array]]]:
    """Return the plan, learnt from the training rows, and the inputs of every part."""
    plans: dict[str, InputPlan] = {}
    layers: dict[str, Preprocessor] = {}
    x: dict[str, dict[str, Array]] = {name: {} for name in rows}
    for name, wanted in inputs.items():
        for part, raw in rows.items():
            array = raw.pick(gather(raw.fields, wanted, column=True))
            check_finite(array, wanted, part)
            if part == "train" and wanted.preprocess:
                layers[name] = Preprocessor.learn(wanted.preprocess, array, make_layer, adapts)
            x[part][name] = as_model_takes(layers[name](array) if name in layers else array)
        shape = x["train"][name].shape[1:]
        plans[name] = InputPlan(wanted.fields, wanted.slice, wanted.dtype, name in layers, shape)
    return Plan(plans, layers), x


def _targets(
    targets: Mapping[str, FieldSpec], raw: Mapping[str, Fields], known: tuple[str, ...] | None,
    make_layer: MakeLayer, adapts: Callable[[ComponentSpec], bool],
) -> tuple[dict[str, dict[str, Array]], dict[str, tuple[str, ...]]]:  # fmt: skip
    """Return the targets of every part, and the class names of every output that has classes."""
    y: dict[str, dict[str, Array]] = {name: {} for name in raw}
    labels: dict[str, tuple[str, ...]] = {}
    for output, wanted in targets.items():
        layers: Preprocessor | None = None
        for part, fields in raw.items():
            array = gather(fields, wanted, column=bool(wanted.preprocess))
            if is_text(array) and not wanted.preprocess:
                if part == "train":
                    labels[output] = label_names(array)
                array = index_labels(array, labels[output], wanted, part)
            elif known and wanted.fields == ("y",):
                labels[output] = known
            check_finite(array, wanted, part)
            if wanted.preprocess:
                if layers is None:
                    layers = Preprocessor.learn(wanted.preprocess, array, make_layer, adapts)
                array = layers(array)
            y[part][output] = as_model_takes(array)
    return y, labels


def _weights(
    spec: Spec, fields: Fields, y: Mapping[str, Array], labels: Mapping[str, tuple[str, ...]],
    weight_fields: Mapping[str, FieldSpec], *, training: bool,
) -> dict[str, Weights]:  # fmt: skip
    """Return the weights of a part. Class weights count in training only, as in Keras."""
    rules = rule_weights(fields, spec.fit.sample_weight) if spec.fit.sample_weight and training else None
    found: dict[str, Weights | None] = {}
    for output, targets in y.items():
        by_class = by_field = None
        if training and output in spec.class_weight:
            path = ("fit", "class_weight") if len(spec.graph.outputs) == 1 else ("fit", "class_weight", output)
            by_class = class_weights(targets, spec.class_weight[output], labels.get(output), path)
        wanted = weight_fields.get(output)
        if wanted and (training or all(name in fields for name in wanted.fields)):
            by_field = field_weights(gather(fields, wanted, column=False), wanted.path)
        found[output] = combine(by_class, by_field, rules)
    return weights_by_output(found)

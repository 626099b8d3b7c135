"""How raw fields become inputs and targets, fixed at training time, so that later rows are treated the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kspec.data.columns import check_finite, gather, is_text, unknown_field
from kspec.data.labels import index_labels
from kspec.data.preprocess import Preprocessor
from kspec.data.sources import Fields
from kspec.runs import atomic
from kspec.runs.folder import RunFolder
from kspec.spec.data import FieldSpec
from kspec.spec.problems import Path as SpecPath
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]
Side = Literal["input", "target"]
_FILE = "plan.json"


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """What one input or one output's targets are made of.

    Args:
        fields: Names of the fields, side by side.
        slice: Part of the first axis after the batch, or None.
        dtype: Type that the values get, or None.
        preprocessed: Whether layers follow.
        shape: Shape of one row in the end.
    """

    fields: tuple[str, ...]
    slice: tuple[int | None, int | None] | None
    dtype: str | None
    preprocessed: bool
    shape: tuple[int, ...]

    def wanted(self, path: SpecPath = ()) -> FieldSpec:
        """Return the plan in the language's form."""
        return FieldSpec(self.fields, self.slice, (), self.dtype, path)


@dataclass(frozen=True, slots=True)
class Plan:
    """What every input and every target is made of.

    Args:
        inputs: By input name.
        targets: By output name.
        layers: Preprocessing layers by `input-NAME` and `target-NAME`.
        labels: Class names by output, in the order of their numbers.
        indexed: Outputs whose targets are text, to be numbered by their labels.
        paths: Places in the spec by `input-NAME` and `target-NAME`; not kept with a run.
    """

    inputs: Mapping[str, FieldPlan]
    targets: Mapping[str, FieldPlan]
    layers: Mapping[str, Preprocessor]
    labels: Mapping[str, tuple[str, ...]]
    indexed: tuple[str, ...]
    paths: Mapping[str, SpecPath]

    def x(self, fields: Fields, part: str) -> dict[str, Array]:
        """Return the model's inputs for some rows.

        Raises:
            SpecError: Fields are missing, or their values are not what training saw.
        """
        self._check(fields, "input", self.inputs)
        return {name: self._apply("input", name, plan, fields, part) for name, plan in self.inputs.items()}

    def y(self, fields: Fields, part: str) -> dict[str, Array]:
        """Return the targets of some rows.

        Raises:
            SpecError: Fields are missing, or their values are not what training saw.
        """
        self._check(fields, "target", self.targets)
        return {name: self._apply("target", name, plan, fields, part) for name, plan in self.targets.items()}

    def _check(self, fields: Fields, side: Side, plans: Mapping[str, FieldPlan]) -> None:
        missing = [
            unknown_field(fields, field, plan.wanted(self.paths.get(f"{side}-{name}", ())), index)
            for name, plan in plans.items()
            for index, field in enumerate(plan.fields)
            if field not in fields
        ]
        if missing:
            raise SpecError(missing)

    def _apply(self, side: Side, name: str, plan: FieldPlan, fields: Fields, part: str) -> Array:
        key = f"{side}-{name}"
        wanted = plan.wanted(self.paths.get(key, ()))
        array = gather(fields, wanted, column=side == "input" or plan.preprocessed)
        if side == "target" and name in self.indexed:
            array = index_labels(array, self.labels[name], wanted, part)
        check_finite(array, wanted, part)
        if key in self.layers:
            array = self.layers[key](array)
            check_finite(array, wanted, part)
        if array.shape[1:] != plan.shape:
            shown = ", ".join(f"`{field}`" for field in plan.fields)
            message = f"in the {part} data a row of {shown} has the shape {array.shape[1:]}, in training it has {plan.shape}"
            raise SpecError([Problem("wrong-shape", wanted.path, message)])
        return as_model_takes(array)

    def save(self, run: RunFolder) -> None:
        """Write the plan, its layers and the labels into a run folder."""
        record = {
            "inputs": {name: asdict(plan) for name, plan in self.inputs.items()},
            "targets": {name: asdict(plan) for name, plan in self.targets.items()},
            "indexed": list(self.indexed),
        }
        for key, layers in self.layers.items():
            with atomic.replacing(run.preprocess / f"{key}.keras") as unfinished:
                layers.save(unfinished)
        if self.labels:
            atomic.write_text(run.labels, json.dumps(self.labels, indent=2, ensure_ascii=False) + "\n")
        atomic.write_text(run.preprocess / _FILE, json.dumps(record, indent=2) + "\n")

    @classmethod
    def load(cls, run: RunFolder) -> Plan:
        """Read what `save` wrote.

        Raises:
            SpecError: It is missing or damaged.
        """
        try:
            record = json.loads((run.preprocess / _FILE).read_text(encoding="utf-8"))
            labels = json.loads(run.labels.read_text(encoding="utf-8")) if run.labels.exists() else {}
            inputs = {name: _read(plan) for name, plan in record["inputs"].items()}
            targets = {name: _read(plan) for name, plan in record["targets"].items()}
            keys = [f"input-{name}" for name, plan in inputs.items() if plan.preprocessed]
            keys += [f"target-{name}" for name, plan in targets.items() if plan.preprocessed]
            layers = {key: Preprocessor.load(run.preprocess / f"{key}.keras") for key in keys}
            names = {output: tuple(found) for output, found in labels.items()}
            return cls(inputs, targets, layers, names, tuple(record["indexed"]), {})
        except (OSError, ValueError, KeyError, TypeError) as error:
            message = f"what `{run.preprocess}` keeps of the data cannot be read: {error}"
            raise SpecError([Problem("damaged-run", (), message)]) from None


def as_model_takes(array: Array) -> Array:
    """Return an array in a type that TensorFlow takes: text as `str` objects, wide floats as float32."""
    if is_text(array):
        flat = ["" if item is None else item if isinstance(item, bytes) else str(item) for item in array.ravel()]
        return np.array(flat, dtype=object).reshape(array.shape)
    if array.dtype.kind == "b" or array.dtype == np.float64:
        return array.astype(np.float32)
    return array


def _read(record: Mapping[str, Any]) -> FieldPlan:
    cut = record["slice"]
    return FieldPlan(
        fields=tuple(record["fields"]),
        slice=(cut[0], cut[1]) if cut else None,
        dtype=record["dtype"],
        preprocessed=bool(record["preprocessed"]),
        shape=tuple(record["shape"]),
    )

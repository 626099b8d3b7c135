"""How raw fields become model inputs, fixed at training time, so that predicting does exactly the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.columns import check_finite, gather, is_text, unknown_field
from kspec.data.preprocess import Preprocessor
from kspec.data.sources import Fields
from kspec.runs import atomic
from kspec.spec.data import FieldSpec
from kspec.spec.problems import Path as SpecPath
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]
_FILE = "plan.json"


@dataclass(frozen=True, slots=True)
class InputPlan:
    """What one model input is fed.

    Args:
        fields: Names of the fields, side by side.
        slice: Part of the first axis after the batch, or None.
        dtype: Type that the values get, or None.
        preprocessed: Whether layers stand between the fields and the input.
        shape: Shape of a row as the model gets it.
    """

    fields: tuple[str, ...]
    slice: tuple[int | None, int | None] | None
    dtype: str | None
    preprocessed: bool
    shape: tuple[int, ...]

    def field_spec(self, path: SpecPath = ()) -> FieldSpec:
        """Return the plan in the language's form."""
        return FieldSpec(self.fields, self.slice, (), self.dtype, path)


@dataclass(frozen=True, slots=True)
class Plan:
    """What every model input is fed, and the layers that stand between."""

    inputs: Mapping[str, InputPlan]
    preprocessors: Mapping[str, Preprocessor]

    def apply(self, fields: Fields, part: str) -> dict[str, Array]:
        """Return the model's inputs for some rows.

        Raises:
            SpecError: A field is missing, or its values are not what training saw.
        """
        missing = [
            unknown_field(fields, name, plan.field_spec())
            for plan in self.inputs.values()
            for name in plan.fields
            if name not in fields
        ]
        if missing:
            raise SpecError(missing)
        return {name: self._apply(name, plan, fields, part) for name, plan in self.inputs.items()}

    def _apply(self, name: str, plan: InputPlan, fields: Fields, part: str) -> Array:
        wanted = plan.field_spec()
        array = gather(fields, wanted, column=True)
        check_finite(array, wanted, part)
        if name in self.preprocessors:
            array = self.preprocessors[name](array)
        if array.shape[1:] != plan.shape:
            shown = ", ".join(f"`{field}`" for field in plan.fields)
            message = f"a row of {shown} has the shape {array.shape[1:]}, in training it had {plan.shape}"
            raise SpecError([Problem("wrong-shape", (), message)])
        return as_model_takes(array)

    def save(self, folder: Path) -> None:
        """Write the plan and its layers into a folder."""
        plans = {name: asdict(plan) for name, plan in self.inputs.items()}
        for name, preprocessor in self.preprocessors.items():
            with atomic.replacing(folder / f"{name}.keras") as unfinished:
                preprocessor.save(unfinished)
        atomic.write_text(folder / _FILE, json.dumps({"inputs": plans}, indent=2) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Plan:
        """Read what `save` wrote.

        Raises:
            SpecError: It is missing or damaged.
        """
        try:
            record = json.loads((folder / _FILE).read_text(encoding="utf-8"))
            inputs = {name: _read(plan) for name, plan in record["inputs"].items()}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SpecError([Problem("damaged-run", (), f"`{folder / _FILE}` cannot be read: {error}")]) from None
        loaded = {name: Preprocessor.load(folder / f"{name}.keras") for name, plan in inputs.items() if plan.preprocessed}
        return cls(inputs, loaded)


def as_model_takes(array: Array) -> Array:
    """Return an array in a type that TensorFlow takes: text as `str` objects, wide floats as float32."""
    if is_text(array):
        flat = ["" if item is None else item if isinstance(item, bytes) else str(item) for item in array.ravel()]
        return np.array(flat, dtype=object).reshape(array.shape)
    if array.dtype.kind == "b" or str(array.dtype) == "float64":
        return array.astype("float32")
    return array


def _read(record: Mapping[str, Any]) -> InputPlan:
    cut: Sequence[Any] | None = record["slice"]
    return InputPlan(
        fields=tuple(record["fields"]),
        slice=(cut[0], cut[1]) if cut else None,
        dtype=record["dtype"],
        preprocessed=record["preprocessed"],
        shape=tuple(record["shape"]),
    )

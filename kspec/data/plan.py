"""How raw fields become inputs and targets, fixed at training time, so that later rows are treated the same."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path as FilePath
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kspec.data.choice import unknown_fields
from kspec.data.deferred import Rows
from kspec.data.field_plan import FieldPlan
from kspec.data.gaps import check_complete
from kspec.data.hdf5_checks import UnsafeFileError
from kspec.data.preprocess import Preprocessor
from kspec.data.rows import RowNames, named
from kspec.data.sources import Fields
from kspec.runs import atomic
from kspec.runs.folder import RunFolder
from kspec.spec.data import FieldSpec
from kspec.spec.problems import Path, Problem, SpecError

Array = npt.NDArray[Any]
Side = Literal["input", "target"]
_FILE = "plan.json"
_LISTED = 5
"""Missing fields that are told one by one."""

_NAMED = 30
"""Missing fields that are named where they are told together."""


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
    paths: Mapping[str, Path]

    @property
    def sides(self) -> dict[Side, dict[str, FieldSpec]]:
        """Fields of every input and of every output's targets, in the language's form."""
        sides: tuple[Side, ...] = ("input", "target")
        return {
            side: {name: plan.wanted(self.paths.get(f"{side}-{name}", ())) for name, plan in self._plans(side).items()}
            for side in sides
        }

    def class_names(self, output: str) -> tuple[str, ...]:
        """Return the names of an output's classes, by number: its labels, or the words of a lookup layer; or none."""
        return self.labels.get(output) or self.looked_up(output)

    def looked_up(self, output: str) -> tuple[str, ...]:
        """Return the words that a lookup layer makes classes of, by number; none if there is no such layer."""
        layers = self.layers.get(f"target-{output}")
        return layers.words if layers else ()

    @property
    def masked(self) -> set[str]:
        """Keys, such as `input-NAME`, of the inputs and the targets in which missing text is wanted."""
        sides: tuple[Side, ...] = ("input", "target")
        return {f"{side}-{name}" for side in sides for name, plan in self._plans(side).items() if plan.masked}

    @property
    def text_fields(self) -> tuple[str, ...]:
        """Fields that were text in training, whatever they look like in other rows."""
        plans = [*self.inputs.values(), *self.targets.values()]
        return tuple(dict.fromkeys(field for plan in plans if plan.raw == "string" for field in plan.fields))

    @property
    def only_field(self) -> str:
        """The field that one array without a name stands for: the only one that is fed, or `x`."""
        fields = {field for plan in self.inputs.values() for field in plan.fields}
        return fields.pop() if len(fields) == 1 else "x"

    def x(self, fields: Fields, rows: RowNames | str) -> dict[str, Array]:
        """Return the model's inputs for some rows.

        Args:
            fields: The rows.
            rows: What messages call them, or the part that they are.

        Returns:
            Array of shape `(rows, ...)` by input name.

        Raises:
            SpecError: Fields or values are missing, or are not what training saw.
        """
        return {name: np.asarray(array) for name, array in self._side("input", fields, named(rows)).items()}

    def narrow_x(self, fields: Fields, rows: RowNames) -> dict[str, Rows]:
        """Return the model's inputs for some rows that stay in memory, in the least memory that they may take.

        Args:
            fields: The rows.
            rows: What messages call them.

        Raises:
            SpecError: Fields or values are missing, or are not what training saw.
        """
        return self._side("input", fields, rows, deferred=True)

    def y(self, fields: Fields, rows: RowNames | str) -> dict[str, Array]:
        """Return the targets of some rows.

        Args:
            fields: The rows.
            rows: What messages call them, or the part that they are.

        Returns:
            Array of shape `(rows, ...)` by output name.

        Raises:
            SpecError: Fields or values are missing, or are not what training saw.
        """
        return {name: np.asarray(array) for name, array in self._side("target", fields, named(rows)).items()}

    def check(self, fields: Fields, rows: RowNames | str, sides: tuple[Side, ...] = ("input", "target")) -> None:
        """Refuse rows in which fields or values are missing, naming all of them.

        Raises:
            SpecError: Something is missing.
        """
        if problems := self.lacking(fields, sides):
            raise SpecError(problems)
        for side in sides:
            for name, wanted in self.sides[side].items():
                masked = self._plans(side)[name].masked
                problems += check_complete(fields, wanted, named(rows), masked=masked)
        if problems:
            raise SpecError(problems)

    def lacking(self, fields: Collection[str], sides: tuple[Side, ...] = ("input", "target")) -> list[Problem]:
        """Return a problem for each field that training had and these lack, or one for all if they are many."""
        every = [wanted for side in sides for wanted in self.sides[side].values()]
        problems = [problem for wanted in every for problem in unknown_fields(fields, wanted)]
        if len(problems) <= _LISTED:
            return problems
        names = [field for wanted in every for field in wanted.fields if field not in fields]
        shown = ", ".join(f"`{name}`" for name in names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        message = f"the data lacks {len(names)} of the fields that training had: {shown}"
        return [Problem("unknown-field", problems[0].path, message, "are these the right rows?")]

    def save(self, run: RunFolder) -> None:
        """Write the plan, its layers and the labels into a run folder; `plan.json` last, when all it names is there."""
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
        atomic.write_text(run.preprocess / _FILE, json.dumps(record, indent=2, ensure_ascii=False) + "\n")

    @classmethod
    def load(cls, run: RunFolder) -> Plan:
        """Read what `save` wrote.

        Raises:
            SpecError: It is missing or damaged.
        """
        try:
            record = json.loads((run.preprocess / _FILE).read_text(encoding="utf-8"))
            labels = json.loads(run.labels.read_text(encoding="utf-8")) if run.labels.exists() else {}
            inputs = {name: FieldPlan.read(plan) for name, plan in record["inputs"].items()}
            targets = {name: FieldPlan.read(plan) for name, plan in record["targets"].items()}
            keys = [f"input-{name}" for name, plan in inputs.items() if plan.preprocessed]
            keys += [f"target-{name}" for name, plan in targets.items() if plan.preprocessed]
            layers = {key: _layers_in(run.preprocess / f"{key}.keras") for key in keys}
            names = {output: tuple(found) for output, found in labels.items()}
            return cls(inputs, targets, layers, names, tuple(record["indexed"]), {})
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            if isinstance(error, UnsafeFileError):
                reason = error.message
            if isinstance(error, KeyError | TypeError):
                reason = "another version of kspec wrote it"
            message = f"what `{run.preprocess}` keeps of the data cannot be read: {reason}"
            raise SpecError([Problem("damaged-run", (), message, "train anew from `resolved.yaml`")]) from error

    def _plans(self, side: Side) -> Mapping[str, FieldPlan]:
        return self.inputs if side == "input" else self.targets

    def _side(self, side: Side, fields: Fields, rows: RowNames, *, deferred: bool = False) -> dict[str, Rows]:
        self.check(fields, rows, (side,))
        arrays: dict[str, Rows] = {}
        problems: list[Problem] = []
        for name, plan in self._plans(side).items():
            key = f"{side}-{name}"
            labels = self.labels[name] if side == "target" and name in self.indexed else None
            try:
                arrays[name] = plan.apply(
                    fields, rows, self.paths.get(key, ()), self.layers.get(key), labels, deferred=deferred
                )
            except SpecError as error:
                problems += error.problems
        if problems:
            raise SpecError(problems)
        return arrays


def _layers_in(file: FilePath) -> Preprocessor:
    try:
        return Preprocessor.load(file)
    except UnsafeFileError as error:
        raise UnsafeFileError(f"`{file.name}`: {error.message}") from error

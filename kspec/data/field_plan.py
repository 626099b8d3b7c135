"""What one input or one output's targets are made of, and how rows become that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from kspec.data.columns import gather, misfit
from kspec.data.deferred import Deferred, Rows
from kspec.data.labels import index_labels
from kspec.data.preprocess import Preprocessor
from kspec.data.rows import RowNames
from kspec.data.sources import Fields
from kspec.data.values import MisfitError, as_model_takes, cast, gaps
from kspec.spec.data import FieldSpec
from kspec.spec.problems import Path, Problem, SpecError

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """What one input or one output's targets are made of.

    Args:
        fields: Names of the fields, side by side.
        slice: Part of the first axis after the batch, or None.
        dtype: Type that the values get, or None.
        preprocessed: Whether layers follow.
        column: Whether one value a row becomes a column, of shape `(rows, 1)`.
        masked: Whether missing text is wanted, as the empty text.
        raw: Type of the values that training saw, before any layers: a NumPy type, or `string`.
        shape: Shape of one row in the end.
        missing: What stands in for missing values, for each field, or None.
    """

    fields: tuple[str, ...]
    slice: tuple[int | None, int | None] | None
    dtype: str | None
    preprocessed: bool
    column: bool
    masked: bool
    raw: str
    shape: tuple[int, ...]
    missing: float | str | tuple[float | str, ...] | None = None

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> FieldPlan:
        """Return the plan of a record that `dataclasses.asdict` made and JSON carried."""
        cut = record["slice"]
        return cls(
            fields=tuple(record["fields"]),
            slice=(cut[0], cut[1]) if cut else None,
            dtype=record["dtype"],
            preprocessed=bool(record["preprocessed"]),
            column=bool(record["column"]),
            masked=bool(record["masked"]),
            raw=str(record["raw"]),
            shape=tuple(record["shape"]),
            missing=tuple(missing) if isinstance(missing := record.get("missing"), list) else missing,
        )

    def wanted(self, path: Path = ()) -> FieldSpec:
        """Return the plan in the language's form."""
        return FieldSpec(self.fields, self.slice, (), self.dtype, path, self.missing)

    def apply(
        self, fields: Fields, rows: RowNames, path: Path, layers: Preprocessor | None, labels: Sequence[str] | None,
        *, deferred: bool = False,
    ) -> Rows:  # fmt: skip
        """Return some rows as training was fed them.

        Args:
            fields: The rows; the plan's fields are there, and no value is missing.
            rows: What messages call them.
            path: Place of the field in the spec.
            layers: The layers that follow, or None.
            labels: Labels by which text is numbered, or None.
            deferred: Whether layers may be left to each batch where rows take less memory without them.

        Returns:
            Array of shape `(rows, ...)`.

        Raises:
            SpecError: The values are not what training saw.
        """
        wanted = self.wanted(path)
        array = gather(fields, wanted, rows, column=self.column)
        try:
            array = cast(array, self.raw)
            if labels is not None:
                array = index_labels(array, labels, wanted, rows)
            if layers is not None and deferred and self.dtype is None:
                kept = Deferred.of(array, layers)
                if kept is not None and kept.shape[1:] == self.shape:
                    return kept
            if layers is not None:
                array = layers.process(array, path)
            array = as_model_takes(array, self.dtype)
        except MisfitError as error:
            kind = "text" if self.raw == "string" else self.raw
            raise SpecError([misfit(error, wanted, rows, path, f"in training it is {kind}")]) from None
        if layers is not None and gaps(array) is not None:
            message = f"`preprocess` makes numbers of {self._shown} that are not finite"
            raise SpecError([Problem("not-finite", path, message)])
        if array.shape[1:] != self.shape:
            message = (
                f"in the {rows.part} data a row of {self._shown} has the shape {array.shape[1:]}, "
                f"in training it has {self.shape}"
            )
            raise SpecError([Problem("wrong-shape", path, message)])
        return array

    @property
    def _shown(self) -> str:
        return ", ".join(f"`{field}`" for field in self.fields)

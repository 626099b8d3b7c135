"""What one input or one output's targets are made of while its plan is still to be learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from kspec.data.choice import field_path
from kspec.data.columns import gather, misfit
from kspec.data.field_plan import FieldPlan
from kspec.data.labels import TRUTH_LABELS
from kspec.data.plan import Plan, Side
from kspec.data.preprocess import Preprocessor, takes_missing_text
from kspec.data.rows import RowNames
from kspec.data.sources import Fields
from kspec.data.values import MisfitError, as_model_takes, cast, is_text
from kspec.spec.data import FieldSpec
from kspec.spec.problems import SpecError

Array = npt.NDArray[Any]
Sides = Mapping[Side, Mapping[str, FieldSpec]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the raw values of one input, or of one output's targets, are taken from the training rows.

    Args:
        side: Whether it is an input or a target.
        name: Name of the input or the output.
        wanted: Its fields.
        raw: Type of its values: a NumPy type, or `string`.
    """

    side: Side
    name: str
    wanted: FieldSpec
    raw: str

    @classmethod
    def of(cls, side: Side, name: str, wanted: FieldSpec, head: Fields, rows: RowNames) -> Recipe:
        """Return the recipe of some fields.

        Args:
            side: Whether it is an input or a target.
            name: Name of the input or the output.
            wanted: Its fields.
            head: Some of the rows; all have the same types.
            rows: What messages call them.
        """
        array = gather(head, wanted, rows, column=side == "input" or bool(wanted.preprocess))
        raw = "string" if is_text(array) else array.dtype.name
        if array.dtype.kind == "f" and array.dtype.itemsize > 4 and wanted.dtype is None:
            raw = "float32"
        return cls(side, name, wanted, raw)

    @property
    def key(self) -> str:
        """Under what its layers and its place are kept."""
        return f"{self.side}-{self.name}"

    @property
    def column(self) -> bool:
        """Whether one value a row becomes a column."""
        return self.side == "input" or bool(self.wanted.preprocess)

    @property
    def indexed(self) -> bool:
        """Whether its text is numbered by the labels that the training rows have."""
        return self.side == "target" and self.raw == "string" and not self.wanted.preprocess

    def array(self, fields: Fields, rows: RowNames) -> Array:
        """Return the raw values of some rows, of shape `(rows, ...)`.

        Raises:
            SpecError: A value does not fit the type.
        """
        try:
            array = cast(gather(fields, self.wanted, rows, column=self.column), self.raw)
            if not self.wanted.preprocess:
                as_model_takes(array[:1], self.wanted.dtype)
            return array
        except MisfitError as error:
            raise SpecError([misfit(error, self.wanted, rows, field_path(self.wanted, 0))]) from None

    def plan(self, head: Array, layers: Preprocessor | None) -> FieldPlan:
        """Return what has been learnt.

        Args:
            head: Some raw rows.
            layers: The layers that the values pass through, all of them adapted; or None.
        """
        wanted = self.wanted
        shape = layers.process(head[:1], wanted.path).shape[1:] if layers else head.shape[1:]
        masked = takes_missing_text(wanted.preprocess)
        return FieldPlan(
            wanted.fields,
            wanted.slice,
            wanted.dtype,
            bool(layers),
            self.column,
            masked,
            self.raw,
            shape,
            wanted.missing,
        )


def masked_keys(sides: Sides) -> set[str]:
    """Return the keys of the inputs and the targets in which missing text is wanted."""
    return {
        f"{side}-{name}"
        for side, fields in sides.items()
        for name, wanted in fields.items()
        if takes_missing_text(wanted.preprocess)
    }


def plan_of(
    recipes: Sequence[Recipe],
    heads: Mapping[str, Array],
    layers: Mapping[str, Preprocessor],
    labels: Mapping[str, tuple[str, ...]],
    known_labels: tuple[str, ...] | None,
) -> Plan:
    """Return the plan of a spec's data.

    Args:
        recipes: How every input and every output's targets are taken from the rows.
        heads: Some raw rows of each, by its key.
        layers: The adapted layers, by key.
        labels: The labels of every output whose text is numbered.
        known_labels: Class names of the field `y` that the source knows.
    """
    plans: dict[Side, dict[str, FieldPlan]] = {"input": {}, "target": {}}
    named: dict[str, tuple[str, ...]] = {}
    for recipe in recipes:
        plans[recipe.side][recipe.name] = recipe.plan(heads[recipe.key], layers.get(recipe.key))
        if recipe.side == "input" or recipe.wanted.preprocess:
            continue
        if recipe.indexed:
            named[recipe.name] = labels[recipe.name]
        elif recipe.raw == "bool":
            named[recipe.name] = TRUTH_LABELS
        elif known_labels and recipe.wanted.fields == ("y",):
            named[recipe.name] = known_labels
    indexed = tuple(recipe.name for recipe in recipes if recipe.indexed)
    paths = {recipe.key: recipe.wanted.path for recipe in recipes}
    return Plan(plans["input"], plans["target"], layers, named, indexed, paths)

"""Which fields become which inputs and targets, and what preprocessing learns from the training rows."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from kspec.data.chain import MakeLayer, learn
from kspec.data.choice import unknown_fields
from kspec.data.columns import gather
from kspec.data.filling import Means, wants_means
from kspec.data.gaps import check_complete
from kspec.data.labels import label_names
from kspec.data.plan import Plan
from kspec.data.preprocess import Preprocessor, takes_missing_text
from kspec.data.recipes import Recipe, Sides, plan_of
from kspec.data.rows import RowNames, named
from kspec.data.sources import Fields, Stream
from kspec.spec.problems import Problem, SpecError

Array = npt.NDArray[Any]


def make_plan(
    sides: Sides,
    rows: Fields,
    every: Fields,
    *,
    names: RowNames | None = None,
    known_labels: tuple[str, ...] | None,
    make_layer: MakeLayer,
) -> Plan:
    """Return the plan of a spec's data, learnt from its training rows.

    Args:
        sides: Fields of every input and of every output's targets.
        rows: Training rows that will be used.
        every: All training rows, whose text labels count.
        names: What messages call `rows`.
        known_labels: Class names of the field `y` that the source knows.
        make_layer: Builds a preprocessing layer.

    Raises:
        SpecError: The fields are not what the spec says, or a layer refuses them.
    """
    names = names or named("train")
    means = Means(wants_means(wanted for fields in sides.values() for wanted in fields.values()))
    means.see(rows)
    sides = with_means(sides, means)
    check_fields(sides, rows, names)
    recipes: list[Recipe] = []
    heads: dict[str, Array] = {}
    layers: dict[str, Preprocessor] = {}
    labels: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for side, fields in sides.items():
        for name, wanted in fields.items():
            try:
                recipe = Recipe.of(side, name, wanted, rows.head(1), names)
                array = recipe.array(rows, names)
                if wanted.preprocess:
                    layers[recipe.key] = learn(wanted.preprocess, array, make_layer)
            except SpecError as error:
                problems += error.problems
                continue
            recipes.append(recipe)
            heads[recipe.key] = array[:1]
            if recipe.indexed:
                labels[name] = label_names(gather(every, wanted, named("train"), column=False))
    if problems:
        raise SpecError(problems)
    return plan_of(recipes, heads, layers, labels, known_labels)


def with_means(sides: Sides, means: Means) -> Sides:
    """Return fields with their means where a mean is to stand in for missing values."""
    return {side: {name: means.put_into(wanted) for name, wanted in fields.items()} for side, fields in sides.items()}


def check_fields(sides: Sides, fields: Fields | Stream, rows: RowNames) -> None:
    """Refuse rows in which fields or values are missing, naming all of them; values of a stream are not looked at.

    Raises:
        SpecError: Something is missing.
    """
    every = [wanted for side in sides.values() for wanted in side.values()]
    problems = [problem for wanted in every for problem in unknown_fields(fields, wanted)]
    if not problems and isinstance(fields, Fields):
        for wanted in every:
            problems += check_complete(fields, wanted, rows, masked=takes_missing_text(wanted.preprocess))
    if problems:
        raise SpecError(problems)

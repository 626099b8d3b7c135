"""Class weights: how many rows each class has, and what a row of each weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.labels import class_numbers, shown_labels
from kspec.data.weights import Weights
from kspec.spec.class_weights import ClassWeight
from kspec.spec.problems import Path, Problem, SpecError, did_you_mean


@dataclass(slots=True)
class ClassCounts:
    """How many training rows each class has."""

    rows: dict[int, int] = field(default_factory=dict)

    def see(self, targets: npt.NDArray[Any], path: Path) -> None:
        """Count some rows.

        Args:
            targets: Class numbers, or one-hot rows.
            path: Place of the class weights.

        Raises:
            SpecError: The targets are no classes.
        """
        for number, count in zip(*np.unique(_classes(targets, path), return_counts=True), strict=True):
            self.rows[int(number)] = self.rows.get(int(number), 0) + int(count)

    def weights(
        self, given: ClassWeight, names: Sequence[str], path: Path, *, numbered: bool = True
    ) -> dict[int, float]:
        """Return the weight of every class that there is.

        `balanced` gives a class the weight `rows / (classes * rows of the class)`, as scikit-learn's
        `compute_class_weight` does. Classes that are not named weigh 1.

        Args:
            given: Weight by label, or `balanced`.
            names: Label names in the order of their numbers; empty if a label is its number.
            path: Place of the class weights.
            numbered: Whether a class may be called by its number although it has a name.

        Raises:
            SpecError: A label does not occur.
        """
        numbers = sorted(self.rows)
        if isinstance(given, str):
            every = sum(self.rows.values())
            return {number: every / (len(numbers) * self.rows[number]) for number in numbers}
        labels = {str(number): number for number in numbers} if numbered or not names else {}
        labels |= {name: number for number, name in enumerate(names) if number in self.rows}
        known = [name for name in labels if not names or name in names]
        weights = dict.fromkeys(numbers, 1.0)
        problems = []
        for label, weight in given.items():
            number = labels.get(label, labels.get(_whole(label)))
            if number is None:
                hint = did_you_mean(label, known) or f"the labels are {shown_labels(known)}"
                message = f"no training row has the label `{label}`"
                problems.append(Problem("unknown-label", (*path, label), message, hint, at="key"))
            else:
                weights[number] = weight
        if problems:
            raise SpecError(problems)
        return weights


def class_weights(targets: npt.NDArray[Any], weights: Mapping[int, float], path: Path) -> Weights:
    """Return the weight of every row by its class.

    Args:
        targets: Class numbers, or one-hot rows.
        weights: Weight of every class.
        path: Place of the class weights.

    Raises:
        SpecError: The targets are no classes.
    """
    numbers = np.array(sorted(weights))
    by_class = np.array([weights[number] for number in numbers.tolist()])
    return by_class[np.searchsorted(numbers, _classes(targets, path))].astype(np.float32)


def _classes(targets: npt.NDArray[Any], path: Path) -> npt.NDArray[np.int64]:
    try:
        return class_numbers(targets)
    except ValueError as error:
        raise SpecError([Problem("not-classes", path, f"class weights need classes: {error}")]) from None


def _whole(label: str) -> str:
    """Return `1` for `1.0`: the label of a class that was written as a number."""
    try:
        number = float(label)
    except ValueError:
        return label
    return str(int(number)) if number.is_integer() else label

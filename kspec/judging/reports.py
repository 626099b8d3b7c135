"""What is found out about one output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kspec.judging.calibration import Bin
from kspec.judging.curves import Curve
from kspec.judging.rows import Floats, Kind

Score = float | None
"""A number that may not be defined for the samples that there are."""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How well one class or label is told.

    Args:
        name: Its name.
        precision: Share of the samples taken for it that are of it; None if none was.
        recall: Share of its samples that were taken for it; None if there are none.
        f1: Harmonic mean of both; None if neither is defined.
        support: Number of its samples.
        roc_auc: Area under its receiver operating characteristic, one class against the rest.
        average_precision: Area under its curve of precision and recall.
    """

    name: str
    precision: Score
    recall: Score
    f1: Score
    support: int
    roc_auc: Score = None
    average_precision: Score = None


@dataclass(frozen=True, slots=True)
class ClassReport:
    """How well classes or labels are told.

    Args:
        kind: `classes` or `labels`.
        samples: Number of samples.
        steps: Samples of one row.
        weighted: Whether samples count by their weights.
        numbers: Accuracy and the like, by name.
        classes: The classes that occur, wanted or predicted, in their order.
        averages: Averages of their scores: `macro`, `weighted` and, for labels, `micro`.
        confusion: How often each class (rows) was taken for each (columns); None for labels.
        names: Names of all classes, those of the confusion.
        roc: Receiver operating characteristics; of two classes that of the second.
        precision_recall: Curves of precision and recall; of two classes that of the second.
        calibration: Probabilities beside what came true.
        notes: What could not be told, and why.
    """

    kind: Kind
    samples: int
    steps: int
    weighted: bool
    numbers: Mapping[str, float]
    classes: tuple[ClassScore, ...]
    averages: Mapping[str, Mapping[str, float]]
    names: tuple[str, ...]
    confusion: npt.NDArray[np.int64] | None = None
    roc: tuple[Curve, ...] = ()
    precision_recall: tuple[Curve, ...] = ()
    calibration: tuple[Bin, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetScore:
    """How far one target is missed, in its own unit.

    Args:
        name: Its name.
        numbers: Errors by name; without those that are not defined.
        actual: Some of the values that were wanted, for drawing.
        predicted: The values predicted in their place.
        edges: Edges of the bins of residuals, from low to high.
        counts: Number of residuals, wanted minus predicted, between them.
    """

    name: str
    numbers: Mapping[str, float]
    actual: Floats
    predicted: Floats
    edges: Floats
    counts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ValueReport:
    """How far values are missed.

    Args:
        samples: Number of samples.
        steps: Samples of one row.
        weighted: Whether samples count by their weights.
        numbers: Errors over all targets: means of theirs, and the largest.
        targets: The targets, one by one.
        notes: What could not be told, and why.
    """

    samples: int
    steps: int
    weighted: bool
    numbers: Mapping[str, float]
    targets: tuple[TargetScore, ...]
    notes: tuple[str, ...] = ()
    kind: Kind = field(default="values", init=False)


Report = ClassReport | ValueReport

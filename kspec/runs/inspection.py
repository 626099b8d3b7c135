"""What was seen of a spec's data before training, as plain values for the screen, for programs and for pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import Literal

Kind = Literal["number", "truth", "text", "date", "image", "array"]
Task = Literal["classes", "labels", "numbers", "values"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a field.

    Args:
        count: How many there are, those that are missing or infinite not counted.
        low: The least.
        high: The greatest.
        mean: Their mean.
        deviation: Their standard deviation, divided by the count.
        quartiles: The values below which a quarter, half and three quarters lie; None for arrays.
        outliers: Share of them beyond three times the range between the quartiles; None for arrays.
        zeros: How many are 0.
        infinite: How many are infinite.
        whole: Whether all of them are whole numbers.
        exact: Whether quartiles, outliers and bins are those of all rows, not of rows drawn from them.
        bins: How many lie in each of twelve parts of equal width between the least and the greatest; empty for arrays.
    """

    count: int
    low: float
    high: float
    mean: float
    deviation: float
    quartiles: tuple[float, float, float] | None = None
    outliers: float | None = None
    zeros: int = 0
    infinite: int = 0
    whole: bool = False
    exact: bool = True
    bins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a field.

    Args:
        characters: The fewest, the mean, and the most characters of a text.
        words: The fewest, the mean, and the most words of a text.
        vocabulary: How many words differ; None if these are more than were counted.
        empty: Texts that are empty or blank.
        examples: The first texts.
        common: The most frequent texts with their counts, where not too many differ.
    """

    characters: tuple[int, float, int]
    words: tuple[int, float, int]
    vocabulary: int | None
    empty: int = 0
    examples: tuple[str, ...] = ()
    common: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class FieldProfile:
    """One field of one part.

    Args:
        name: Its name.
        kind: What it holds.
        dtype: NumPy's name of its type; `text` for text.
        shape: Shape of one row.
        rows: Number of rows.
        missing: Values that are missing.
        distinct: Different values; None if these are more than were counted.
        numbers: All of its numbers together; None for text.
        texts: What its texts are like; None for numbers.
        elements: The numbers of each place of a row, for short rows of numbers.
        places: What these places are called, where they are fields of their own, too.
        constant: Places of a row that hold the same value in every row.
        span: First and last date.
    """

    name: str
    kind: Kind
    dtype: str
    shape: tuple[int, ...]
    rows: int
    missing: int = 0
    distinct: int | None = None
    numbers: Numbers | None = None
    texts: Texts | None = None
    elements: tuple[Numbers, ...] = ()
    places: tuple[str, ...] = ()
    constant: int = 0
    span: tuple[str, str] | None = None

    def place(self, number: int) -> str:
        """Return what a place of a row is called."""
        return self.places[number] if self.places else f"{self.name}[{number}]"


@dataclass(frozen=True, slots=True)
class PartProfile:
    """One part of the data.

    Args:
        name: `train`, `validation` or `test`.
        rows: Number of rows.
        fields: The fields that are used.
        repeated: Rows whose inputs are those of an earlier row of the part; None if too many rows were to be compared.
        shared: Rows whose inputs are those of a training row; None as well for the training rows themselves.
    """

    name: str
    rows: int
    fields: Mapping[str, FieldProfile]
    repeated: int | None = None
    shared: int | None = None


@dataclass(frozen=True, slots=True)
class TargetProfile:
    """The targets of one output.

    Args:
        output: The output.
        field: The field that they come from.
        task: One class a row, several labels a row, a number a row, or arrays of numbers.
        names: Names of the classes or labels.
        counts: For every part, the rows of each class, or those that have each label.
        baseline: For every part, what guessing the same for every row comes to: `accuracy`, or `mae` and `rmse`.
        guess: That guess: the most frequent class, or the mean.
        columns: The fields, where several numbers stand side by side.
    """

    output: str
    field: str
    task: Task
    names: tuple[str, ...] = ()
    counts: Mapping[str, tuple[int, ...]] = made_by(default_factory=dict)
    baseline: Mapping[str, Mapping[str, float]] = made_by(default_factory=dict)
    guess: str = ""
    columns: tuple[str, ...] = ()

    @property
    def imbalance(self) -> float | None:
        """How many times more training rows the most frequent class has than the rarest that has any."""
        there = [count for count in self.counts.get("train", ()) if count]
        return max(there) / min(there) if self.task == "classes" and len(there) > 1 else None


@dataclass(frozen=True, slots=True)
class Fed:
    """What one input of the model is fed, after all preprocessing.

    Args:
        name: The input.
        fields: The fields that it is made of.
        dtype: NumPy's name of the type; `text` for text.
        shape: Shape of one row.
        rows: Rows that were looked at.
        numbers: All of its numbers together; None for text.
    """

    name: str
    fields: tuple[str, ...]
    dtype: str
    shape: tuple[int, ...]
    rows: int
    numbers: Numbers | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """The data of a spec.

    Args:
        name: Name of the spec or the run.
        origin: Where each part comes from.
        parts: The parts by name, the training part first.
        inputs: The fields of every input.
        targets: The targets of every output.
        weights: Fields that weigh rows.
        unused: Fields that are not used.
        notice: What must be said loudly; empty otherwise.
    """

    name: str
    origin: Mapping[str, str]
    parts: Mapping[str, PartProfile]
    inputs: Mapping[str, tuple[str, ...]]
    targets: tuple[TargetProfile, ...]
    weights: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    notice: str = ""

    @property
    def train(self) -> PartProfile:
        """The training part."""
        return self.parts["train"]

"""What is written of predictions: columns, whatever the kind of file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from kspec.spec.problems import Problem, SpecError

if TYPE_CHECKING:
    from kspec.engine.predicting.prediction import OutputMeaning, Prediction

Array = npt.NDArray[Any]
MANY = 10
"""Classes up to which the probabilities of all are written, unless asked otherwise."""


@dataclass(frozen=True, slots=True)
class Column:
    """Something that is written of every row.

    Args:
        name: What it is called.
        values: Array of shape `(rows, ...)`.
        kind: `plain` values; `chances` of all classes, or of the second alone of two, along the last axis; the numbers
            of the likeliest classes (`top`); which labels hold (`labels`).
        classes: Names of the classes.
        chances: For `top`, the probabilities, of the shape of `values`.
        prefix: Stands before the names of the columns that a table has for it.
    """

    name: str
    values: Array
    kind: Literal["plain", "chances", "top", "labels"] = "plain"
    classes: tuple[str, ...] = ()
    chances: Array | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What of predictions is written.

    Args:
        top: Write so many of the likeliest classes; None for the likeliest alone.
        probabilities: Whether to write those of all classes; None for where they are few.
        raw: Write what the model gave, and nothing made of it.
    """

    top: int | None = None
    probabilities: bool | None = None
    raw: bool = False

    def check(self, meanings: Mapping[str, OutputMeaning], widths: Mapping[str, int]) -> None:
        """Refuse what the outputs do not have.

        Args:
            meanings: What every output that is written says.
            widths: Size of its last axis.

        Raises:
            SpecError: More of the likeliest classes are wanted than there are, or there are no classes.
        """
        if self.top is None:
            return
        classes = {
            name: max(widths[name], 2) for name, found in meanings.items() if found.kind in ("classes", "binary")
        }
        if not classes:
            hint = "leave `--top` out"
            raise SpecError([Problem("bad-top", (), "no output tells one of several classes", hint)])
        for name, number in classes.items():
            if self.top > number:
                message = f"`--top {self.top}` is more than the {number} classes of `{name}`"
                raise SpecError([Problem("bad-top", (), message, f"at most `--top {number}`")])

    def columns(self, predictions: Mapping[str, Prediction]) -> list[Column]:
        """Return the columns of some predictions, by output."""
        one = len(predictions) == 1
        return [
            column for name, prediction in predictions.items()
            for column in self._columns(prediction, "" if one else f"{name}.")
        ]  # fmt: skip

    def _columns(self, prediction: Prediction, prefix: str) -> Iterator[Column]:
        values, classes, chosen = prediction.values, prediction.classes, prediction.chosen
        if self.raw or not classes:
            yield Column(prefix + ("raw" if self.raw else "prediction"), values)
            return
        if prediction.held is not None:
            yield Column(f"{prefix}prediction", prediction.held, "labels", classes)
        elif chosen is not None:
            yield Column(f"{prefix}prediction", np.array(classes)[chosen])
            yield Column(f"{prefix}probability", np.asarray(prediction.probability))
            if self.top is not None and chosen.ndim == 1:
                every = np.concatenate([1 - values, values], axis=-1) if values.shape[-1] == 1 else values
                best = np.argsort(-every, axis=-1, kind="stable")[:, : self.top]
                chances = np.take_along_axis(every, best, axis=-1)
                yield Column(f"{prefix}top", best, "top", classes, chances, prefix)
        if self._all(len(classes)):
            yield Column(f"{prefix}probabilities", values, "chances", classes, prefix=prefix)

    def _all(self, classes: int) -> bool:
        return classes <= MANY and self.top is None if self.probabilities is None else self.probabilities


def check_names(kept: Collection[str], columns: Sequence[Column]) -> None:
    """Refuse to carry along a field that is called as a column of the predictions.

    Raises:
        SpecError: There is one.
    """
    own = {"row", *(column.name for column in columns)}
    own |= {f"{column.prefix}p({label})" for column in columns for label in column.classes}
    own |= {f"{column.prefix}{name}_{place + 1}" for column in columns if column.kind == "top"
            for name in ("class", "probability") for place in range(column.values.shape[1])}  # fmt: skip
    if taken := sorted(own.intersection(kept)):
        message = f"the field `{taken[0]}` cannot be kept: the predictions have a column of that name"
        raise SpecError([Problem("bad-keep", (), message, "call it otherwise in the rows")])

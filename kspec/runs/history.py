"""The metrics of every epoch, and the best of them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kspec.runs.events import Direction
from kspec.spec.problems import Problem, SpecError

EPOCH, LEARNING_RATE, SECONDS = "epoch", "learning_rate", "seconds"
VALIDATION = "val_"
_NOT_METRICS = {EPOCH, LEARNING_RATE, SECONDS}


@dataclass(frozen=True, slots=True)
class Best:
    """The best value of a metric and the epoch, counted from 1, in which it was reached."""

    epoch: int
    value: float


@dataclass(slots=True)
class History:
    """One row an epoch: `epoch`, its metrics, `learning_rate` and `seconds`.

    Args:
        rows: The epochs in order.
        directions: For each metric, without `val_`, whether less or more is better.
    """

    rows: list[dict[str, float]] = field(default_factory=list)
    directions: Mapping[str, Direction] = field(default_factory=dict)

    @property
    def epochs(self) -> list[int]:
        """Numbers of the epochs, counted from 1."""
        return [int(row[EPOCH]) for row in self.rows]

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics without `val_`, `loss` first, then in the order in which they appeared."""
        names = dict.fromkeys(
            name.removeprefix(VALIDATION) for row in self.rows for name in row if name not in _NOT_METRICS
        )
        return sorted(names, key=lambda name: name != "loss")

    def series(self, name: str) -> list[float]:
        """Return a column, NaN for epochs that lack it."""
        return [row.get(name, math.nan) for row in self.rows]

    def has(self, name: str) -> bool:
        """Say whether any epoch has a finite value under this name."""
        return any(math.isfinite(value) for value in self.series(name))

    def direction(self, name: str) -> Direction:
        """Return whether less (`min`) or more (`max`) of this metric is better."""
        name = name.removeprefix(VALIDATION)
        return self.directions.get(name) or guess_direction(name)

    def best(self, name: str) -> Best | None:
        """Return the first epoch that reached the best finite value, or None where there is none."""
        pairs = [(epoch, v) for epoch, v in zip(self.epochs, self.series(name), strict=True) if math.isfinite(v)]
        if not pairs:
            return None
        sign = 1 if self.direction(name) == "min" else -1
        epoch, value = min(pairs, key=lambda pair: (sign * pair[1], pair[0]))
        return Best(epoch, value)

    def to_csv(self) -> str:
        """Return the history as CSV text with a header."""
        out = io.StringIO()
        columns = list(dict.fromkeys(name for row in self.rows for name in row))
        columns.sort(key=lambda name: (name != EPOCH, name in _NOT_METRICS))
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        for row in self.rows:
            writer.writerow([_cell(name, row.get(name)) for name in columns])
        return out.getvalue()

    @classmethod
    def from_csv(cls, text: str, directions: Mapping[str, Direction] | None = None) -> History:
        """Read what `to_csv` wrote. A last line that was cut short is left out.

        Raises:
            ValueError: It is something else.
        """
        try:
            lines = list(csv.reader(io.StringIO(text)))
        except csv.Error as error:
            raise ValueError(str(error)) from error
        if not lines:
            return cls([], directions or {})
        rows = list(_rows(lines[0], lines[1:]))
        if rows and [row.get(EPOCH) for row in rows] != list(range(1, len(rows) + 1)):
            raise ValueError("its epochs are not 1, 2, 3 and so on")
        return cls(rows, directions or {})


def read_history(path: Path, directions: Mapping[str, Direction] | None = None) -> History:
    """Return the history in a file; an empty one if there is no such file yet.

    Raises:
        SpecError: The file is damaged.
    """
    try:
        return History.from_csv(path.read_text(encoding="utf-8") if path.exists() else "", directions)
    except (OSError, ValueError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise SpecError([Problem("damaged-run", (), f"`{path}` cannot be read: {reason}")]) from None


def guess_direction(name: str) -> Direction:
    """Return the direction of a metric by its name: losses and errors shrink, everything else grows."""
    name = name.lower()
    smaller = (
        "loss",
        "error",
        "crossentropy",
        "mse",
        "mae",
        "mape",
        "msle",
        "rmse",
        "hinge",
        "divergence",
        "poisson",
        "false",
    )
    return "min" if any(word in name for word in smaller) else "max"


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if name == EPOCH else repr(float(value))


def _rows(header: Sequence[str], lines: Iterable[Sequence[str]]) -> Iterable[dict[str, float]]:
    for line in lines:
        if len(line) != len(header):
            return
        yield {name: float(cell) for name, cell in zip(header, line, strict=True) if cell != ""}

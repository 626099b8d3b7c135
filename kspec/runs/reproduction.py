"""Two trainings of one spec held against each other: epoch by epoch, and variable by variable."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.runs.differences import Difference
from kspec.runs.history import EPOCH, SECONDS, History

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Deviation:
    """A number that came out otherwise.

    Args:
        name: The metric, or the result, such as `test.accuracy`.
        before: What it was; None where there was none.
        now: What it is; None where there is none.
        epoch: The epoch of it, counted from 1; None of a result.
    """

    name: str
    before: float | None
    now: float | None
    epoch: int | None = None

    @property
    def size(self) -> float:
        """How far apart both are; infinite where one of them is missing or not finite."""
        if self.before is None or self.now is None:
            return math.inf
        distance = abs(self.now - self.before)
        return distance if math.isfinite(distance) else math.inf


@dataclass(frozen=True, slots=True)
class VariableDeviation:
    """A variable of a model that came out otherwise.

    Args:
        name: Its path in the model.
        state: `last` or `best`.
        values: Number of its values that differ.
        size: Number of its values.
        largest: Largest difference; infinite where shapes differ or a value is not finite.
    """

    name: str
    state: str
    values: int
    size: int
    largest: float


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What came of training a run again.

    Args:
        run: Path of the run.
        again: Path of the run that repeats it.
        epochs: Epochs of either.
        history: The first deviation of every metric, in the order of epochs.
        largest: The largest deviation of every metric.
        results: Final metrics that differ.
        variables: Variables that differ.
        digests: SHA-256 of the variables of either run, by state.
        surroundings: What else differs: versions, data, devices.
        notices: What must not be missed.
    """

    run: str
    again: str
    epochs: tuple[int, int]
    history: tuple[Deviation, ...] = ()
    largest: tuple[Deviation, ...] = ()
    results: tuple[Deviation, ...] = ()
    variables: tuple[VariableDeviation, ...] = ()
    digests: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    surroundings: tuple[Difference, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether history, results and variables are the same to the last bit."""
        same = all(one == other for one, other in self.digests.values())
        return same and self.epochs[0] == self.epochs[1] and not (self.history or self.results or self.variables)

    def record(self) -> dict[str, Any]:
        """Return the comparison as plain values."""
        return {
            "identical": self.identical,
            **asdict(self),
            "surroundings": [difference.record() for difference in self.surroundings],
        }


def history_deviations(before: History, now: History) -> tuple[list[Deviation], list[Deviation]]:
    """Return of every metric the first epoch in which it differs, and the one in which it differs most.

    The seconds of an epoch are no metric. An epoch that only one of them has differs in all metrics.
    """
    first: dict[str, Deviation] = {}
    largest: dict[str, Deviation] = {}
    rows = [{int(row[EPOCH]): row for row in history.rows} for history in (before, now)]
    names = dict.fromkeys(name for by_epoch in rows for row in by_epoch.values() for name in row)
    for epoch in sorted({*rows[0], *rows[1]}):
        for name in names:
            was, is_now = (by_epoch.get(epoch, {}).get(name) for by_epoch in rows)
            found = Deviation(name, was, is_now, epoch)
            if name in (EPOCH, SECONDS) or _same(found.before, found.now):
                continue
            first.setdefault(name, found)
            if name not in largest or found.size > largest[name].size:
                largest[name] = found
    return sorted(first.values(), key=lambda item: item.epoch or 0), list(largest.values())


def result_deviations(before: Mapping[str, float | None], now: Mapping[str, float | None]) -> list[Deviation]:
    """Return the final metrics that differ."""
    pairs = [Deviation(name, before.get(name), now.get(name)) for name in dict.fromkeys([*before, *now])]
    return [pair for pair in pairs if not _same(pair.before, pair.now)]


def variable_deviations(state: str, before: Sequence[tuple[str, Array]], now: Sequence[tuple[str, Array]]) -> (
    list[VariableDeviation]
):  # fmt: skip
    """Return the variables that differ.

    Args:
        state: `last` or `best`.
        before: Path and values of each variable, in the order of the model.
        now: The same of the model that repeats it.
    """
    found = []
    for number, (name, values) in enumerate(before):
        other = now[number][1] if number < len(now) else np.empty(0)
        if values.shape != other.shape or values.dtype != other.dtype:
            found.append(VariableDeviation(name, state, values.size, values.size, math.inf))
        elif values.tobytes() != other.tobytes():
            # Bytes tell apart what numbers do not: 0 from -0, and one that is not finite from another.
            one, two = (np.frombuffer(each.tobytes(), np.uint8).reshape(values.size, -1) for each in (values, other))
            apart = (one != two).any(axis=1)
            with np.errstate(all="ignore"):
                sizes = np.abs(values.astype(np.float64) - other.astype(np.float64))
            largest = float(np.max(sizes)) if np.isfinite(sizes).all() else math.inf
            found.append(VariableDeviation(name, state, int(apart.sum()), values.size, largest))
    return found


def digest(variables: Sequence[tuple[str, Array]]) -> str:
    """Return the SHA-256 of variables: of their types, shapes and bytes, in order."""
    sha = hashlib.sha256()
    for _, values in variables:
        sha.update(f"{values.dtype.str}{values.shape}".encode())
        sha.update(np.ascontiguousarray(values).tobytes())
    return sha.hexdigest()


def _same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and math.isnan(one) and math.isnan(other))

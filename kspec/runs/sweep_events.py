"""What happens while values are tried out, as values. The command emits them, the console shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

TrialStatus = Literal["done", "pruned", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class SweepStarted:
    """A sweep is about to begin, or to go on.

    Args:
        name: Name of its folder, such as `mnist-sweep-1`.
        path: Its folder.
        trials: Trials that it is to have.
        finished: Trials that it has already.
        metric: Column of the history that is made better.
        direction: `maximize` or `minimize`.
    """

    name: str
    path: str
    trials: int
    finished: int
    metric: str
    direction: str


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """A trial begins with these values, by their paths in the spec."""

    trial: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TrialEpoch:
    """A trial has finished an epoch; `value` is the metric, None where it is no number."""

    trial: int
    epoch: int
    value: float | None


@dataclass(frozen=True, slots=True)
class TrialEnded:
    """A trial is over.

    Args:
        trial: Its number, counted from 1.
        status: How it ended.
        value: Best value of the metric, or None.
        epoch: Epoch that reached it.
        seconds: Wall-clock time.
        values: What was tried, by path.
        best: Whether no trial was better.
        reason: Why it failed.
    """

    trial: int
    status: TrialStatus
    value: float | None
    epoch: int | None
    seconds: float
    values: Mapping[str, Any]
    best: bool = False
    reason: str = ""


SweepEvent = SweepStarted | TrialStarted | TrialEpoch | TrialEnded
SweepObserver = Callable[[SweepEvent], None]

"""What happens while a model trains, as values. The engine emits them, the console shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kspec.spec.problems import Problem

Direction = Literal["min", "max"]


@dataclass(frozen=True, slots=True)
class Phase:
    """Preparation has reached a new phase, such as `reading data` or `building the model`."""

    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user must not miss, such as a fallback that took the place of the data asked for."""

    text: str
    severity: Literal["note", "warning"] = "warning"


@dataclass(frozen=True, slots=True)
class Warned:
    """Warnings about the spec, each with its place in it."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class TrainingStarted:
    """Training is about to begin.

    Args:
        run: Name of the run folder, such as `mnist-1`.
        path: The run folder.
        epochs: Number of the last epoch.
        first_epoch: Number of the first epoch of this process, counted from 1; more than 1 after a resume.
        batch_size: Rows of a step.
        rows: Rows of every part: `train`, `validation`, `test`.
        parameters: Number of the model's parameters.
        directions: For each metric, without `val_`, whether less (`min`) or more (`max`) is better.
        history: Rows of the epochs that were trained before, by a run that is now resumed.
    """

    run: str
    path: str
    epochs: int
    first_epoch: int
    batch_size: int
    rows: Mapping[str, int]
    parameters: int
    directions: Mapping[str, Direction]
    history: tuple[Mapping[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class EpochStarted:
    """An epoch begins. `epoch` counts from 1, `steps` is its number of batches."""

    epoch: int
    steps: int
    learning_rate: float | None = None


@dataclass(frozen=True, slots=True)
class BatchEnded:
    """A training step is done. `step` counts from 1; `logs` are the running means of the epoch so far."""

    epoch: int
    step: int
    steps: int
    rows: int
    logs: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ValidationStarted:
    """Training rows of the epoch are done, validation begins."""

    epoch: int


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """An epoch is done. `logs` holds training metrics and, under `val_` names, validation metrics.

    Args:
        epoch: Counted from 1.
        logs: Final metrics.
        learning_rate: The rate in use when the epoch ended; None if the optimizer has none.
        seconds: Wall-clock time of the epoch, validation included.
        rows_per_second: Training rows per second of training time.
    """

    epoch: int
    logs: Mapping[str, float]
    learning_rate: float | None
    seconds: float
    rows_per_second: float


@dataclass(frozen=True, slots=True)
class TrainingEnded:
    """Training is over: `done`, `stopped` early by a callback, `interrupted` or `failed`."""

    status: Literal["done", "stopped", "interrupted", "failed"]
    epochs: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of something that may take long, such as `evaluating`, in steps, rows or bytes, counted from 1.

    `steps` is 0 where nobody knows how many there will be.
    """

    task: str
    step: int
    steps: int
    logs: Mapping[str, float] = field(default_factory=dict)


Event = (
    Phase
    | Notice
    | Warned
    | TrainingStarted
    | EpochStarted
    | BatchEnded
    | ValidationStarted
    | EpochEnded
    | TrainingEnded
    | Progress
)
Observer = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Observe nothing."""


def telling(observe: Observer) -> Callable[[str, int, int], None]:
    """Return what tells an observer of progress: what is being done, how much of it, and how much there is."""
    return lambda task, done, total: observe(Progress(task, done, total))

"""How the model of a spec trains on this machine, as plain values for the screen and for programs."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from kspec.runs.environment import installed_versions
from kspec.runs.processor import describe_processor


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure that was measured several times."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of one or more values."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Path:
    """How the steps are taken.

    Args:
        kind: `loop` for many steps in one call of TensorFlow, or `fit` for Keras' own.
        compiled: Whether XLA compiles them.
        why: Why it is not the loop; empty otherwise.
        rule: What decided whether XLA compiles them; empty where nothing had to be decided.
        fused: Whether each step of the optimizer is one operation.
        shared: Whether the devices of a strategy share the batches.
    """

    kind: Literal["loop", "fit"]
    compiled: bool
    why: str = ""
    rule: str = ""
    fused: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """What an epoch is.

    Args:
        rows: Rows that one epoch of the measurement sees.
        steps: Its steps.
        all_rows: Rows that an epoch of a training sees.
        all_steps: Its steps.
        batch_size: Rows of a step.
        parameters: Number of the model's parameters.
    """

    rows: int
    steps: int
    all_rows: int
    all_steps: int
    batch_size: int
    parameters: int


@dataclass(frozen=True, slots=True)
class Epochs:
    """Epochs that were trained and timed, one after the other.

    Args:
        first_step: Seconds from the call that trains until the first step is done, tracing and compiling included.
        seconds: Seconds of training in each epoch, without validation. One epoch before them is not counted.
        loss: Loss of the last epoch.
        validation: Seconds of validation in each of these epochs; empty where nothing is validated.
    """

    first_step: float
    seconds: tuple[float, ...]
    loss: float
    validation: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Products of matrices and convolutions: what the steps come to, and what the machine can do.

    Args:
        row: Operations of a training step for each of its rows, a multiplication and an addition counted as two; None
            where they cannot be counted.
        why: Why they cannot be counted; empty otherwise.
        achieved: Operations a second of training, or None.
        peak: Operations a second of a large product of float32 matrices, in the same process; None if it failed.
    """

    row: float | None
    why: str
    achieved: float | None
    peak: float | None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """How the model of a spec trains on this machine.

    Args:
        name: The spec or the run.
        path: How the steps are taken.
        size: What an epoch is.
        to_first_step: Seconds of each phase until the first step is done, in their order.
        kspec: Epochs as `kspec train` takes them.
        fit: Epochs of Keras' own `fit` over the same rows in the same order, or None.
        without_fit: Why there are none.
        waited: Share of an epoch in which steps wait for their rows; None where it cannot be told.
        memory: Bytes that the process held at most while kspec trained, or None where the system does not tell.
        arithmetic: Operations a second.
        machine: Processor, cores, devices and versions.
        notices: What must not be missed.
    """

    name: str
    path: Path
    size: Size
    to_first_step: Mapping[str, float]
    kspec: Epochs
    fit: Epochs | None
    without_fit: str
    waited: float | None
    memory: int | None
    arithmetic: Arithmetic
    machine: Mapping[str, Any]
    notices: tuple[str, ...] = ()

    @property
    def epoch(self) -> Spread:
        """Seconds of training of an epoch."""
        return Spread.of(self.kspec.seconds)

    @property
    def rows_per_second(self) -> float:
        """Training rows a second."""
        return self.size.rows / self.epoch.median

    @property
    def steps_per_second(self) -> float:
        """Training steps a second."""
        return self.size.steps / self.epoch.median

    @property
    def ratio(self) -> Spread | None:
        """Seconds of an epoch of `fit` divided by those of kspec, round by round."""
        if self.fit is None:
            return None
        return Spread.of([theirs / ours for theirs, ours in zip(self.fit.seconds, self.kspec.seconds, strict=True)])

    def record(self) -> dict[str, Any]:
        """Return everything, with what follows from it, as values for `json.dumps`."""
        return {
            **asdict(self),
            "epoch": asdict(self.epoch),
            "rows_per_second": self.rows_per_second,
            "steps_per_second": self.steps_per_second,
            "ratio": asdict(self.ratio) if self.ratio else None,
        }


def describe_machine() -> dict[str, Any]:
    """Return what a benchmark runs on; `load` is that of the minute before, None where the system does not tell."""
    processor = describe_processor()
    return {
        "processor": processor["processor"] or platform.machine(),
        "cores": processor["cores"],
        "system": platform.platform(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "versions": installed_versions(),
    }

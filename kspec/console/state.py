"""What the training display knows: the latest events, and the best and the last values of every metric."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kspec.console.track import Track
from kspec.runs.events import (
    BatchEnded,
    Direction,
    EpochEnded,
    EpochStarted,
    Event,
    Phase,
    Progress,
    TrainingEnded,
    TrainingStarted,
    ValidationStarted,
)
from kspec.runs.history import EPOCH, LEARNING_RATE, SECONDS, guess_direction

_NOT_METRICS = {EPOCH, LEARNING_RATE, SECONDS}
_EPOCHS_MEASURED = 5


@dataclass(slots=True)
class DisplayState:
    """State that events write and a drawing thread reads.

    Everything in it is replaced and never changed in place, so that a drawing never meets half a change.

    Args:
        clock: Seconds from any fixed moment on.
    """

    clock: Callable[[], float] = time.monotonic
    training: TrainingStarted | None = None
    training_at: float = 0.0
    ended: TrainingEnded | None = None
    ended_at: float = 0.0
    closed: bool = False
    phase: str = ""
    phase_at: float = 0.0
    progress: Progress | None = None
    epoch: int = 0
    steps: int = 0
    epoch_at: float = 0.0
    first_batch: tuple[int, float] | None = None
    batch: BatchEnded | None = None
    batch_at: float = 0.0
    validation_at: float | None = None
    validation_seconds: float = 0.0
    epoch_seconds: tuple[float, ...] = ()
    learning_rate: float | None = None
    measured_rate: float | None = None
    tracks: Mapping[str, Track] = field(default_factory=dict)

    def observe(self, event: Event) -> None:
        """Take note of an event. This is called for every batch and only stores values."""
        now = self.clock()
        match event:
            case BatchEnded():
                if self.first_batch is None:
                    self.first_batch = (event.step, now)
                self.batch_at = now
                self.batch = event
            case EpochStarted():
                self.epoch, self.steps, self.epoch_at = event.epoch, event.steps, now
                self.batch = self.first_batch = self.validation_at = None
                self.phase = ""
            case ValidationStarted():
                self.validation_at = now
            case EpochEnded():
                self._end_epoch(event, now)
            case Phase():
                self.progress = None
                self.phase, self.phase_at = event.text, now
            case Progress():
                self.phase = ""
                self.progress = event
            case TrainingStarted():
                self._start(event, now)
            case TrainingEnded():
                self.phase = ""
                self.ended, self.ended_at = event, now

    def close(self, *, failed: bool = False) -> None:
        """End the display: from now on only what is to stay on the screen is drawn.

        Args:
            failed: Whether training that has not ended by itself has failed; otherwise it was interrupted.
        """
        if self.training and not self.ended:
            self.observe(TrainingEnded("failed" if failed else "interrupted", self.epoch))
        self.closed = True

    @property
    def rows_per_second(self) -> float | None:
        """Training speed in this epoch, or in the last one before there is a measure."""
        steps = self._steps_per_second()
        return steps * self.training.batch_size if steps and self.training else self.measured_rate

    def epoch_left(self) -> float | None:
        """Return the seconds until this epoch ends, validation included; None while nothing is measured."""
        now = self.clock()
        if self.validation_at is not None:
            return max(0.0, self.validation_seconds - (now - self.validation_at)) if self.epoch_seconds else None
        steps = self._steps_per_second()
        if steps and self.batch:
            return (self.steps - self.batch.step) / steps + self.validation_seconds
        return max(0.0, self._typical_epoch() - (now - self.epoch_at)) if self.epoch_seconds else None

    def total_left(self) -> float | None:
        """Return the seconds until the last epoch ends; None while nothing is measured."""
        left = self.epoch_left()
        if left is None or self.training is None:
            return None
        steps = self._steps_per_second()
        epoch = self._typical_epoch() if self.epoch_seconds else self.steps / steps if steps else math.nan
        return left + max(0, self.training.epochs - self.epoch) * epoch

    def _start(self, event: TrainingStarted, now: float) -> None:
        self.phase, self.ended, self.batch = "", None, None
        self.epoch, self.steps, self.epoch_seconds = event.first_epoch - 1, 0, ()
        self.training_at = now
        self.tracks = {}
        self.training = event
        for row in event.history:
            self.learning_rate = row.get(LEARNING_RATE, self.learning_rate)
            self._add(int(row.get(EPOCH, 0)), row)

    def _end_epoch(self, event: EpochEnded, now: float) -> None:
        self._add(event.epoch, event.logs)
        if self.validation_at is not None:
            self.validation_seconds = now - self.validation_at
        self.epoch_seconds = (*self.epoch_seconds, event.seconds)[-_EPOCHS_MEASURED - 1 :]
        self.learning_rate, self.measured_rate = event.learning_rate, event.rows_per_second
        self.epoch, self.epoch_at = event.epoch, now
        self.batch = self.first_batch = self.validation_at = None

    def _add(self, epoch: int, logs: Mapping[str, float]) -> None:
        tracks = dict(self.tracks)
        for name, value in logs.items():
            if name not in _NOT_METRICS:
                track = tracks.get(name) or Track(self._direction(name))
                tracks[name] = track.add(epoch, float(value))
        self.tracks = tracks

    def _direction(self, name: str) -> Direction:
        name = name.removeprefix("val_")
        known = self.training.directions.get(name) if self.training else None
        return known or guess_direction(name)

    def _steps_per_second(self) -> float | None:
        # The first step of all is compiled and takes seconds; the speed is counted from its end.
        first, batch, at = self.first_batch, self.batch, self.batch_at
        if first is None or batch is None or batch.step <= first[0] or at <= first[1]:
            return None
        return (batch.step - first[0]) / (at - first[1])

    def _typical_epoch(self) -> float:
        measured = self.epoch_seconds
        return statistics.median(measured[1:] or measured)

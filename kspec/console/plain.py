"""Training as plain lines, for files, pipes and logs: one line an epoch, nothing that moves a cursor."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import IO

from kspec.console.diagnostics import problem_lines
from kspec.console.figures import duration, metric_value, progress_share
from kspec.console.printable import visible
from kspec.runs.events import (
    BatchEnded,
    EpochEnded,
    EpochStarted,
    Event,
    Notice,
    Phase,
    Progress,
    TrainingEnded,
    TrainingStarted,
    Warned,
)
from kspec.runs.history import LEARNING_RATE

SECONDS_OF_SILENCE = 60.0
WIDTH = 100
"""Cells of a line of the spec that is shown with a warning."""


class PlainLines:
    """An observer that writes a line for each epoch, and one a minute while an epoch lasts.

    Args:
        stream: Where to write. Every line is flushed, so that a log can be followed.
        clock: Seconds from any fixed moment on.
    """

    def __init__(self, stream: IO[str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._epochs = 0
        self._spoke_at = clock()

    def __call__(self, event: Event) -> None:
        """Write what is worth a line."""
        match event:
            case BatchEnded():
                if self._silent():
                    self._line(f"{self._epoch(event.epoch)} step {event.step}/{event.steps}", _values(event.logs))
            case EpochStarted():
                self._spoke_at = self._clock()
            case EpochEnded():
                rate = f"lr {event.learning_rate:.2e}" if event.learning_rate is not None else ""
                self._line(self._epoch(event.epoch), _values(event.logs), rate, duration(event.seconds))
            case Progress():
                if event.step == event.steps or self._silent():
                    self._line(f"{event.task} {progress_share(event.step, event.steps)}", _values(event.logs))
            case Phase():
                self._line(f"{event.text} ...")
            case Notice():
                self._line(f"{event.severity}: {event.text}")
            case Warned():
                for line in problem_lines(event.problems, WIDTH):
                    self._line(line.plain)
            case TrainingStarted():
                self._start(event)
            case TrainingEnded():
                reason = f": {event.reason}" if event.reason else ""
                self._line(f"{event.status} after {_epochs(event.epochs)}{reason}")

    def _start(self, event: TrainingStarted) -> None:
        self._epochs = event.epochs
        facts = [f"{event.run}: {_epochs(event.epochs)}", f"{event.parameters:,} parameters"]
        facts += [f"{rows:,} {part} rows" for part, rows in event.rows.items()]
        if event.first_epoch > 1:
            facts.append(f"going on with epoch {event.first_epoch}")
        self._line(", ".join(facts))

    def _epoch(self, epoch: int) -> str:
        total = str(self._epochs)
        return f"epoch {epoch:>{len(total)}}/{total}"

    def _silent(self) -> bool:
        return self._clock() - self._spoke_at >= SECONDS_OF_SILENCE

    def _line(self, *parts: str) -> None:
        self._stream.write(visible("  ".join(part for part in parts if part)) + "\n")
        self._stream.flush()
        self._spoke_at = self._clock()


class OnlyWarnings:
    """An observer that keeps quiet about everything but warnings and why a run failed, which nobody may miss.

    Args:
        stream: Where to write.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._lines = PlainLines(stream)

    def __call__(self, event: Event) -> None:
        """Write a warning, or why the run failed."""
        failed = isinstance(event, TrainingEnded) and event.status == "failed"
        if failed or isinstance(event, Warned) or (isinstance(event, Notice) and event.severity == "warning"):
            self._lines(event)


def _epochs(number: int) -> str:
    return f"{number} epoch{'' if number == 1 else 's'}"


def _values(logs: Mapping[str, float]) -> str:
    # Training first, then validation, and the loss in front of either.
    names = sorted(logs, key=lambda name: (name.startswith("val_"), name.removeprefix("val_") != "loss"))
    return "  ".join(f"{name} {metric_value(logs[name])}" for name in names if name != LEARNING_RATE)

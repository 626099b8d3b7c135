"""Trainings as the display meets them, with a clock that is set by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kspec.runs.events import (
    BatchEnded,
    EpochEnded,
    EpochStarted,
    Event,
    Notice,
    Phase,
    TrainingEnded,
    TrainingStarted,
    ValidationStarted,
    Warned,
)
from kspec.spec.problems import Problem, Source, Span

STEPS = 38


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def started(
    epochs: int = 20, *, run: str = "digits_mlp", first: int = 1, history: tuple[dict[str, float], ...] = ()
) -> TrainingStarted:
    rows = {"train": 4864, "validation": 600, "test": 600}
    return TrainingStarted(run, f"runs/{run}", epochs, first, 128, rows, 407_050, {"accuracy": "max"}, history)


def warned() -> Warned:
    span = Span(Source("digits.yaml", "layers:\n- Dropout: 0.9\n"), 2, 12, 2, 15)
    message = "Dropout drops 0.9 of its input"
    return Warned((Problem("high-dropout", (), message, "write 0.1", severity="warning", span=span),))


def logs(epoch: float, *, validation: bool = True) -> dict[str, float]:
    values = {"loss": 1.9 * math.exp(-epoch / 4) + 0.18, "accuracy": 1 - 0.8 * math.exp(-epoch / 4)}
    if validation:
        values["val_loss"] = 1.8 * math.exp(-epoch / 4.5) + 0.28 + 0.05 * (epoch % 3)
        values["val_accuracy"] = 0.96 - 0.7 * math.exp(-epoch / 4)
    return values


def epoch_events(clock: Clock, epoch: int, *, steps: int = STEPS, until: int = STEPS) -> Iterator[Event]:
    """Yield the events of an epoch of 2 s, a tenth of it validation, up to a step."""
    yield EpochStarted(epoch, steps)
    for step in range(1, until + 1):
        clock.now += 1.8 / steps
        yield BatchEnded(epoch, step, steps, 128, logs(epoch - 1 + step / steps, validation=False))
    if until == steps:
        yield ValidationStarted(epoch)
        clock.now += 0.2
        yield EpochEnded(epoch, logs(epoch), 1e-3, 2.0, 2702.2)


def training(clock: Clock, *, epochs: int = 20, until: int = 12, step: int = 23) -> Iterator[Event]:
    """Yield a training that has reached a step of an epoch."""
    yield Phase("reading data")
    clock.now += 3
    yield Notice("`data/digits.npz` is missing; the built-in sample takes its place")
    yield started(epochs)
    for epoch in range(1, until):
        yield from epoch_events(clock, epoch)
    yield from epoch_events(clock, until, until=step)


def ended(clock: Clock) -> Iterator[Event]:
    yield from training(clock, step=STEPS)
    yield TrainingEnded("stopped", 12, "val_loss has not improved for 5 epochs")

"""The trials of a sweep: so many trained at once, each noted as it ends."""

from __future__ import annotations

import queue
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.commands.sweeping.study import Study
from kspec.commands.sweeping.trial_process import TrialProcess, training_command
from kspec.runs.manifest import now
from kspec.runs.sweep_events import SweepObserver, SweepStarted, TrialEnded, TrialEpoch, TrialStarted, TrialStatus
from kspec.runs.sweeps import SweepFolder, SweepManifest, TrialRecord
from kspec.spec.sweep import SweepSpec
from kspec.spec.trying import option

if TYPE_CHECKING:
    import optuna

MOST_FAILURES = 3
"""Trials in a row, from the first one on, after whose failure it is no use to go on."""


@dataclass(slots=True)
class _Trial:
    """A trial that is being trained."""

    number: int
    optuna: optuna.Trial
    values: dict[str, Any]
    process: TrialProcess
    began: float = field(default_factory=time.monotonic)
    run: str | None = None
    status: str = ""
    reason: str = ""
    value: float | None = None
    epoch: int | None = None
    hopeless: bool = False


class Trials:
    """Keeps as many trials going as there are jobs, until there are as many as were asked for.

    Args:
        folder: The sweep.
        manifest: What is known of it; it is written after every trial.
        sweep: What is tried out.
        code: Python files with components of one's own.
        jobs: Trials that are trained at once.
        observe: Is told of every event.

    Raises:
        SpecError: Sampler or pruner cannot be made.
    """

    def __init__(
        self, folder: SweepFolder, manifest: SweepManifest, sweep: SweepSpec, *, code: Sequence[Path], jobs: int,
        observe: SweepObserver,
    ) -> None:  # fmt: skip
        self.folder = folder
        self.manifest = manifest
        self.code = code
        self.jobs = jobs
        self.observe = observe
        self.study = Study(folder.study, sweep, seed=manifest.seed)
        self.sign = -1 if manifest.direction == "maximize" else 1
        self.running: dict[int, _Trial] = {}
        self.events: queue.Queue[tuple[int, dict[str, Any] | None]] = queue.Queue()

    def run(self) -> None:
        """Make the trials; what is interrupted meanwhile is made again when the sweep goes on."""
        manifest = self.manifest
        manifest.write(self.folder)
        self.observe(
            SweepStarted(
                self.folder.name, str(self.folder.path), manifest.wanted, manifest.finished, manifest.metric,
                manifest.direction,
            )
        )  # fmt: skip
        try:
            while self.fill():
                number, event = self.events.get()
                self.take(self.running[number], event)
        except KeyboardInterrupt:
            self.interrupt()
            manifest.status, manifest.reason = "interrupted", "interrupted"
        except BaseException:
            self.interrupt()
            manifest.status = "failed"
            raise
        finally:
            manifest.ended = now()
            manifest.write(self.folder)

    def fill(self) -> bool:
        """Begin trials while there is room; say whether any is at work."""
        manifest = self.manifest
        while len(self.running) < self.jobs and manifest.finished + len(self.running) < manifest.wanted:
            if self.study.exhausted or self.hopeless():
                break
            self.begin()
        if self.running:
            return True
        manifest.status = "done" if manifest.ranked else "failed"
        if self.study.exhausted:
            manifest.reason = "every combination has been tried"
        elif not manifest.ranked:
            manifest.reason = "no trial has a result"
        return False

    def hopeless(self) -> bool:
        """Say whether the first trials have all failed."""
        statuses = [trial.status for trial in self.manifest.trials if trial.status != "interrupted"]
        return len(statuses) >= MOST_FAILURES and all(status == "failed" for status in statuses)

    def begin(self) -> None:
        """Begin the next trial."""
        found, values = self.study.ask()
        number = found.number + 1
        options = [option(name, value) for name, value in values.items()]
        command = training_command(self.folder.whole, options, self.folder.trials, self.code)
        process = TrialProcess(command, lambda event: self.events.put((number, event)))
        self.running[number] = _Trial(number, found, values, process)
        self.observe(TrialStarted(number, values))

    def take(self, trial: _Trial, event: dict[str, Any] | None) -> None:
        """Heed what a process says; None is its end."""
        match event:
            case None:
                self.end(trial)
            case {"event": "training_started", "path": str(path)}:
                trial.run = Path(path).name
            case {"event": "epoch_ended", "epoch": int(epoch), "logs": dict(logs)}:
                self.note(trial, epoch, logs.get(self.manifest.metric))
            case {"event": "result", "status": str(status)}:
                trial.status, trial.reason = status, str(event.get("reason", ""))

    def note(self, trial: _Trial, epoch: int, value: float | None) -> None:
        """Note the metric of an epoch; a hopeless trial is ended."""
        self.observe(TrialEpoch(trial.number, epoch, value))
        if value is None or trial.hopeless:
            return
        if trial.value is None or self.sign * value < self.sign * trial.value:
            trial.value, trial.epoch = value, epoch
        if self.study.report(trial.optuna, value, epoch):
            trial.hopeless = True
            trial.process.stop()

    def end(self, trial: _Trial) -> None:
        """Note how a trial ended."""
        del self.running[trial.number]
        if trial.status in ("done", "stopped") and trial.value is not None:
            self.study.done(trial.optuna, trial.value)
            self.record(trial, "done")
        elif trial.hopeless and trial.status == "interrupted":
            self.study.pruned(trial.optuna)
            self.record(trial, "pruned")
        else:
            self.study.failed(trial.optuna)
            trial.reason = trial.reason or (trial.process.complaint if not trial.status else "the metric is no number")
            self.record(trial, "failed")

    def interrupt(self) -> None:
        """End all processes; their trials are made again when the sweep goes on."""
        for trial in self.running.values():
            trial.process.stop()
        for trial in list(self.running.values()):
            trial.process.end()
            self.study.again(trial.optuna)
            self.record(trial, "interrupted")
        self.running.clear()

    def record(self, trial: _Trial, status: TrialStatus) -> None:
        """Write down how a trial ended, and tell of it."""
        seconds = round(time.monotonic() - trial.began, 3)
        reason = trial.reason if status == "failed" else ""
        record = TrialRecord(
            number=trial.number, status=status, values=trial.values, value=trial.value, epoch=trial.epoch,
            run=trial.run, seconds=seconds, reason=reason,
        )  # fmt: skip
        self.manifest.trials.append(record)
        self.manifest.write(self.folder)
        best = self.manifest.ranked[:1] == [record]
        self.observe(
            TrialEnded(trial.number, status, trial.value, trial.epoch, seconds, trial.values, best=best, reason=reason)
        )

"""`kspec sweep`: many trainings of one spec, each with other values, to find the best ones."""

from __future__ import annotations

import queue
import secrets
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.commands.opening import OpenedSpec, open_spec
from kspec.commands.study import Study, parts_of, require_optuna
from kspec.commands.surroundings import stoppable
from kspec.commands.trial_process import TrialProcess, training_command
from kspec.runs import atomic
from kspec.runs.folder import DEFAULT_RUNS, claim
from kspec.runs.manifest import CodeRecord, ManifestError, now
from kspec.runs.sweep_events import SweepObserver, SweepStarted, TrialEnded, TrialEpoch, TrialStarted, TrialStatus
from kspec.runs.sweeps import SweepFolder, SweepManifest, TrialRecord
from kspec.spec.named_files import with_files
from kspec.spec.problems import Problem, SpecError
from kspec.spec.sweep import SweepSpec
from kspec.spec.trying import option
from kspec.spec.writing import to_yaml

if TYPE_CHECKING:
    import optuna

MOST_FAILURES = 3
"""Trials in a row, from the first one on, after whose failure it is no use to go on."""


def sweep(
    path: str | Path,
    *,
    overrides: Sequence[str] = (),
    code: Sequence[str | Path] = (),
    runs: Path = DEFAULT_RUNS,
    trials: int | None = None,
    jobs: int = 1,
    observe: SweepObserver,
) -> SweepFolder:
    """Try the values of a spec's `sweep` section and return the folder with all trials.

    Args:
        path: The spec, or `-` for standard input.
        overrides: `path=value` changes.
        code: Python files with components of one's own.
        runs: Folder that the sweep's folder is made in.
        trials: Number of trials, in place of the spec's.
        jobs: Trials that are trained at once.
        observe: Is told of every event.

    Raises:
        SpecError: The spec is wrong, or has no `sweep`; or Optuna is not installed.
    """
    require_optuna()
    opened = open_spec(path, overrides, code=code)
    found = _sweep_of(opened)
    seed = opened.spec.seed if opened.spec.seed is not None else secrets.randbelow(2**31)
    with opened.placing():
        parts_of(found, seed)  # before anything is written
    folder = SweepFolder(claim(runs, f"{opened.spec.name}-sweep").path)
    atomic.write_text(folder.spec, opened.document.source.text)
    atomic.write_text(folder.whole, _whole_text(opened, seed))
    manifest = SweepManifest(
        name=folder.name,
        command=sys.argv if sys.argv and Path(sys.argv[0]).name.startswith(("kspec", "__main__")) else [],
        spec=str(path),
        overrides=list(overrides),
        code=[CodeRecord(path=str(file.path), sha256=file.sha256) for file in opened.code],
        seed=seed,
        metric=found.metric,
        direction=found.direction or "minimize",
        wanted=trials or found.trials,
    )
    with opened.placing():
        _run(folder, manifest, opened, jobs, observe)
    return folder


def resume(
    folder: SweepFolder,
    *,
    code: Sequence[str | Path] = (),
    trials: int | None = None,
    jobs: int = 1,
    observe: SweepObserver,
) -> SweepFolder:
    """Go on with a sweep that was interrupted, or make more trials.

    Args:
        folder: The sweep.
        code: Python files with components of one's own, the same as before.
        trials: Number of trials that it is to have in all; as many as before if left out.
        jobs: Trials that are trained at once.
        observe: Is told of every event.

    Raises:
        SpecError: The sweep is at work, finished, or damaged; or Optuna is not installed.
    """
    require_optuna()
    try:
        manifest = SweepManifest.read(folder)
    except ManifestError as error:
        raise SpecError([Problem("damaged-run", (), str(error))]) from None
    if manifest.alive:
        message = f"`{folder.path}` is at work right now, in process {manifest.pid} on {manifest.host}"
        raise SpecError([Problem("run-busy", (), message)])
    manifest.wanted = trials or manifest.wanted
    if manifest.finished >= manifest.wanted:
        message = f"`{folder.path}` is finished: it has {manifest.finished} trials"
        raise SpecError([Problem("run-finished", (), message, "ask for more with `--trials`")])
    if manifest.code and not code:
        raise SpecError([_needs_code(manifest, folder)])
    opened = open_spec(folder.whole, code=code)
    if {file.sha256 for file in opened.code} != {record.sha256 for record in manifest.code}:
        raise SpecError([_needs_code(manifest, folder)])
    manifest.claim()
    with opened.placing():
        _run(folder, manifest, opened, jobs, observe)
    return folder


def _needs_code(manifest: SweepManifest, folder: SweepFolder) -> Problem:
    """Return the problem of a sweep that is to go on without the code that it began with."""
    options = " ".join(f"--code {shlex.quote(record.path)}" for record in manifest.code) or "no `--code`"
    message = f"`{folder.name}` was begun with other code of its own"
    return Problem("needs-code", (), message, f"give {options}, as it was then" if manifest.code else f"give {options}")


def _sweep_of(opened: OpenedSpec) -> SweepSpec:
    if opened.spec.sweep is None:
        hint = "add `sweep: {metric: ..., space: {PATH: ...}}`"
        raise SpecError(opened.document.place([Problem("missing-key", (), "the spec has no `sweep`", hint)]))
    if opened.spec.data is None or opened.spec.compile is None:
        missing = "data" if opened.spec.data is None else "compile"
        message = f"the spec has no `{missing}`, so nothing can be trained"
        raise SpecError(opened.document.place([Problem("missing-key", (), message, f"add `{missing}: ...`")]))
    return opened.spec.sweep


def _whole_text(opened: OpenedSpec, seed: int) -> str:
    """Return the spec of the trials: nothing is put in for constants yet, since a trial may change them."""
    content: dict[str, Any] = {**opened.document.data(), "seed": seed}
    content.setdefault("name", opened.spec.name)
    return to_yaml(with_files(content, opened.folder))


def _run(folder: SweepFolder, manifest: SweepManifest, opened: OpenedSpec, jobs: int, observe: SweepObserver) -> None:
    with stoppable():
        _Trials(folder, manifest, opened, jobs, observe).run()


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


class _Trials:
    """Keeps as many trials going as there are jobs, until there are as many as were asked for."""

    def __init__(
        self, folder: SweepFolder, manifest: SweepManifest, opened: OpenedSpec, jobs: int, observe: SweepObserver
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.jobs = jobs
        self.observe = observe
        self.code = [file.path.absolute() for file in opened.code]
        self.study = Study(folder.study, _sweep_of(opened), seed=manifest.seed)
        self.sign = -1 if manifest.direction == "maximize" else 1
        self.running: dict[int, _Trial] = {}
        self.events: queue.Queue[tuple[int, dict[str, Any] | None]] = queue.Queue()

    def run(self) -> None:
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


def best_command(manifest: SweepManifest, folder: SweepFolder) -> list[str]:
    """Return the command that trains the best trial again, as words; empty if there is none."""
    if not manifest.ranked:
        return []
    options = [*manifest.overrides, f"seed={manifest.seed}"]
    options += [option(name, value) for name, value in manifest.ranked[0].values.items()]
    spec = manifest.spec if manifest.spec != "-" else str(folder.whole)
    code = [word for record in manifest.code for word in ("--code", record.path)]
    return ["kspec", "train", spec, *code, *(word for text in options for word in ("--set", text))]

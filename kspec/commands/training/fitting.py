"""A training in its run folder: the model is fitted, judged and drawn, and what has become of it is written down."""

from __future__ import annotations

import contextlib
import shlex
import time
from typing import TYPE_CHECKING

from kspec.commands.drawing import draw_run_history
from kspec.commands.own_code import code_options
from kspec.commands.run import Run
from kspec.commands.training.failing import failure
from kspec.commands.training.job import Job
from kspec.commands.training.run_folders import open_folder
from kspec.commands.training.surroundings import StopRequest
from kspec.runs.events import Notice, Phase
from kspec.runs.folder import RunFolder
from kspec.runs.manifest import Manifest
from kspec.runs.outcomes import outcomes
from kspec.runs.report import write_report
from kspec.spec.expect import PARAMETERS, SECONDS
from kspec.spec.problems import SpecError

if TYPE_CHECKING:
    import keras

    from kspec.data.prepare import Prepared
    from kspec.engine.training import Trained

_LONG_WAIT = 0.2
"""Share of the time of training from which on it is said that steps waited."""


def train_in_folder(job: Job, model: keras.Model, data: Prepared, stop: StopRequest) -> Run:
    """Train a model in a run folder, a new one or that of a run that goes on, and leave everything there.

    Args:
        job: The training.
        model: Its model, built and compiled.
        data: Its data.
        stop: Says whether to stop.

    Raises:
        SpecError: Training fails for a reason of the spec's.
        RunFailed: It fails for one of the machine's, such as a full disk.
    """
    folder, manifest = open_folder(job, model, data)
    try:
        with job.opened.placing():
            trained = _fitted(job, model, data, folder, manifest, stop)
            whole = trained.status != "interrupted" and trained.usable
            if whole:
                job.observe(Phase("judging"))
                with job.timed("evaluate"):
                    manifest.results = _judge(job, model, data, folder)
            job.observe(Phase("drawing"))
            with job.timed("draw"):
                if fault := draw_run_history(folder, trained.history, notice=data.notice or None):
                    manifest.notices.append(fault)
            manifest.seconds = dict(job.seconds)
            if whole:
                _compare(job, manifest)
            manifest.end(trained.status, trained.reason)
    except KeyboardInterrupt:
        manifest.end("interrupted", "interrupted")
        manifest.write(folder)
        return _finished(job, folder)
    except BaseException as error:
        raised = failure(error, going_on=going_on(manifest, folder))
        text = raised.problems[0].text if isinstance(raised, SpecError) else f"{type(error).__name__}: {error}"
        manifest.end("failed", text)
        with contextlib.suppress(OSError):  # on a full disk; that its process is gone will say that it has ended
            manifest.write(folder)
        if raised is error:
            raise
        raise raised from error
    manifest.write(folder)
    try:
        write_report(folder, manifest, trained.history)
    except OSError as error:
        job.observe(Notice(f"the report could not be written: {error}"))
    return _finished(job, folder)


def _fitted(
    job: Job, model: keras.Model, data: Prepared, folder: RunFolder, manifest: Manifest, stop: StopRequest
) -> Trained:
    """Fit a model, and note in the manifest how far it comes, how long it takes, and which epoch is the best."""
    from kspec.engine.training import train

    manifest.status = "running"
    manifest.write(folder)
    began, before = time.perf_counter(), job.seconds.get("train", 0.0)

    def after_epoch(epoch: int) -> None:
        manifest.epochs_done = epoch
        manifest.seconds = {**job.seconds, "train": round(before + time.perf_counter() - began, 3)}
        manifest.write(folder)

    with job.timed("train"), stop.deferred():
        trained = train(
            job.opened.spec, model, data, folder, seed=job.seed, observe=job.observe,
            on_epoch=after_epoch, stop=stop, state=job.state, history=job.history,
        )  # fmt: skip
    _note_waiting(job, trained.waited)
    with job.timed("draw"):
        if job.drawing is not None and (fault := job.drawing.fault()):
            manifest.notices.append(fault)
    if stop() and trained.status != "interrupted":
        raise KeyboardInterrupt
    manifest.directions = dict(trained.history.directions)
    manifest.monitor = trained.monitor
    if best := trained.history.best(trained.monitor):
        manifest.best = {"epoch": best.epoch, trained.monitor: best.value}
    return trained


def _note_waiting(job: Job, waited: float | None) -> None:
    """Note how long training waited for rows, and say so where that was long."""
    if waited:
        job.seconds["waiting"] = round(job.seconds.get("waiting", 0.0) + waited, 3)
        share = job.seconds["waiting"] / max(job.seconds["train"], 1e-9)
        if share >= _LONG_WAIT:
            job.observe(Notice(f"{share:.0%} of the time of training, steps waited for their rows to be read", "note"))


def _finished(job: Job, folder: RunFolder) -> Run:
    return Run(folder, code=[file.path for file in job.opened.code])


def _judge(job: Job, model: keras.Model, data: Prepared, folder: RunFolder) -> dict[str, float | None]:
    """Return the metrics of the best model on every part that it was not trained on, or of which is expected."""
    from kspec.commands.evaluation_files import write_judgement
    from kspec.commands.judging import Judging

    if folder.best_model.exists():
        model.load_weights(folder.best_model)
    results: dict[str, float | None] = {}
    judging = Judging(job.opened.spec, model, data.plan)
    expected = {expectation.part for expectation in job.opened.spec.expect}
    for name, part in data.parts.items():
        if name != "train" or name in expected:
            found = judging(part)
            # Figures are of the rows that count most: drawing those of all parts would take longer than judging.
            figures = name == ("test" if data.test is not None else "validation")
            for fault in write_judgement(
                folder, name, found, job.opened.spec, figures=figures, notice=data.notice or None
            ):
                job.observe(Notice(fault))
            results |= {f"{name}.{metric}": value for metric, value in found.metrics.items()}
    return results


def _compare(job: Job, manifest: Manifest) -> None:
    """Hold the results of a run against what its spec expects of them."""
    if not job.opened.spec.expect:
        return
    if job.smoke:
        job.observe(Notice("a smoke run says nothing of what is expected: it sees a few rows only", "note"))
        return
    of_the_run = {PARAMETERS: manifest.model["parameters"], SECONDS: manifest.seconds["train"]}
    manifest.expected = outcomes(job.opened.spec.expect, {**manifest.results, **of_the_run})


def going_on(manifest: Manifest, folder: RunFolder) -> str:
    """Return the command that goes on with a run that has not come to its end."""
    options = code_options(manifest.code, folder)
    return f"kspec train --resume {shlex.quote(str(folder.path))}{options and ' '}{options}"

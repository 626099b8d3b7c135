"""`kspec train`: from a spec to a run folder with everything in it."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.commands.drawing import draw_run_history
from kspec.commands.failing import failure
from kspec.commands.job import Job, open_folder
from kspec.commands.more_epochs import totals_fixed
from kspec.commands.opening import check_data, open_spec
from kspec.commands.own_code import code_options
from kspec.commands.resuming import (
    check_resumable,
    edited_since,
    hold_against,
    open_resumed,
    refuse_changes,
    seed_of,
    what_has_changed,
)
from kspec.commands.run import Run
from kspec.commands.surroundings import StopRequest, stoppable, warnings_shown
from kspec.commands.warning import warn_of_data
from kspec.runs.events import Notice, Observer, Phase, Warned, ignore, telling
from kspec.runs.folder import DEFAULT_RUNS, RunFolder
from kspec.runs.manifest import Manifest
from kspec.runs.outcomes import outcomes
from kspec.runs.report import write_report
from kspec.spec.expect import PARAMETERS, SECONDS
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import name_problem

if TYPE_CHECKING:
    import keras

    from kspec.data.prepare import Prepared

_LONG_WAIT = 0.2
"""Share of the time of training from which on it is said that steps waited."""

SMOKE_ROWS = 256
SMOKE_STEPS = 4
SMOKE_EPOCHS = 2


def train(
    path: str | Path,
    *,
    overrides: Mapping[str, Any] | list[str] | tuple[str, ...] = (),
    code: Sequence[str | Path] = (),
    runs: Path = DEFAULT_RUNS,
    name: str | None = None,
    epochs: int | None = None,
    smoke: bool = False,
    strict: bool = False,
    observe: Observer = ignore,
) -> Run:
    """Train the model of a spec and return the run.

    Args:
        path: The spec, or `-` for standard input.
        overrides: Changes to it, as a mapping of paths to values or as `path=value` texts.
        code: Python files with components of one's own.
        runs: Folder that the run folder is made in.
        name: Name of the run folder, before its number; that of the spec if left out.
        epochs: Number of epochs, in place of the spec's.
        smoke: Only a few steps on a few rows, to check the whole path.
        strict: Whether warnings are errors.
        observe: Is told of every event.

    Raises:
        SpecError: The spec or its data is wrong. No run folder is left.
    """
    from kspec.commands.opening import as_options

    options = as_options(overrides)
    if epochs is not None:
        options.append(f"fit.epochs={epochs}")
    if name is not None:
        if problem := name_problem(name):
            raise SpecError([Problem("bad-name", (), *problem)])
        options.append(f"name={name}")
    if smoke:
        options += _smoke_options()
    opened = open_spec(path, options, code=code, strict=strict)
    if runs.exists() and not runs.is_dir():
        raise SpecError(
            [Problem("not-a-folder", (), f"`{runs}` is a file, not a folder", "name another folder with `--runs`")]
        )
    seed = opened.spec.seed
    if seed is None:
        import secrets

        seed = secrets.randbelow(2**31)
    check_data(opened)
    if opened.warnings:
        observe(Warned(opened.warnings))
    job = Job(opened, str(path), runs, smoke, observe, seed, strict=strict)
    return _run(job)


def resume(
    run: RunFolder,
    *,
    code: Sequence[str | Path] = (),
    overrides: Mapping[str, Any] | list[str] | tuple[str, ...] = (),
    epochs: int | None = None,
    spec: Path | None = None,
    force: bool = False,
    observe: Observer = ignore,
) -> Run:
    """Go on with a run that was interrupted, or that is to have more epochs, in its own folder.

    Args:
        run: The run.
        code: Python files with components of one's own.
        overrides: Changes to the spec, as `train` takes them. What decides how training goes on must not change.
        epochs: Number of epochs that the run is to have, those included that are done.
        spec: The spec to go on with, as it is now; the run's own if left out.
        force: Whether to go on in spite of what has changed, and where a callback had stopped the run.
        observe: Is told of every event.

    Raises:
        SpecError: The run is finished, still at work, or damaged; or would not go on as it began.
    """
    from kspec.commands.opening import as_options

    found = open_resumed(run, code=code, overrides=as_options(overrides), epochs=epochs, spec=spec)
    check_resumable(found, epochs=epochs, force=force)
    manifest, changed = found.manifest, what_has_changed(found)
    if not force:
        refuse_changes(changed, run, found.opened)
    edited = edited_since(found) if spec is None else None
    for said in (*found.notices, *filter(None, [edited])):
        observe(Notice(said))
    if more := totals_fixed(found):
        observe(Warned(more))
    job = Job(
        found.opened, manifest.spec, run.path.parent, manifest.smoke, observe, seed_of(found), run, manifest,
        changed=changed, force=force, seconds=dict(manifest.seconds),
    )  # fmt: skip
    return _run(job)


def _run(job: Job) -> Run:
    with stoppable() as stop, warnings_shown(job.observe), job.holding():
        if job.folder is not None and job.manifest is not None:
            job.hold(job.folder)
            if Manifest.read(job.folder) != job.manifest:
                message = f"another process has just trained in `{job.folder.path}`"
                raise SpecError([Problem("run-busy", (), message, "see how far it has come, and try again")])
        job.observe(Phase("starting TensorFlow"))
        with job.timed("start"):
            from kspec.data.early import EarlyReading
            from kspec.engine.startup import seed_everything, start

            limit = SMOKE_ROWS if job.smoke else None
            early = None
            if not job.opened.code:
                early = EarlyReading.begin(job.opened.spec, folder=job.opened.folder, seed=job.seed, limit=limit)

            start(job.opened.code)
            from kspec.data.memory import DEFAULT_MEMORY
            from kspec.engine import runtime
            from kspec.engine.build import build, read_data
            from kspec.engine.training import check
        with job.opened.placing():
            runtime.configure(job.opened.spec)
            job.observe(Phase("reading data"))
            with job.timed("data"):
                progress = telling(job.observe)
                data = read_data(
                    job.opened.spec, folder=job.opened.folder, seed=job.seed, limit=limit, progress=progress,
                    parts=early.parts(progress) if early else None,
                )  # fmt: skip
        hold_against(job, data=data)
        with job.opened.placing():
            for said in (*filter(None, [data.notice]), *data.notices):
                job.observe(Notice(said))
            if data.streamed:
                job.observe(Notice(_streamed(data, job.opened.spec.runtime.memory or DEFAULT_MEMORY), "note"))
            job.observe(Phase("building the model"))
            with job.timed("build"):
                seed_everything(job.seed)
                with runtime.make_strategy(job.opened.spec.strategy).scope():
                    model = build(job.opened.spec, data)
                    check(job.opened.spec, model, data)
                if notice := runtime.alone(job.opened.spec, model):
                    job.observe(Notice(notice))
            _note_forms(job, model, data)
            warn_of_data(job, model, data)
        hold_against(job, data=data, model=model)
        return _train_in_folder(job, model, data, stop)


def _note_forms(job: Job, model: keras.Model, data: Prepared) -> None:
    """Say where the form of targets is changed to suit a loss."""
    from kspec.engine.compiling import output_shapes
    from kspec.engine.suiting import suiting_notes

    spec = job.opened.spec
    if spec.compile is not None:
        for note in suiting_notes(data.train.sample, spec.compile, output_shapes(model, spec.graph)):
            job.observe(Notice(note, "note"))


def _streamed(data: Prepared, memory: int) -> str:
    from kspec.data.memory import readable

    parts = " and ".join(f"{name} ({readable(size)})" for name, size in data.streamed.items())
    verb = "is" if len(data.streamed) == 1 else "are"
    return f"more than {readable(memory)}: {parts} {verb} read anew each time; `runtime: {{memory: ...}}` allows more"


def _train_in_folder(job: Job, model: keras.Model, data: Prepared, stop: StopRequest) -> Run:
    folder, manifest = open_folder(job, model, data)
    try:
        with job.opened.placing():
            from kspec.engine.training import train as fit

            manifest.status = "running"
            manifest.write(folder)
            began, before = time.perf_counter(), job.seconds.get("train", 0.0)

            def after_epoch(epoch: int) -> None:
                manifest.epochs_done = epoch
                manifest.seconds = {**job.seconds, "train": round(before + time.perf_counter() - began, 3)}
                manifest.write(folder)

            with job.timed("train"), stop.deferred():
                trained = fit(
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
            if trained.status != "interrupted" and trained.usable:
                job.observe(Phase("judging"))
                with job.timed("evaluate"):
                    manifest.results = _judge(job, model, data, folder)
            job.observe(Phase("drawing"))
            with job.timed("draw"):
                notice = data.notice or None
                if fault := draw_run_history(folder, trained.history, notice=notice):
                    manifest.notices.append(fault)
            manifest.seconds = dict(job.seconds)
            if trained.status != "interrupted" and trained.usable:
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


def _smoke_options() -> list[str]:
    return [f"fit.epochs={SMOKE_EPOCHS}", f"fit.steps_per_epoch={SMOKE_STEPS}", f"fit.validation_steps={SMOKE_STEPS}"]


def going_on(manifest: Manifest, folder: RunFolder) -> str:
    """Return the command that goes on with a run that has not come to its end."""
    options = code_options(manifest.code, folder)
    return f"kspec train --resume {shlex.quote(str(folder.path))}{options and ' '}{options}"

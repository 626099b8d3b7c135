"""`kspec train`: from a spec to a run folder with everything in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.commands.opening import check_data, open_spec
from kspec.commands.run import Run
from kspec.commands.training.fitting import train_in_folder
from kspec.commands.training.job import Job
from kspec.commands.training.more_epochs import totals_fixed
from kspec.commands.training.resuming import (
    check_resumable,
    hold_against,
    open_resumed,
    refuse_changes,
    seed_of,
    what_has_changed,
)
from kspec.commands.training.spec_changes import edited_since
from kspec.commands.training.surroundings import stoppable, warnings_shown
from kspec.commands.training.warning import warn_of_data
from kspec.runs.events import Notice, Observer, Phase, Warned, ignore, telling
from kspec.runs.folder import DEFAULT_RUNS, RunFolder
from kspec.runs.manifest import Manifest
from kspec.spec.problems import Problem, SpecError
from kspec.spec.run_names import name_problem

if TYPE_CHECKING:
    import keras

    from kspec.data.prepare import Prepared

SMOKE_ROWS = 256
SMOKE_STEPS = 4
SMOKE_EPOCHS = 2


def train(
    path: str | Path,
    *,
    overrides: Mapping[str, Any] | list[str] | tuple[str, ...] = (),
    code: Sequence[str | Path] = (),
    runs: str | Path = DEFAULT_RUNS,
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
    opened = open_spec(path, options, code=code, strict=strict, look=True)
    runs = Path(runs)
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
            from kspec.engine.building.build import build, read_data
            from kspec.engine.checking import check
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
        return train_in_folder(job, model, data, stop)


def _note_forms(job: Job, model: keras.Model, data: Prepared) -> None:
    """Say where the form of targets is changed to suit a loss."""
    from kspec.engine.building.compiling import output_shapes
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


def _smoke_options() -> list[str]:
    return [f"fit.epochs={SMOKE_EPOCHS}", f"fit.steps_per_epoch={SMOKE_STEPS}", f"fit.validation_steps={SMOKE_STEPS}"]

"""`kspec train`: from a spec to a run folder with everything in it."""

from __future__ import annotations

import shlex
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.commands.drawing import draw_model, draw_run_history
from kspec.commands.opening import OpenedSpec, open_run, open_spec
from kspec.commands.run import Run
from kspec.runs import atomic
from kspec.runs.events import Notice, Observer, Phase, ignore
from kspec.runs.folder import DEFAULT_RUNS, RunFolder, claim
from kspec.runs.history import History
from kspec.runs.manifest import Manifest, describe_platform, git_state, installed_versions
from kspec.runs.report import write_report
from kspec.spec.problems import Problem, SpecError
from kspec.spec.reading import STANDARD_INPUT
from kspec.spec.spec import name_problem
from kspec.spec.writing import to_yaml

if TYPE_CHECKING:
    import keras

    from kspec.data.prepare import Prepared
    from kspec.engine.checkpoint import State

SMOKE_ROWS = 256
SMOKE_STEPS = 4
SMOKE_EPOCHS = 2


@dataclass(slots=True)
class _Job:
    """One training, from its spec to its end."""

    opened: OpenedSpec
    source: str
    runs: Path
    smoke: bool
    observe: Observer
    seed: int
    folder: RunFolder | None = None
    manifest: Manifest | None = None
    state: State | None = None
    history: History | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] = round(self.seconds.get(phase, 0.0) + time.perf_counter() - began, 3)


def train(
    path: str | Path,
    *,
    overrides: Mapping[str, Any] | list[str] | tuple[str, ...] = (),
    runs: Path = DEFAULT_RUNS,
    name: str | None = None,
    epochs: int | None = None,
    smoke: bool = False,
    observe: Observer = ignore,
) -> Run:
    """Train the model of a spec and return the run.

    Args:
        path: The spec, or `-` for standard input.
        overrides: Changes to it, as a mapping of paths to values or as `path=value` texts.
        runs: Folder that the run folder is made in.
        name: Name of the run folder, before its number; that of the spec if left out.
        epochs: Number of epochs, in place of the spec's.
        smoke: Only a few steps on a few rows, to check the whole path.
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
    opened = open_spec(path, options)
    seed = opened.spec.seed
    if seed is None:
        import secrets

        seed = secrets.randbelow(2**31)
    job = _Job(opened, str(path), runs, smoke, observe, seed)
    return _run(job)


def resume(run: RunFolder, *, observe: Observer = ignore) -> Run:
    """Go on with a run that was interrupted, in its own folder.

    Raises:
        SpecError: The run is finished, still at work, or damaged.
    """
    found = open_run(run)
    manifest = found.manifest
    if manifest.status in ("preparing", "running") and manifest.alive:
        message = f"`{run.path}` is being trained right now, by process {manifest.pid} on {manifest.host}"
        raise SpecError([Problem("run-busy", (), message)])
    if manifest.status in ("done", "stopped"):
        raise SpecError(
            [
                Problem(
                    "run-finished",
                    (),
                    f"`{run.path}` is finished: {manifest.epochs_done} epochs",
                    "train the spec anew",
                )
            ]
        )
    job = _Job(found.opened, manifest.spec, run.path.parent, manifest.smoke, observe, manifest.seed or 0, run, manifest)
    return _run(job)


def _run(job: _Job) -> Run:
    with _stoppable(), _warnings_shown(job.observe):
        job.observe(Phase("starting TensorFlow"))
        with job.timed("start"):
            from kspec.engine.startup import seed_everything, start

            start()
            from kspec.engine.build import build, read_data
            from kspec.engine.training import check
        with job.opened.placing():
            job.observe(Phase("reading data"))
            with job.timed("data"):
                data = read_data(
                    job.opened.spec, folder=job.opened.folder, seed=job.seed, limit=SMOKE_ROWS if job.smoke else None
                )
            if data.notice:
                job.observe(Notice(data.notice))
            job.observe(Phase("building the model"))
            with job.timed("build"):
                seed_everything(job.seed)
                model = build(job.opened.spec, data)
                check(job.opened.spec, model, data)
        return _train_in_folder(job, model, data)


def _train_in_folder(job: _Job, model: keras.Model, data: Prepared) -> Run:
    folder, manifest = _open_folder(job, model, data)
    try:
        with job.opened.placing():
            from kspec.engine.training import train as fit

            manifest.status = "running"
            manifest.write(folder)
            began = time.perf_counter()

            def after_epoch(epoch: int) -> None:
                manifest.epochs_done = epoch
                manifest.seconds = {**job.seconds, "train": round(time.perf_counter() - began, 3)}
                manifest.write(folder)

            with job.timed("train"):
                trained = fit(
                    job.opened.spec, model, data, folder, seed=job.seed, observe=job.observe,
                    on_epoch=after_epoch, state=job.state, history=job.history,
                )  # fmt: skip
            manifest.directions = dict(trained.history.directions)
            manifest.monitor = trained.monitor
            if best := trained.history.best(trained.monitor):
                manifest.best = {"epoch": best.epoch, trained.monitor: best.value}
            if trained.status != "interrupted":
                job.observe(Phase("judging"))
                with job.timed("evaluate"):
                    manifest.results = _judge(job, model, data, folder)
            job.observe(Phase("drawing"))
            with job.timed("draw"):
                notice = data.notice or None
                if fault := draw_run_history(folder, trained.history, notice=notice):
                    manifest.notices.append(fault)
            manifest.seconds = dict(job.seconds)
            manifest.end(trained.status, trained.reason)
    except KeyboardInterrupt:
        manifest.end("interrupted", "interrupted")
        manifest.write(folder)
        return Run(folder)
    except BaseException as error:
        text = error.problems[0].text if isinstance(error, SpecError) else f"{type(error).__name__}: {error}"
        manifest.end("failed", text)
        manifest.write(folder)
        raise
    manifest.write(folder)
    write_report(folder, manifest, trained.history)
    return Run(folder)


def _judge(job: _Job, model: keras.Model, data: Prepared, folder: RunFolder) -> dict[str, float | None]:
    """Return the metrics of the best model on every part that it was not trained on."""
    from kspec.commands.evaluate import judge

    if folder.best_model.exists():
        model.load_weights(folder.best_model)
    results: dict[str, float | None] = {}
    for name, part in data.parts.items():
        if name != "train":
            found = judge(job.opened.spec, model, part, data.plan.labels)
            found.write(folder, name, notice=data.notice or None)
            results |= {f"{name}.{metric}": value for metric, value in found.metrics.items()}
    return results


def _open_folder(job: _Job, model: keras.Model, data: Prepared) -> tuple[RunFolder, Manifest]:
    """Claim a run folder and write down what is known before training; or open that of a run that goes on."""
    from kspec.commands.summary import summary_of, summary_text
    from kspec.engine.checkpoint import load_state
    from kspec.engine.compiling import output_shapes

    spec = job.opened.spec
    if job.folder is not None and job.manifest is not None:
        job.folder.clean()
        manifest = job.manifest.model_copy(update={"status": "running", "reason": "", "ended": None, **_process()})
        if job.folder.checkpoint.exists():
            job.state = load_state(job.folder.checkpoint)
            job.history = _history_until(job.folder, job.state.epoch)
        return job.folder, manifest
    folder = claim(job.runs, spec.name)
    atomic.write_text(folder.spec, job.opened.document.source.text)
    atomic.write_text(folder.resolved, _resolved(job))
    data.plan.save(folder)
    summary = summary_of(model)
    atomic.write_text(folder.summary, summary_text(summary))
    manifest = Manifest(
        name=folder.name,
        command=sys.argv if sys.argv and Path(sys.argv[0]).name.startswith(("kspec", "__main__")) else [],
        spec=job.source,
        folder=str(job.opened.folder),
        description=spec.description,
        seed=job.seed,
        smoke=job.smoke,
        versions=installed_versions(),
        platform=describe_platform(),
        git=git_state(job.opened.folder),
        data={
            "origin": dict(data.origin),
            "fingerprints": dict(data.fingerprints),
            "rows": {name: part.rows for name, part in data.parts.items()},
            "fallback": bool(data.notice),
        },
        model={
            "parameters": summary.trainable + summary.frozen,
            "trainable": summary.trainable,
            "layers": len(summary.layers),
            "inputs": {name: list(data.shape(name)) for name in spec.graph.inputs},
            "outputs": {name: list(shape[1:]) for name, shape in output_shapes(model, spec.graph).items()},
        },
        epochs=spec.fit.epochs,
        notices=[data.notice] if data.notice else [],
    )
    manifest.write(folder)
    with job.timed("draw"):
        if fault := draw_model(model, [folder.diagram_png, folder.diagram_svg], notice=data.notice or None):
            manifest.notices.append(fault)
    return folder, manifest


def _process() -> dict[str, Any]:
    fresh = Manifest(name="-")
    return {"pid": fresh.pid, "host": fresh.host, "process_started": fresh.process_started}


def _history_until(folder: RunFolder, epoch: int) -> History:
    text = folder.history.read_text(encoding="utf-8") if folder.history.exists() else ""
    history = History.from_csv(text)
    return History([row for row in history.rows if row["epoch"] <= epoch])


def _resolved(job: _Job) -> str:
    """Return the spec with everything put in, the seed and the whereabouts of the data included."""
    content = dict(job.opened.spec.content)
    content["seed"] = job.seed
    content.setdefault("name", job.opened.spec.name)
    where = "standard input" if job.source == STANDARD_INPUT else job.source
    return f"# Resolved from {where}; relative paths start from {job.opened.folder}\n{to_yaml(content)}"


def _smoke_options() -> list[str]:
    return [f"fit.epochs={SMOKE_EPOCHS}", f"fit.steps_per_epoch={SMOKE_STEPS}", f"fit.validation_steps={SMOKE_STEPS}"]


def going_on(run: Run) -> str:
    """Return the command that goes on with an interrupted run."""
    return f"kspec train --resume {shlex.quote(str(run.path))}"


@contextmanager
def _warnings_shown(observe: Observer) -> Iterator[None]:
    """Show what Keras warns of where everything else is shown, each warning once."""
    said: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        text = " ".join(str(message).split())
        if issubclass(category, UserWarning | RuntimeWarning) and text not in said:
            said.add(text)
            observe(Notice(text))

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


@contextmanager
def _stoppable() -> Iterator[None]:
    """Have a request to terminate end a run as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept: dict[int, Any] = {}
    for name in ("SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            kept[number] = signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt

"""One training, and the run folder that it is kept in."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.commands.aside import Aside
from kspec.commands.drawing import draw_outlined, load_drawing
from kspec.commands.opening import OpenedSpec
from kspec.commands.own_code import keep_code
from kspec.commands.resolving import resolved_text
from kspec.runs import atomic
from kspec.runs.differences import Difference
from kspec.runs.environment import command_line, describe_platform, git_state, installed_versions
from kspec.runs.events import Notice, Observer
from kspec.runs.folder import RunFolder, claim
from kspec.runs.history import History
from kspec.runs.lock import Lock, remove_abandoned
from kspec.runs.manifest import Manifest, Resumption, now
from kspec.runs.states import learnt, load_state, settle

if TYPE_CHECKING:
    import keras

    from kspec.data.prepare import Prepared
    from kspec.engine.checkpoint import State
    from kspec.plots.outline import Outline


@dataclass(slots=True)
class Job:
    """One training, from its spec to its end.

    Args:
        opened: The spec.
        source: How the spec was named.
        runs: Folder that the run folder is made in.
        smoke: Whether only the path is checked, on a few rows.
        observe: Is told of every event.
        seed: Seed of everything.
        folder: Folder of a run that goes on, or None for a new one.
        manifest: What is known of a run that goes on.
        state: Where a run goes on.
        history: Its epochs so far.
        strict: Whether warnings are errors.
        changed: What is other than when a run began that goes on.
        force: Whether it goes on all the same.
        seconds: Time that each phase took.
        drawing: The diagram, which is drawn while the model trains.
        lock: What keeps other processes from training in the folder.
    """

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
    strict: bool = False
    changed: list[Difference] = field(default_factory=list)
    force: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    drawing: Aside | None = None
    lock: Lock | None = None

    def hold(self, folder: RunFolder) -> None:
        """Hold a run folder, until the end of `holding`, against other processes that would train in it.

        Raises:
            SpecError: One does.
        """
        if self.lock is None:
            self.lock = Lock(folder, force=self.force)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Give back at the end what was held."""
        try:
            yield
        finally:
            if self.lock is not None:
                self.lock.release()

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Add the time of a block to a phase."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] = round(self.seconds.get(phase, 0.0) + time.perf_counter() - began, 3)


def open_folder(job: Job, model: keras.Model, data: Prepared) -> tuple[RunFolder, Manifest]:
    """Claim a run folder and write down what is known before training; or open that of a run that goes on."""
    if job.folder is not None and job.manifest is not None:
        return job.folder, _reopened(job, job.folder, job.manifest, model, data)
    name = job.opened.spec.name
    remove_abandoned(job.runs, name)
    folder = claim(job.runs, name)
    try:
        job.hold(folder)
        return folder, _begun(job, folder, model, data)
    except BaseException:
        if not folder.exists():  # there is nothing in it to go on with
            shutil.rmtree(folder.path, ignore_errors=True)
        raise


def _begun(job: Job, folder: RunFolder, model: keras.Model, data: Prepared) -> Manifest:
    """Write down what is known of a new run before its training."""
    from kspec.commands.summary import summary_of, summary_text
    from kspec.engine.compiling import output_shapes
    from kspec.engine.outline import outline

    spec = job.opened.spec
    atomic.write_text(folder.spec, job.opened.document.source.text)
    _write_spec_and_data(job, folder, data)
    outlined = outline(model)
    summary = summary_of(outlined)
    atomic.write_text(folder.summary, summary_text(summary))
    manifest = Manifest(
        name=folder.name,
        command=command_line(),
        spec=job.source,
        bases=[str(Path(base.name).absolute()) for base in job.opened.document.bases],
        folder=str(job.opened.folder),
        code=keep_code(job.opened.code, folder),
        description=spec.description,
        seed=job.seed,
        smoke=job.smoke,
        versions=installed_versions(),
        platform=describe_platform(),
        git=git_state(job.opened.folder),
        data=data_record(data),
        model={
            "parameters": summary.trainable + summary.frozen,
            "trainable": summary.trainable,
            "layers": outlined.layers,
            "inputs": {name: list(data.shape(name)) for name in spec.graph.inputs},
            "outputs": {name: list(shape[1:]) for name, shape in output_shapes(model, spec.graph).items()},
        },
        runtime=runtime_record(job, model, data),
        epochs=spec.fit.epochs,
        notices=[*filter(None, [data.notice]), *data.notices],
    )
    manifest.write(folder)
    job.drawing = Aside(partial(_draw, outlined, folder, data.notice or None))
    return manifest


def _draw(outlined: Outline, folder: RunFolder, notice: str | None) -> str | None:
    """Draw the diagram of the model, and get ready to draw the history."""
    fault = draw_outlined(outlined, [folder.diagram_png, folder.diagram_svg], notice=notice)
    load_drawing()
    return fault


def data_record(data: Prepared) -> dict[str, Any]:
    """Return what run.json says of data."""
    return {
        "origin": dict(data.origin),
        "fingerprints": dict(data.fingerprints),
        "rows": {name: part.rows for name, part in data.parts.items()},
        "fallback": bool(data.notice),
        "order": _order(data),
    }


def runtime_record(job: Job, model: keras.Model, data: Prepared) -> dict[str, Any]:
    """Return what run.json says of what a training runs on."""
    from kspec.engine.paths import choose_path
    from kspec.engine.runtime import describe

    spec = job.opened.spec
    return describe(spec, model, choose_path(spec, model, data))


def _write_spec_and_data(job: Job, folder: RunFolder, data: Prepared) -> None:
    """Write the resolved spec, what was learnt of the data, and which rows were set apart."""
    from kspec.data.split import array_bytes

    text = resolved_text(job.opened, job.seed)
    atomic.write_text(folder.resolved, text)
    data.plan.save(folder)
    if data.held_out is not None:
        atomic.write_bytes(folder.held_out, array_bytes(data.held_out))
    atomic.write_text(folder.begun, text)


def _reopened(job: Job, folder: RunFolder, manifest: Manifest, model: keras.Model, data: Prepared) -> Manifest:
    """Read where a run goes on, and write down what it goes on with."""
    from kspec.engine.checkpoint import State
    from kspec.engine.going_past import past_stop

    folder.clean()
    epochs, done, stands = job.opened.spec.fit.epochs, 0, True
    if stored := load_state(folder):
        job.state = State.of(stored)
        done = job.state.epoch
        settle(folder, stored, job.state.best)
        stands = learnt(folder) == job.state.learnt
        job.history = History(job.state.rows)
        atomic.write_text(folder.history, job.history.to_csv())
        if stored.notice:
            job.observe(Notice(stored.notice))
        if job.force and manifest.status == "stopped":
            job.state = past_stop(job.state)
    again = Resumption(at=now(), epoch=done, epochs=epochs, changed=[item.record() for item in job.changed])
    manifest = manifest.model_copy(
        update={"status": "running", "reason": "", "ended": None, "epochs": epochs, **_process()}
    )
    manifest.epochs_done = done
    manifest.resumed = [*manifest.resumed, again]
    if job.changed:
        # What it goes on with is what the next resume is held against; `resumed` keeps what was before.
        manifest.seed, manifest.versions, manifest.platform = job.seed, installed_versions(), describe_platform()
        manifest.data, manifest.runtime = data_record(data), runtime_record(job, model, data)
        manifest.code = keep_code(job.opened.code, folder)
    if (
        job.changed
        or not stands
        or not folder.begun.exists()
        or folder.begun.read_text(encoding="utf-8") != resolved_text(job.opened, job.seed)
    ):
        _write_spec_and_data(job, folder, data)
        manifest.data = data_record(data)
    return manifest


def _order(data: Prepared) -> str:
    """Return how the training rows are put into order."""
    rule = "numpy.random.default_rng([seed, epoch])"
    if "train" not in data.streamed:
        return f"{rule}.permutation(rows)"
    return f"shards by {rule}, rows mixed within windows of neighbouring pieces"


def _process() -> dict[str, Any]:
    fresh = Manifest(name="-")
    return {"pid": fresh.pid, "host": fresh.host, "process_started": fresh.process_started, "boot": fresh.boot}

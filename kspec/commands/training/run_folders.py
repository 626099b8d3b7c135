"""The folder of a training: claimed for a new run, or opened again for one that goes on."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.commands.drawing import draw_outlined, load_drawing
from kspec.commands.own_code import keep_code
from kspec.commands.training.aside import Aside
from kspec.commands.training.job import Job
from kspec.commands.training.records import data_record, runtime_record
from kspec.commands.training.resolving import resolved_text
from kspec.runs import atomic
from kspec.runs.environment import command_line, describe_platform, git_state, installed_versions
from kspec.runs.events import Notice
from kspec.runs.folder import RunFolder, claim
from kspec.runs.history import History
from kspec.runs.lock import remove_abandoned
from kspec.runs.manifest import Manifest, Resumption, now
from kspec.runs.states import learnt, load_state, settle

if TYPE_CHECKING:
    import keras

    from kspec.data.prepare import Prepared
    from kspec.plots.outline import Outline


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
    from kspec.engine.building.compiling import output_shapes
    from kspec.engine.building.outline import outline

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
    folder.clean()
    epochs = job.opened.spec.fit.epochs
    done, stands = _restored(job, folder, manifest)
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


def _restored(job: Job, folder: RunFolder, manifest: Manifest) -> tuple[int, bool]:
    """Read the state where a run goes on, and put files right that a killed process has left behind it.

    Returns:
        Epochs that have been done, and whether what was learnt of the data stands as it was.
    """
    from kspec.engine.keeping.checkpoint import State
    from kspec.engine.keeping.going_past import past_stop

    stored = load_state(folder)
    if not stored:
        return 0, True
    state = job.state = State.of(stored)
    settle(folder, stored, state.best)
    job.history = History(state.rows)
    atomic.write_text(folder.history, job.history.to_csv())
    if stored.notice:
        job.observe(Notice(stored.notice))
    if job.force and manifest.status == "stopped":
        job.state = past_stop(state)
    return state.epoch, learnt(folder) == state.learnt


def _process() -> dict[str, Any]:
    fresh = Manifest(name="-")
    return {"pid": fresh.pid, "host": fresh.host, "process_started": fresh.process_started, "boot": fresh.boot}

"""Whether a run can go on, and whether what it began with is what there is now."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kspec.commands.opening import OpenedRun, OpenedSpec, open_run, open_spec
from kspec.commands.own_code import check_code, code_options
from kspec.commands.training.job import Job
from kspec.commands.training.records import data_record, runtime_record
from kspec.commands.training.resolving import resolved_text
from kspec.commands.training.spec_changes import spec_differences
from kspec.runs.differences import Difference, differences
from kspec.runs.environment import describe_platform, installed_versions
from kspec.runs.folder import RunFolder
from kspec.runs.manifest import CodeRecord, Manifest, ManifestError
from kspec.spec.code.files import read_file
from kspec.spec.problems import Problem, SpecError

if TYPE_CHECKING:
    import keras

    from kspec.data.prepare import Prepared

_PLACES = {
    "precision": ("runtime", "precision"), "deterministic": ("runtime", "deterministic"),
    "threads of an operation": ("runtime", "threads"), "operations at once": ("runtime", "threads"),
    "strategy": ("runtime", "strategy"), "steps compiled by XLA": ("compile", "jit_compile"),
    "steps of Adam in one operation": ("compile", "jit_compile"),
}  # fmt: skip
"""Where in a spec stands what a training runs on."""


def open_resumed(
    run: RunFolder, *, code: Sequence[str | Path], epochs: int | None, overrides: Sequence[str], spec: Path | None
) -> OpenedRun:
    """Read a run that is to go on, and the spec that it is to go on with.

    Args:
        run: The run.
        code: Python files with components of one's own.
        epochs: Number of epochs that it is to have, in place of the spec's.
        overrides: Changes to the spec.
        spec: The spec to go on with; the run's own if left out.

    Raises:
        SpecError: A file of the run is missing or damaged, or the spec is wrong.
    """
    options = [*overrides, *([f"fit.epochs={epochs}"] if epochs is not None else [])]
    if spec is None and not options:
        return open_run(run, code)
    manifest = read_manifest(run)
    notices = check_code(manifest, run, [read_file(file) for file in code])
    opened = open_spec(spec or run.resolved, options, code=code)
    folder = opened.folder if spec else Path(manifest.folder)
    return OpenedRun(run, manifest, replace(opened, folder=folder), tuple(notices))


def read_manifest(run: RunFolder) -> Manifest:
    """Read run.json.

    Raises:
        SpecError: It is missing or damaged.
    """
    try:
        return Manifest.read(run)
    except ManifestError as error:
        raise SpecError([Problem("damaged-run", (), str(error))]) from None


def check_resumable(found: OpenedRun, *, epochs: int | None, force: bool) -> None:
    """Hold a run against what is asked of it.

    Raises:
        SpecError: It is at work, or finished: a callback has stopped it, or it has as many epochs as are asked for.
    """
    run, manifest = found.folder, found.manifest
    path, done = shlex.quote(str(run.path)), manifest.epochs_done
    if epochs is not None and epochs < done:
        message = f"`{run.path}` has {done} epochs, more than {epochs}"
        raise SpecError([Problem("run-finished", (), message, "`--epochs` counts those that are done, too")])
    wanted = found.spec.fit.epochs
    code = code_options(manifest.code, run)
    again = f"kspec train {path} --epochs {max(wanted, done) + 10} {code}".rstrip()
    if manifest.status in ("done", "stopped") and wanted <= done:
        message = f"`{run.path}` is finished: {done} epoch{'' if done == 1 else 's'}"
        raise SpecError([Problem("run-finished", (), message, f"for more: `{again}`")])
    if manifest.status == "stopped" and not force:
        message = f"`{run.path}` is finished: {manifest.reason}"
        if wanted > manifest.epochs:
            message += f", and would have been had it been begun with {wanted}"
        again = f"kspec train {path} --epochs {wanted} --force {code}".rstrip()
        hint = f"to train on in spite of it, the patience of callbacks begun anew: `{again}`"
        raise SpecError([Problem("run-finished", (), message, hint)])


def seed_of(found: OpenedRun) -> int:
    """Return the seed that a run goes on with: that of its spec, or the one that was drawn when it began."""
    given = found.spec.seed
    return (found.manifest.seed or 0) if given is None else given


def what_has_changed(found: OpenedRun) -> list[Difference]:
    """Return what is known, before TensorFlow is started, to be other than when a run began."""
    now = Manifest(
        name=found.folder.name,
        seed=seed_of(found),
        versions=installed_versions(),
        platform=describe_platform(),
        code=[CodeRecord(path=str(file.path), sha256=file.sha256) for file in found.opened.code],
    )
    spec = _of_specs(found)
    return [*spec, *(item for item in differences(found.manifest, now, every_version=False)
                     if item.path not in {other.path for other in spec} - {()})]  # fmt: skip


def _of_specs(found: OpenedRun) -> list[Difference]:
    """Return the places where a spec is not the one that a run began with."""
    begun = found.folder.begun
    if not begun.exists():  # a run of an earlier kspec
        return []
    now = resolved_text(found.opened, seed_of(found))
    return spec_differences(
        begun.read_text(encoding="utf-8"), now, known=found.opened.known, folder=found.opened.folder
    )


def refuse_changes(
    found: Iterable[Difference], run: RunFolder, opened: OpenedSpec, *, about_data: str | None = None
) -> None:
    """Refuse to go on with a run where anything has changed.

    Args:
        found: What has changed.
        run: The run.
        opened: The spec that it is to go on with.
        about_data: What is to be said of data that has changed.

    Raises:
        SpecError: Something has, each with its place in the spec if it has one there.
    """
    listed = list(found)
    if not listed:
        return
    problems = []
    for item in listed:
        path = item.path or _PLACES.get(item.name, ())
        nodes = list(opened.document.walk(path))
        span = opened.document.span(path, key=item.kind == "data") if path and len(nodes) > 1 else None
        code = "data-changed" if item.kind == "data" else "run-changed"
        hint = {"data": about_data, "code": f"it lies in `{run.code}` as it was"}.get(item.kind)
        problems.append(Problem(code, path, item.text, hint, span=span))
    message = f"`{run.path}` would not go on as it began"
    hint = "bring back what it began with, or go on all the same with `--force`, of which run.json keeps a record"
    raise SpecError([Problem("run-changed", (), message, hint), *problems])


def hold_against(job: Job, *, data: Prepared, model: keras.Model | None = None) -> None:
    """Refuse to go on with a run on other data, or, once its model is built, on other devices than it began with.

    Raises:
        SpecError: Something differs, and no `--force` lets it pass.
    """
    if job.folder is None or job.manifest is None:
        return
    now = Manifest(name=job.folder.name, platform=describe_platform())
    if model is None:
        now.data = data_record(data)
    else:
        now.runtime = runtime_record(job, model, data)
    known = {item.name for item in job.changed}
    kind = "data" if model is None else "runtime"
    found = [item for item in differences(job.manifest, now) if item.kind == kind and item.name not in known]
    if not job.force:
        origins = ", ".join(data.origin.values())
        refuse_changes(found, job.folder, job.opened, about_data=data.notice or f"it is read from {origins}")
    job.changed += found

"""`kspec sweep`: many trainings of one spec, each with other values, to find the best ones."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kspec.commands.opening import OpenedSpec, open_spec
from kspec.commands.sweeping.study import parts_of, require_optuna
from kspec.commands.sweeping.trials import Trials
from kspec.commands.training.surroundings import stoppable
from kspec.runs import atomic
from kspec.runs.environment import command_line
from kspec.runs.folder import DEFAULT_RUNS, claim
from kspec.runs.manifest import CodeRecord, ManifestError
from kspec.runs.sweep_events import SweepObserver
from kspec.runs.sweeps import SweepFolder, SweepManifest
from kspec.spec.named_files import with_files
from kspec.spec.problems import Problem, SpecError
from kspec.spec.sweep import SweepSpec
from kspec.spec.trying import option
from kspec.spec.writing import to_yaml


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
        command=command_line(),
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
    manifest = _going_on(folder, trials)
    if manifest.code and not code:
        raise SpecError([_needs_code(manifest, folder)])
    opened = open_spec(folder.whole, code=code)
    if {file.sha256 for file in opened.code} != {record.sha256 for record in manifest.code}:
        raise SpecError([_needs_code(manifest, folder)])
    manifest.claim()
    with opened.placing():
        _run(folder, manifest, opened, jobs, observe)
    return folder


def _going_on(folder: SweepFolder, trials: int | None) -> SweepManifest:
    """Return what is known of a sweep that is to go on, with the number of trials that it is to have.

    Raises:
        SpecError: It is at work, finished, or damaged.
    """
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
    return manifest


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
    code = [file.path.absolute() for file in opened.code]
    with stoppable():
        Trials(folder, manifest, _sweep_of(opened), code=code, jobs=jobs, observe=observe).run()


def best_command(manifest: SweepManifest, folder: SweepFolder) -> list[str]:
    """Return the command that trains the best trial again, as words; empty if there is none."""
    if not manifest.ranked:
        return []
    options = [*manifest.overrides, f"seed={manifest.seed}"]
    options += [option(name, value) for name, value in manifest.ranked[0].values.items()]
    spec = manifest.spec if manifest.spec != "-" else str(folder.whole)
    code = [word for record in manifest.code for word in ("--code", record.path)]
    return ["kspec", "train", spec, *code, *(word for text in options for word in ("--set", text))]

"""Finding runs: the newest one, one by its name, all of them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from kspec.runs.folder import RunFolder
from kspec.runs.manifest import Manifest, ManifestError
from kspec.spec.problems import Problem, SpecError, did_you_mean

_NUMBER = re.compile(r"-\d+$")


def all_runs(runs: Path) -> Iterator[tuple[RunFolder, Manifest]]:
    """Yield the runs in a folder, the newest first. Folders without a readable run.json are left out."""
    found: list[tuple[str, int, RunFolder, Manifest]] = []
    for entry in runs.iterdir() if runs.is_dir() else ():
        folder = RunFolder(entry)
        if not folder.exists():
            continue
        try:
            manifest = Manifest.read(folder)
        except ManifestError:
            continue
        found.append((manifest.started, entry.stat().st_mtime_ns, folder, manifest))
    for _, _, folder, manifest in sorted(found, key=lambda item: item[:2], reverse=True):
        yield folder, manifest


def find_run(name: str | Path | None, runs: Path) -> RunFolder:
    """Return the run that is meant: a path, a name in the runs folder, a name without its number, which stands for
    the newest of that name, or without any the newest of all.

    Raises:
        SpecError: There is no such run.
    """
    if name is None:
        for folder, _ in all_runs(runs):
            return folder
        hint = "train one: `kspec train SPEC`"
        raise SpecError([Problem("no-run", (), f"there is no run in `{runs}`", hint)])
    for path in (Path(name), runs / name):
        if RunFolder(path).exists():
            return RunFolder(path)
        if path.is_file() and RunFolder(path.parent).exists():
            return RunFolder(path.parent)
    found = [folder for folder, _ in all_runs(runs)]
    if newest := next((folder for folder in found if _NUMBER.sub("", folder.name) == str(name)), None):
        return newest
    names = [folder.name for folder in found]
    hint = did_you_mean(str(name), names) or "`kspec runs` lists them"
    raise SpecError([Problem("no-run", (), f"there is no run `{name}`", hint)])


def find_unfinished(runs: Path, spec: Path | None = None) -> RunFolder:
    """Return the newest run that was interrupted; where there is none, the newest that failed.

    Args:
        runs: Folder that holds the run folders.
        spec: The spec that it is a run of; of any if left out.

    Raises:
        SpecError: There is none.
    """
    found = [(folder, manifest) for folder, manifest in all_runs(runs) if spec is None or is_of_spec(manifest, spec)]
    for status in ("interrupted", "failed"):
        if newest := next((folder for folder, manifest in found if manifest.true_status == status), None):
            return newest
    of_spec = f" of `{spec}`" if spec else ""
    if not found:
        raise SpecError(
            [Problem("no-run", (), f"there is no run{of_spec} in `{runs}`", "train one: `kspec train SPEC`")]
        )
    folder, manifest = found[0]
    is_now = "is finished" if manifest.status in ("done", "stopped") else f"is at work, in process {manifest.pid}"
    message = f"no run{of_spec} in `{runs}` was interrupted; the newest, `{folder.name}`, {is_now}"
    hint = f"for more epochs: `kspec train {shlex.quote(str(folder.path))} --epochs {manifest.epochs + 10}`"
    raise SpecError([Problem("run-finished", (), message, hint)])


def is_of_spec(manifest: Manifest, spec: Path) -> bool:
    """Say whether a run was made from a spec, as it lies there now."""
    return bool(manifest.spec) and Path(manifest.folder, Path(manifest.spec).name) == spec.absolute()


def is_run(name: str | Path, runs: Path) -> bool:
    """Say whether a name or path means a run rather than a spec."""
    return any(RunFolder(path).exists() for path in (Path(name), runs / name))

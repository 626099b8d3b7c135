"""Which run a command means: a run, a spec's newest run, or the newest of all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kspec.runs.folder import RunFolder
from kspec.runs.listing import all_runs, find_run, is_of_spec, is_run
from kspec.spec.problems import Problem, SpecError


def choose_run(name: str | None, runs: Path, code: Sequence[str | Path] = ()) -> RunFolder:
    """Return the run that is meant.

    Args:
        name: A run, a spec, or None for the newest run.
        runs: Folder that holds the run folders.
        code: Python files with components of one's own.

    Raises:
        SpecError: There is none.
    """
    if name is None or is_run(name, runs) or not Path(name).is_file():
        return find_run(name, runs)
    from kspec.commands.opening import open_spec

    own = open_spec(name, code=code).spec.name
    for folder, manifest in all_runs(runs):
        if is_of_spec(manifest, Path(name)):
            return folder
    raise SpecError([Problem("no-run", (), f"`{own}` has not been trained yet", f"train it: `kspec train {name}`")])

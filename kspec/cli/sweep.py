"""`kspec sweep`."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from kspec.cli.errors import FAILED, INTERRUPTED
from kspec.cli.options import AsJson, Code, Debug, Overrides, RunsDir
from kspec.runs.folder import DEFAULT_RUNS


def sweep(
    spec: Annotated[
        str | None,
        typer.Argument(metavar="SPEC", help="A spec with a sweep section; - reads standard input.", show_default=False),
    ] = None,
    overrides: Overrides = None,
    code: Code = None,
    trials: Annotated[int | None, typer.Option("--trials", min=1, metavar="N", help="Number of trials.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="Trials that are trained at once.")] = 1,
    runs: RunsDir = DEFAULT_RUNS,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a sweep: name it in place of SPEC, or the newest is taken.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only the result.")] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Try out values of a spec: many trainings, each with others."""
    from kspec.commands.sweeping import sweep as command
    from kspec.console.choose import make_console
    from kspec.console.sweeping import show_sweep, sweep_observer
    from kspec.runs.strict_json import strict
    from kspec.runs.sweeps import SweepManifest, find_sweep

    runs = Path(runs)
    if resume and overrides:
        raise typer.BadParameter("--resume goes on as the sweep was begun; --set cannot change it")
    if spec is None and not resume:
        raise typer.BadParameter("name a SPEC with a `sweep` section", param_hint="SPEC")
    console = make_console()
    with sweep_observer(console, quiet=quiet, as_json=as_json) as observe:
        if resume or spec is None:
            folder = command.resume(find_sweep(spec, runs), code=code or [], trials=trials, jobs=jobs, observe=observe)
        else:
            folder = command.sweep(
                spec, overrides=overrides or [], code=code or [], runs=runs, trials=trials, jobs=jobs, observe=observe
            )
    manifest = SweepManifest.read(folder)
    if as_json:
        record = {"event": "result", "path": str(folder.path), **strict(manifest.model_dump())}
        console.file.write(json.dumps(record) + "\n")
    else:
        commands = [shlex.join(words) for words in (command.best_command(manifest, folder),) if words]
        if manifest.status == "interrupted":
            again = [word for record in manifest.code for word in ("--code", record.path)]
            commands = [shlex.join(["kspec", "sweep", "--resume", str(folder.path), *again])]
        elif manifest.ranked:
            commands.append(f"kspec runs --runs {shlex.quote(str(folder.trials))}")
        show_sweep(manifest, str(folder.path), commands, console)
    sys.exit({"interrupted": INTERRUPTED, "failed": FAILED}.get(manifest.status, 0))

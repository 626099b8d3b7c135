"""`kspec train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kspec.cli.options import AsJson, Code, Debug, Overrides, RunsDir, Strict
from kspec.runs.folder import DEFAULT_RUNS


def train(
    spec: Annotated[
        str | None, typer.Argument(metavar="SPEC", help="The spec; - reads standard input.", show_default=False)
    ] = None,
    overrides: Overrides = None,
    code: Code = None,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, metavar="N", help="Number of epochs.")] = None,
    runs: RunsDir = DEFAULT_RUNS,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Name of the run folder.")] = None,
    smoke: Annotated[bool, typer.Option("--smoke", help="Only a few steps on a few rows, for CI.")] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on with an interrupted run: name it in place of SPEC, or the newest is taken."
        ),
    ] = False,
    strict: Strict = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only warnings and the result.")] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Train a spec and keep everything in a run folder."""
    from kspec.cli.training import go_on, start_training

    if resume:
        if overrides or epochs or name or smoke or strict:
            raise typer.BadParameter(
                "--resume goes on as the run was begun; --set, --epochs, --name, --smoke and --strict cannot change it"
            )
        go_on(spec, code=code or [], runs=Path(runs), quiet=quiet, as_json=as_json)
    elif spec is None:
        raise typer.BadParameter("name a SPEC, such as configs/mnist.yaml", param_hint="SPEC")
    else:
        start_training(
            spec,
            overrides=overrides or [],
            code=code or [],
            epochs=epochs,
            runs=Path(runs),
            name=name,
            smoke=smoke,
            strict=strict,
            quiet=quiet,
            as_json=as_json,
        )

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
    epochs: Annotated[
        int | None, typer.Option("--epochs", min=1, metavar="N", help="Number of epochs; with a run for SPEC, more.")
    ] = None,
    runs: RunsDir = DEFAULT_RUNS,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Name of the run folder.")] = None,
    smoke: Annotated[bool, typer.Option("--smoke", help="Only a few steps on a few rows, for CI.")] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with an interrupted run: name it, or its spec, in place of SPEC, or the newest is taken.",
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Go on with a run in spite of what has changed since it began.")
    ] = False,
    strict: Strict = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only warnings and the result.")] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Train a spec and keep everything in a run folder."""
    from kspec.cli.training import go_on, start_training
    from kspec.runs.listing import is_run

    more = not resume and spec is not None and is_run(spec, Path(runs))
    if resume or more:
        if name or smoke or strict:
            raise typer.BadParameter("a run goes on as it was begun; --name, --smoke and --strict cannot change it")
        if more and not epochs:
            raise typer.BadParameter(
                f"{spec} is a run: --resume goes on with it, --epochs N gives it more epochs, and its resolved.yaml "
                "trains it anew",
                param_hint="SPEC",
            )
        go_on(
            spec, code=code or [], overrides=overrides or [], epochs=epochs, force=force, runs=Path(runs),
            quiet=quiet, as_json=as_json,
        )  # fmt: skip
    elif force:
        raise typer.BadParameter("--force is for runs that go on", param_hint="--force")
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

"""`kspec plot`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kspec.cli.options import Code, Debug, Overrides, RunsDir
from kspec.runs.folder import DEFAULT_RUNS


def plot(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUN|SPEC", help="Runs or specs; the newest run if left out.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="For one spec: where to draw its diagram (.png, .svg, .pdf, .dot)."
        ),
    ] = None,
    overrides: Overrides = None,
    code: Code = None,
    runs: RunsDir = DEFAULT_RUNS,
    debug: Debug = False,
) -> None:
    """Draw the pictures of runs, or the models of specs."""
    from kspec.commands.opening import open_spec
    from kspec.commands.plot import plot_run, plot_spec
    from kspec.console.choose import make_console
    from kspec.runs.listing import find_run, is_run

    runs = Path(runs)
    if output is not None and (len(names or []) != 1 or is_run((names or [""])[0], runs)):
        raise typer.BadParameter("--output goes with one spec", param_hint="--output")
    console = make_console()
    chosen: list[str | None] = list(names) if names else [None]
    for name in chosen:
        if name is None or is_run(name, runs) or not (Path(name).exists() or name == "-"):
            pictures = plot_run(find_run(name, runs), code or [])
        else:
            opened = open_spec(name, overrides or [], code=code or [])
            paths = [output] if output else [runs / f"{opened.spec.name}.png", runs / f"{opened.spec.name}.svg"]
            pictures = plot_spec(opened, paths)
        for picture in pictures:
            console.print(str(picture), soft_wrap=True)

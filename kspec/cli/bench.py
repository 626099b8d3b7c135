"""`kspec bench`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kspec.cli.options import AsJson, Code, Debug, Overrides, RunsDir
from kspec.runs.folder import DEFAULT_RUNS


def bench(
    name: Annotated[
        str | None,
        typer.Argument(metavar="SPEC|RUN", help="A spec or a run; the newest run if left out.", show_default=False),
    ] = None,
    overrides: Overrides = None,
    epochs: Annotated[int, typer.Option("--epochs", min=1, metavar="N", help="Epochs that are timed.")] = 5,
    steps: Annotated[
        int | None,
        typer.Option(
            "--steps", min=1, metavar="N", help="Steps of an epoch; as many as take a few seconds if left out."
        ),
    ] = None,
    against_fit: Annotated[
        bool, typer.Option("--against-fit/--no-against-fit", help="Time Keras' own fit on the same rows, too.")
    ] = True,
    code: Code = None,
    runs: RunsDir = DEFAULT_RUNS,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Measure how the model of a spec trains on this machine."""
    from kspec.commands.bench import bench as measure
    from kspec.commands.bench import open_to_bench
    from kspec.console.benchmark import show_benchmark
    from kspec.console.choose import make_console, training_observer
    from kspec.runs.listing import find_run, is_run

    runs = Path(runs)
    run = find_run(name, runs) if name is None or is_run(name, runs) or not _is_spec(name) else None
    opened = open_to_bench(run or str(name), overrides or [], code=code or [])
    with training_observer(make_console(stderr=True), quiet=as_json) as observe:
        found = measure(
            opened, name=run.name if run else None, epochs=epochs, steps=steps, against_fit=against_fit, observe=observe
        )
    if as_json:
        import json

        from kspec.runs.strict_json import strict

        sys.stdout.write(json.dumps(strict(found.record()), indent=2, ensure_ascii=False) + "\n")
    else:
        show_benchmark(found, make_console())


def _is_spec(name: str) -> bool:
    return Path(name).exists() or name == "-"

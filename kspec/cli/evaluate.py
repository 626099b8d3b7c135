"""`kspec evaluate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kspec.cli.options import AsJson, BatchSize, Debug, Last, RunsDir
from kspec.runs.folder import DEFAULT_RUNS


def evaluate(
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN|SPEC",
            help="A run, or a spec for its newest run; the newest run if left out.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", metavar="SOURCE", help="A CSV, NPZ or NPY file to judge by, or a source.")
    ] = None,
    last: Last = False,
    batch_size: BatchSize = None,
    runs: RunsDir = DEFAULT_RUNS,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Judge a trained model on rows that are new to it."""
    from kspec.cli.choosing import choose_run
    from kspec.commands.evaluate import evaluate as judge
    from kspec.console.choose import make_console, training_observer
    from kspec.console.tables import show_metrics

    folder = choose_run(run, Path(runs))
    console = make_console()
    with training_observer(make_console(stderr=True), quiet=as_json) as observe:
        part, found = judge(folder, data=data, last=last, batch_size=batch_size, observe=observe)
    if as_json:
        import json

        from kspec.runs.manifest import strict

        record = {"run": str(folder.path), "part": part, "rows": found.rows, "metrics": dict(found.metrics)}
        sys.stdout.write(json.dumps(strict(record), indent=2) + "\n")
        return
    rows = f"{found.rows:,} rows of {Path(data).name}" if data else f"{found.rows:,} {part} rows"
    show_metrics(found.metrics, console, title=f"{folder.name} on {rows}")
    console.print(f"\nfigures and numbers: {folder.evaluation}", soft_wrap=True)

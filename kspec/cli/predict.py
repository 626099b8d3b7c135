"""`kspec predict`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kspec.cli.options import AsJson, BatchSize, Code, Debug, Last, RunsDir
from kspec.runs.folder import DEFAULT_RUNS


def predict(
    first: Annotated[
        str,
        typer.Argument(
            metavar="RUN|SPEC",
            help="A run, or a spec for its newest run; one name alone is the INPUT, for the newest run of all.",
            show_default=False,
        ),
    ],
    second: Annotated[
        str | None, typer.Argument(metavar="INPUT", help="A CSV, NPZ or NPY file, or a source.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write: .csv, .jsonl or .npz. Without it, into the run folder.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    last: Last = False,
    batch_size: BatchSize = None,
    code: Code = None,
    runs: RunsDir = DEFAULT_RUNS,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Predict the rows of a file with a trained model."""
    from kspec.cli.choosing import choose_run
    from kspec.commands.predict import predict_to_file
    from kspec.console.choose import make_console, training_observer
    from kspec.runs.listing import is_run

    # With one name, it is the input: the first of two that may be left out cannot be said to the parser.
    run, rows_file = (first, second) if second is not None else (None, first)
    if run is None and is_run(rows_file, Path(runs)):
        raise typer.BadParameter(f"{rows_file} is a run; name the file to predict after it", param_hint="INPUT")
    folder = choose_run(run, Path(runs))
    with training_observer(make_console(stderr=True), quiet=as_json) as observe:
        written, rows = predict_to_file(
            folder, rows_file, output, force=force, last=last, batch_size=batch_size, code=code or [], observe=observe
        )
    if as_json:
        import json

        sys.stdout.write(json.dumps({"run": str(folder.path), "output": str(written), "rows": rows}) + "\n")
        return
    make_console().print(f"{rows:,} predictions of {folder.name} in {written}", soft_wrap=True)

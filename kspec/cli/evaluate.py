"""`kspec evaluate`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kspec.cli.errors import FAILED
from kspec.cli.options import AsJson, BatchSize, Code, Debug, Last, RunsDir
from kspec.runs.folder import DEFAULT_RUNS

if TYPE_CHECKING:
    from kspec.commands.judging import Judgement


class _Part(StrEnum):
    VALIDATION = "validation"
    TEST = "test"
    TRAIN = "train"


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
        str | None,
        typer.Option("--data", metavar="SOURCE", help="A file or folder to judge by, as training had, or a source."),
    ] = None,
    part: Annotated[
        _Part | None, typer.Option("--part", help="The rows of the spec to judge by; the test rows if left out.")
    ] = None,
    last: Last = False,
    batch_size: BatchSize = None,
    code: Code = None,
    runs: RunsDir = DEFAULT_RUNS,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Judge a trained model on rows that are new to it."""
    from kspec.cli.choosing import choose_run
    from kspec.commands.evaluate import evaluate as judge
    from kspec.console.choose import make_console, training_observer
    from kspec.console.judgement import show_reports
    from kspec.console.tables import show_metrics, show_outcomes

    folder = choose_run(run, Path(runs), code or [])
    console = make_console()
    with training_observer(make_console(stderr=True), quiet=as_json) as observe:
        name, found = judge(
            folder, data=data, part=part and part.value, last=last, batch_size=batch_size, code=code or [],
            observe=observe,
        )  # fmt: skip
    if as_json:
        from kspec.commands.evaluation_files import json_text, judgement_record

        record = {"run": str(folder.path), **judgement_record(found, name)}
        record |= {"expected": [outcome.model_dump() for outcome in found.expected]} if found.expected else {}
        sys.stdout.write(json_text(record, ascii_only=True) + "\n")
        _end(found)
        return
    called = Path(data).name if data and not data.startswith("{") else name
    rows = f"{found.rows:,} rows of {called}" if data else f"{found.rows:,} {called} rows"
    show_metrics(found.metrics, console, title=f"{folder.name} on {rows}")
    show_reports(found.reports, found.mistakes, found.unjudged, console, shown=found.metrics)
    if found.expected:
        console.print()
        show_outcomes(found.expected, console)
    console.print(f"\nfigures and numbers: {folder.evaluation}", soft_wrap=True)
    _end(found)


def _end(found: Judgement) -> None:
    """End the process with the exit code of a failure if something expected did not come out."""
    if not all(outcome.met for outcome in found.expected):
        sys.exit(FAILED)

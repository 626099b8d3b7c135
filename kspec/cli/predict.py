"""`kspec predict`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kspec.cli.options import AsJson, BatchSize, Code, Debug, Last, RunsDir
from kspec.runs.folder import DEFAULT_RUNS

if TYPE_CHECKING:
    from kspec.commands.predict import Written


class RowsFormat(StrEnum):
    """How rows may be written that are read as text."""

    csv = "csv"
    jsonl = "jsonl"


class OutputFormat(StrEnum):
    """How predictions may be written."""

    csv = "csv"
    jsonl = "jsonl"
    npz = "npz"
    parquet = "parquet"


def predict(
    first: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN|SPEC",
            help="A run, or a spec for its newest run. Left out, the newest run of all.",
            show_default=False,
        ),
    ] = None,
    others: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ROWS",
            help="Files, folders, quoted patterns such as 'new/*.csv', a source, or - for standard input.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write: .csv, .jsonl, .parquet or .npz; - for standard output. Without it, into the run.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="FIELD", help="Field of the rows to carry along. May be given often."),
    ] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, metavar="K", help="Write the K likeliest classes.")] = None,
    proba: Annotated[
        bool | None,
        typer.Option("--proba/--no-proba", help="Write the probabilities of all classes; left out, of up to 10."),
    ] = None,
    threshold: Annotated[
        float,
        typer.Option("--threshold", min=0, max=1, metavar="P", help="Probability above which yes or a label is said."),
    ] = 0.5,
    raw: Annotated[bool, typer.Option("--raw", help="Write what the model gives, as it is.")] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="OUTPUT", help="Output of the model to write. May be given often."),
    ] = None,
    rows_format: Annotated[
        RowsFormat | None,
        typer.Option("--format", help="How the rows are written, where their ending does not say it."),
    ] = None,
    to: Annotated[
        OutputFormat | None, typer.Option("--to", help="How to write, where the ending of -o does not say it.")
    ] = None,
    last: Last = False,
    batch_size: BatchSize = None,
    code: Code = None,
    runs: RunsDir = DEFAULT_RUNS,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Predict new rows with a trained model."""
    from kspec.cli.choosing import choose_run
    from kspec.commands.asking import Asked
    from kspec.commands.predict import predict_to_file
    from kspec.commands.predictions.columns import Shown
    from kspec.console.choose import make_console, training_observer

    if first is None:
        raise typer.BadParameter("name the rows to predict, such as new.csv", param_hint="ROWS")
    run, rows = _told_apart(first, others or [], Path(runs))
    folder = choose_run(run, Path(runs), code or [])
    asked = Asked(
        outputs=tuple(only or ()), keep=tuple(keep or ()), last=last, batch_size=batch_size, threshold=threshold,
        raw=raw, form=rows_format,
    )  # fmt: skip
    shown = Shown(top=top, probabilities=proba, raw=raw)
    with training_observer(make_console(stderr=True), quiet=as_json) as observe:
        written = predict_to_file(
            folder, rows, output, asked=asked, shown=shown, form=to, force=force, code=code or [], observe=observe
        )
    _tell(written, str(folder.path), as_json=as_json)


def _told_apart(first: str, others: list[str], runs: Path) -> tuple[str | None, list[str]]:
    """Return the run, if it is named, and the rows: the first of several names is a run unless it is data."""
    from kspec.runs.listing import is_run

    if others and (is_run(first, runs) or not _is_data(first)):
        return first, others
    if not others and is_run(first, runs):
        raise typer.BadParameter(f"{first} is a run; name the rows to predict after it", param_hint="ROWS")
    return None, [first, *others]


def _is_data(name: str) -> bool:
    from kspec.commands.given import is_pattern

    path = Path(name)
    return (
        name == "-"
        or name.startswith("{")
        or is_pattern(name)
        or path.is_dir()
        or (path.is_file() and path.suffix.lower() not in (".yaml", ".yml", ".json"))
    )


def _tell(written: Written, run: str, *, as_json: bool) -> None:
    from kspec.console.choose import make_console
    from kspec.console.figures import rate

    # What goes to standard output is the predictions, and nothing else.
    streamed = str(written.path) == "-"
    if as_json:
        import json

        record = {"run": run, "output": str(written.path), "rows": written.rows, "seconds": round(written.seconds, 3)}
        (sys.stderr if streamed else sys.stdout).write(json.dumps(record) + "\n")
        return
    where = "" if streamed else f" in {written.path}"
    said = f"{written.rows:,} predictions of {Path(run).name}{where}, {rate(written.rows_per_second)}"
    make_console(stderr=streamed).print(said, soft_wrap=True)

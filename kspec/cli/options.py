"""Parameters that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RunsDir = Annotated[Path, typer.Option("--runs", metavar="DIR", help="Folder that holds the run folders.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change the spec, such as fit.epochs=3. May be given often."),
]
Code = Annotated[
    list[Path] | None,
    typer.Option(
        "--code",
        metavar="FILE",
        help="Python file with layers, losses, ... of your own. It is run.",
    ),
]
NamesCode = Annotated[
    list[Path] | None,
    typer.Option("--code", metavar="FILE", help="Python file whose layers, losses, ... are known too. It is not run."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for programs to read.")]
Strict = Annotated[bool, typer.Option("--strict", help="Take warnings for errors.")]
Last = Annotated[bool, typer.Option("--last", help="Use the last state of the model, not the best.")]
BatchSize = Annotated[int | None, typer.Option("--batch-size", min=1, metavar="ROWS", help="Rows of a step.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

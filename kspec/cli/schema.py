"""`kspec schema`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kspec.cli.options import Debug, NamesCode


def schema(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to a file, such as kspec.schema.json."),
    ] = None,
    indent: Annotated[
        bool, typer.Option("--indent/--compact", help="Lay it out for a person to read, or keep it short.")
    ] = False,
    code: NamesCode = None,
    debug: Debug = False,
) -> None:
    """Write the JSON Schema by which editors check specs."""
    from kspec.commands.schema import modeline, schema_text, write_schema
    from kspec.console.choose import make_console

    if output is None:
        sys.stdout.write(schema_text(indent=indent, code=code or []))
        return
    write_schema(output, indent=indent, code=code or [])
    console = make_console()
    console.print(f"{output}: let a spec beside it begin with", soft_wrap=True)
    console.print(modeline(output.parent / "spec.yaml", output), soft_wrap=True, markup=False, highlight=False)

"""`kspec summary`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kspec.cli.options import AsJson, Code, Debug, Overrides, RunsDir
from kspec.runs.folder import DEFAULT_RUNS


def summary(
    name: Annotated[
        str | None,
        typer.Argument(metavar="SPEC|RUN", help="A spec or a run; the newest run if left out.", show_default=False),
    ] = None,
    overrides: Overrides = None,
    code: Code = None,
    runs: RunsDir = DEFAULT_RUNS,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show a model's layers with shapes and parameters."""
    from kspec.commands.opening import open_run, open_spec
    from kspec.commands.summary import summarize
    from kspec.console.choose import make_console
    from kspec.console.tables import show_summary
    from kspec.runs.listing import find_run, is_run

    runs = Path(runs)
    if name is None or is_run(name, runs) or not (Path(name).exists() or name == "-"):
        opened = open_run(find_run(name, runs), code or []).opened
    else:
        opened = open_spec(name, overrides or [], code=code or [])
    found = summarize(opened)
    if as_json:
        import json
        from dataclasses import asdict

        sys.stdout.write(json.dumps(asdict(found), indent=2, ensure_ascii=False) + "\n")
    else:
        show_summary(found, make_console())

"""`kspec runs` and `kspec runs compare`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kspec.cli.options import AsJson, Debug, RunsDir
from kspec.runs.folder import DEFAULT_RUNS

runs = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@runs.callback(invoke_without_command=True)
def list_(
    context: typer.Context, folder: RunsDir = DEFAULT_RUNS, as_json: AsJson = False, debug: Debug = False
) -> None:
    """List the runs, the newest first, or compare some of them."""
    if context.invoked_subcommand:
        context.obj = (Path(folder), as_json)
        return
    from kspec.commands.runs import list_runs, runs_as_json
    from kspec.console.choose import make_console
    from kspec.console.tables import show_runs

    folder = Path(folder)
    if as_json:
        _write_json(runs_as_json(folder))
        return
    console = make_console()
    rows = list_runs(folder)
    if not rows:
        console.print(f"there are no runs in {folder} yet; train one: kspec train SPEC", soft_wrap=True)
        return
    show_runs(rows, console)


@runs.command()
def compare(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="RUN", help="Two or more of them.", show_default=False)],
    folder: RunsDir = DEFAULT_RUNS,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show what differs between runs: specs, data, surroundings, results."""
    from kspec.commands.compare import compare_runs
    from kspec.console.choose import make_console
    from kspec.console.comparison import show_comparison
    from kspec.runs.listing import find_run

    # What stands before `compare` counts, too.
    before, json_before = context.obj
    folder = before if Path(folder) == DEFAULT_RUNS else Path(folder)
    if len(names) < 2:
        raise typer.BadParameter(f"{names[0]} alone cannot be compared; name two runs or more", param_hint="RUN")
    folders = [find_run(name, folder) for name in names]
    for number, found in enumerate(folders):
        if found.path.resolve() in [other.path.resolve() for other in folders[:number]]:
            raise typer.BadParameter(f"{names[number]} is named twice: it is {found.path}", param_hint="RUN")
    comparison = compare_runs(folders)
    if as_json or json_before:
        _write_json(comparison.record())
    else:
        show_comparison(comparison, make_console())


def _write_json(value: Any) -> None:
    import json

    from kspec.runs.strict_json import strict

    sys.stdout.write(json.dumps(strict(value), indent=2, ensure_ascii=False) + "\n")

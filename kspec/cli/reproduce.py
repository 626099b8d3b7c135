"""`kspec reproduce`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kspec.cli.errors import FAILED
from kspec.cli.options import AsJson, Code, Debug, RunsDir
from kspec.runs.folder import DEFAULT_RUNS


def reproduce(
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="A run; the newest if left out.", show_default=False),
    ] = None,
    code: Code = None,
    runs: RunsDir = DEFAULT_RUNS,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only warnings and the result.")] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Train a run again, and compare it to the last bit."""
    from kspec.cli.training import end_interrupted, until_closed
    from kspec.commands.reproduce import reproduce as command
    from kspec.commands.training.fitting import going_on
    from kspec.console.choose import make_console, training_observer
    from kspec.console.reproduction import show_reproduction
    from kspec.runs.listing import find_run
    from kspec.runs.strict_json import strict

    folder = find_run(run, Path(runs))
    console = make_console()
    with training_observer(make_console(stderr=as_json), quiet=quiet or as_json) as observe:
        found = command(folder, code=code or [], observe=until_closed(observe))
    if found.compared is None:
        console.print(
            f"interrupted; go on with the training: {going_on(found.run.manifest, found.run.folder)}", soft_wrap=True
        )
        end_interrupted()
    elif as_json:
        import json

        sys.stdout.write(json.dumps(strict(found.compared.record()), indent=2, ensure_ascii=False) + "\n")
    else:
        show_reproduction(found.compared, console)
        console.print(f"\nthe repeated run: {found.run.path}", soft_wrap=True)
    sys.exit(0 if found.compared and found.compared.identical else FAILED)

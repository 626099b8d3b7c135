"""`kspec runs`."""

from __future__ import annotations

import sys
from pathlib import Path

from kspec.cli.options import AsJson, Debug, RunsDir
from kspec.runs.folder import DEFAULT_RUNS


def runs(folder: RunsDir = DEFAULT_RUNS, as_json: AsJson = False, debug: Debug = False) -> None:
    """List the runs, the newest first."""
    from kspec.commands.runs import list_runs, runs_as_json
    from kspec.console.choose import make_console
    from kspec.console.tables import show_runs

    folder = Path(folder)
    if as_json:
        import json

        from kspec.runs.manifest import strict

        sys.stdout.write(json.dumps(strict(runs_as_json(folder)), indent=2, ensure_ascii=False) + "\n")
        return
    console = make_console()
    rows = list_runs(folder)
    if not rows:
        console.print(f"there are no runs in {folder} yet; train one: kspec train SPEC", soft_wrap=True)
        return
    show_runs(rows, console)

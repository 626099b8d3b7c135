"""`kspec inspect`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kspec.cli.options import AsJson, Code, Debug, Overrides, RunsDir, Strict
from kspec.runs.folder import DEFAULT_RUNS


def inspect(
    name: Annotated[
        str | None,
        typer.Argument(metavar="SPEC|RUN", help="A spec or a run; the newest run if left out.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to draw the data (.png, .svg, .pdf)."),
    ] = None,
    strict: Strict = False,
    overrides: Overrides = None,
    code: Code = None,
    runs: RunsDir = DEFAULT_RUNS,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show the data of a spec, and what is hardly meant in it."""
    from kspec.cli.errors import WRONG
    from kspec.commands.inspect import as_json as as_record
    from kspec.commands.inspect import draw, judge, look
    from kspec.commands.opening import open_run, open_spec
    from kspec.console.choose import make_console, training_observer
    from kspec.console.diagnostics import render_problems
    from kspec.console.inspection import show_fed, show_inspection
    from kspec.console.targets import show_targets
    from kspec.runs.listing import find_run, is_run

    runs = Path(runs)
    if output is not None and output.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise typer.BadParameter(f"`{output}` does not end in .png, .svg or .pdf", param_hint="--output")
    run, trained_on = None, None
    if name is None or is_run(name, runs) or not (Path(name).exists() or name == "-"):
        run = find_run(name, runs)
        found = open_run(run, code or [])
        opened = found.opened
        trained_on = None if found.manifest.smoke else found.manifest.data.get("fingerprints")
    else:
        opened = open_spec(name, overrides or [], code=code or [], strict=strict)
    picture = output or (run.data_png if run else runs / f"{opened.spec.name}-data.png")
    console = make_console()
    said = make_console(stderr=True)
    with training_observer(said, quiet=as_json) as observe:
        looked = look(opened, name=run.name if run else None, trained_on=trained_on, observe=observe)
    if not as_json:
        show_inspection(looked.inspection, console)
        show_targets(looked.inspection, console)
    with training_observer(said, quiet=as_json) as observe:
        judged = judge(looked, observe=observe, as_strict=strict)
    fault = draw(looked, judged, picture)
    problems = [*judged.problems, *([fault] if fault else [])]
    wrong = any(problem.severity == "error" for problem in problems)
    if as_json:
        import json

        record = as_record(looked, judged, problems, None if fault else picture)
        sys.stdout.write(json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    else:
        show_fed(judged.fed, looked.inspection.train.rows, console)
        if not fault:
            console.print(f"\nfigure: {picture}", soft_wrap=True)
        if problems:
            console.print()
            render_problems(problems, console)
    if wrong:
        sys.exit(WRONG)

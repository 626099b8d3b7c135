"""`kspec validate`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kspec.cli.options import AsJson, Code, Debug, Overrides, Strict


def validate(
    specs: Annotated[
        list[str], typer.Argument(metavar="SPEC", help="Specs; - reads standard input.", show_default=False)
    ],
    static: Annotated[
        bool, typer.Option("--static", help="Do not build the models; TensorFlow is not imported.")
    ] = False,
    strict: Strict = False,
    overrides: Overrides = None,
    code: Code = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show every mistake in specs, and build their models."""
    from kspec.cli.errors import WRONG
    from kspec.commands.validate import validate as check
    from kspec.console.choose import make_console
    from kspec.console.diagnostics import problems_as_json, render_problems

    failed = False
    found = []
    for spec in specs:
        problems = check(spec, overrides=overrides or [], code=code or [], static=static, strict=strict)
        wrong = any(problem.severity == "error" for problem in problems)
        failed = failed or wrong
        found += problems
        if not as_json:
            console = make_console(stderr=wrong)
            render_problems(problems, console)
            if not wrong:
                made = (
                    "is right as far as can be seen without building it"
                    if static
                    else "is right, its model can be built"
                )
                console.print(f"{spec}: {made}", soft_wrap=True)
    if as_json:
        import json

        sys.stdout.write(json.dumps({"problems": problems_as_json(found)}, indent=2, ensure_ascii=False) + "\n")
    if failed:
        sys.exit(WRONG)

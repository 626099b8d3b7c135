"""`kspec explain`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kspec.cli.options import AsJson, Debug, NamesCode

Family = Annotated[
    str | None, typer.Option("--family", metavar="FAMILY", help="Look in one family only, such as losses.")
]


def explain(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A component, an argument, a key, a diagnostic code.", show_default=False),
    ],
    family: Family = None,
    code: NamesCode = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Say what a name means: Dense, Dense.units, fit.epochs."""
    from kspec.commands.explain import explain as find
    from kspec.commands.explain import explanation_as_json

    entries = find(name, family=family, code=code or [])
    if as_json:
        import json

        sys.stdout.write(json.dumps(explanation_as_json(name, entries), indent=2, ensure_ascii=False) + "\n")
        return
    from kspec.console.choose import make_console
    from kspec.console.explanation import show_explanation

    show_explanation(entries, make_console())

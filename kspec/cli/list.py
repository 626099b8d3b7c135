"""`kspec list`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kspec.cli.options import AsJson, Debug, NamesCode


def list_(
    family: Annotated[
        str | None,
        typer.Argument(metavar="FAMILY", help="Such as layers or codes; the families if left out.", show_default=False),
    ] = None,
    match: Annotated[
        str | None, typer.Option("--match", metavar="TEXT", help="Only what has this text in its name or its summary.")
    ] = None,
    code: NamesCode = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """List the names that a spec can use, family by family."""
    from kspec.commands.explain import count_families, list_names

    files = code or []
    counted = family is None and match is None
    if as_json:
        import json
        from dataclasses import asdict

        if counted:
            found: dict[str, list[dict[str, object]]] = {
                "families": [
                    {"family": name, "count": count, "summary": summary}
                    for name, count, summary in count_families(files)
                ]
            }
        else:
            found = {"names": [asdict(row) for row in list_names(family, match=match, code=files)]}
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        return
    from kspec.console.choose import make_console
    from kspec.console.lists import show_families, show_names

    console = make_console()
    if counted:
        show_families(count_families(files), console)
        return
    rows = list_names(family, match=match, code=files)
    if not rows:
        where = f"among the {family} " if family else ""
        console.print(f"nothing {where}has `{match}` in its name or its summary", soft_wrap=True)
    show_names(rows, console, titles=family is None)

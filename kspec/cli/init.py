"""`kspec init`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from kspec.cli.options import AsJson, Debug


class _Task(StrEnum):
    classify = "classify"
    regress = "regress"


_Columns = list[str] | None


def init(
    start: Annotated[
        str | None,
        typer.Argument(
            metavar="TEMPLATE|CSV|FOLDER",
            help="A template; or a table, or a folder of images, to make a spec for. Left out, templates are listed.",
            show_default=False,
        ),
    ] = None,
    targets: Annotated[
        _Columns,
        typer.Option("--target", "-t", metavar="COLUMN", help="Column of the table to predict. May be given often."),
    ] = None,
    inputs: Annotated[
        _Columns,
        typer.Option("--input", metavar="COLUMN", help="Column to predict from, in place of all. May be given often."),
    ] = None,
    drop: Annotated[
        _Columns, typer.Option("--drop", metavar="COLUMN", help="Column not to predict from. May be given often.")
    ] = None,
    task: Annotated[
        _Task | None,
        typer.Option("--task", help="Take targets for classes or for quantities.", show_default=False),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write, in place of NAME.yaml; - writes it out."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Name of the runs and the file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Write a spec to start from: a template, or for your data."""
    from kspec.cli.starting import choose_template, show_starter, target_asker
    from kspec.commands.init import init_images, init_table, init_template, is_folder, is_table

    if start is None:
        start = choose_template(as_json=as_json)
        if start is None:
            return
    if is_table(start):
        starter = init_table(
            start,
            output,
            targets=targets or (),
            inputs=inputs or (),
            drop=drop or (),
            task=task.value if task else None,
            run_name=name,
            force=force,
            ask=None if as_json else target_asker(start),
        )
    elif targets or inputs or drop or task:
        raise typer.BadParameter("--target, --input, --drop and --task go with a table", param_hint="TEMPLATE")
    elif is_folder(start):
        starter = init_images(start, output, run_name=name, force=force)
    else:
        starter = init_template(start, output, run_name=name, force=force)
    show_starter(starter, as_json=as_json)

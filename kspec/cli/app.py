"""The commands put together."""

from __future__ import annotations

from typing import Annotated

import typer

from kspec.cli.bench import bench
from kspec.cli.errors import handle_errors
from kspec.cli.evaluate import evaluate
from kspec.cli.explain import explain
from kspec.cli.init import init
from kspec.cli.inspect import inspect
from kspec.cli.list import list_
from kspec.cli.plot import plot
from kspec.cli.predict import predict
from kspec.cli.reproduce import reproduce
from kspec.cli.runs import runs
from kspec.cli.schema import schema
from kspec.cli.summary import summary
from kspec.cli.sweep import sweep
from kspec.cli.train import train
from kspec.cli.validate import validate

_HELP = """Train Keras models from a spec: a YAML or JSON file that says what to build and what to train it on.

Begin with:  kspec init"""

app = typer.Typer(
    help=_HELP, no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)  # fmt: skip


def _show_version(wanted: bool) -> None:
    if wanted:
        from kspec.commands.versions import version_lines

        for line in version_lines():
            typer.echo(line)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Hold the options that stand before any command."""


for _command in (
    init,
    inspect,
    train,
    reproduce,
    sweep,
    evaluate,
    predict,
    validate,
    bench,
    summary,
    plot,
    explain,
    schema,
):
    app.command()(_command)
app.command("list")(list_)
app.add_typer(runs, name="runs")


def run() -> None:
    """Run the command line; every error ends here."""
    with handle_errors():
        app()

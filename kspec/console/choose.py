"""The console, and the display that suits it."""

from __future__ import annotations

import io
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, TextIO

from rich.console import Console

if TYPE_CHECKING:
    from kspec.runs.events import Observer


class _Console(Console):
    """A console whose reader may go: rich would end the process as if something had failed."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def make_console(*, stderr: bool = False, width: int | None = None, file: TextIO | None = None) -> Console:
    """Return a console that shows text as it is.

    `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb` and `COLUMNS` in the environment are honoured.

    Args:
        stderr: Whether to write to standard error and not to standard output.
        width: Cells of a line; None for those of the terminal, or 80.
        file: Where to write in place of either.
    """
    stream = file or (sys.stderr if stderr else sys.stdout)
    if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
        # A sign that the terminal's encoding lacks is shown escaped; it must not end a training.
        stream.reconfigure(errors="backslashreplace")
    return _Console(
        file=file, stderr=stderr, width=width, highlight=False, markup=False, emoji=False, legacy_windows=False
    )


def training_observer(
    console: Console, *, quiet: bool = False, as_json: bool = False
) -> AbstractContextManager[Observer]:
    """Return the observer that suits the console, to be used with `with`.

    Args:
        console: Where to show the training.
        quiet: Show warnings only.
        as_json: Write events as lines of JSON.

    Returns:
        A live display on a terminal that can move its cursor and draw blocks, plain lines elsewhere.
    """
    # Other commands need a console, too, and should not wait for these.
    from kspec.console.json_lines import JsonLines
    from kspec.console.live import LiveDisplay
    from kspec.console.plain import OnlyWarnings, PlainLines

    if as_json:
        return nullcontext(JsonLines(console.file))
    if quiet:
        return nullcontext(OnlyWarnings(console.file))
    return LiveDisplay(console) if can_draw(console) else nullcontext(PlainLines(console.file))


def can_draw(console: Console) -> bool:
    """Say whether the console is a terminal on which a display can be drawn in place.

    `FORCE_COLOR` makes rich take a log for a terminal, but a log has no cursor to move.
    """
    return console.is_interactive and console.file.isatty() and console.encoding.startswith("utf")

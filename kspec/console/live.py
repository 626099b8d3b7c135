"""The live training display of a terminal: drawn eight times a second, whatever the number of batches."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live

from kspec.console.diagnostics import render_problems
from kspec.console.notices import notice_block
from kspec.console.screen import render
from kspec.console.state import DisplayState
from kspec.runs.events import Event, Notice, TrainingEnded, Warned

REDRAWS_PER_SECOND = 8
_INTERRUPTS = 2 * len("^C")


class LiveDisplay:
    """An observer that shows training in place, and leaves the final table on the screen.

    Use it as a context manager; it also ends well when training is interrupted. Events may come from any thread.

    Args:
        console: A terminal.
        clock: Seconds from any fixed moment on.
    """

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._state = DisplayState(clock)
        self._live = Live(
            get_renderable=lambda: self, console=console, refresh_per_second=REDRAWS_PER_SECOND, transient=False
        )

    def __call__(self, event: Event) -> None:
        """Take note of an event; only notices are written at once."""
        self._state.observe(event)
        match event:
            case Notice():
                self._write(event)
            case Warned():
                render_problems(event.problems, self._console)
            case TrainingEnded(reason=reason) if reason:
                self._write(Notice(reason, "note" if event.status == "stopped" else "warning"))

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._state.close(failed=kind is not None and issubclass(kind, Exception))
        try:
            self._live.stop()
        finally:
            # A second Ctrl-C may cut the last drawing short; the cursor comes back all the same.
            self._console.show_cursor(True)

    def _write(self, notice: Notice) -> None:
        self._console.print(notice_block(notice, self._console), soft_wrap=True)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # Terminals write `^C` behind the last line: where that began another line, the picture would be drawn twice.
        margin = 0 if self._state.closed else _INTERRUPTS
        yield from render(self._state, max(1, options.max_width - margin), console.height)

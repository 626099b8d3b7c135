"""A sweep on screen: a line for each trial that ends, those at work below them, and the best ones at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from kspec.console.choose import can_draw
from kspec.console.columns import Column, lay_out
from kspec.console.figures import clock_time, duration, metric_value
from kspec.console.json_lines import JsonLines
from kspec.console.live import REDRAWS_PER_SECOND
from kspec.console.printable import cut, visible
from kspec.runs.sweep_events import SweepEvent, SweepObserver, SweepStarted, TrialEnded, TrialEpoch, TrialStarted
from kspec.runs.sweeps import SweepManifest, TrialRecord
from kspec.spec.writing import to_inline

_STYLES: Mapping[str, str] = {"done": "green", "pruned": "yellow", "interrupted": "yellow", "failed": "red"}
_MOST_SHOWN = 10


def sweep_observer(
    console: Console, *, quiet: bool = False, as_json: bool = False
) -> AbstractContextManager[SweepObserver]:
    """Return the observer that suits the console, to be used with `with`.

    Args:
        console: Where to show the sweep.
        quiet: Show nothing but the end.
        as_json: Write events as lines of JSON.
    """
    if as_json:
        return nullcontext(JsonLines(console.file))
    if quiet:
        return nullcontext(lambda event: None)
    return LiveSweep(console) if can_draw(console) else nullcontext(PlainSweep(console))


class PlainSweep:
    """An observer that writes a line for each trial that ends.

    Args:
        console: Where to write. Every line is flushed, so that a log can be followed.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lines = _Lines()

    def __call__(self, event: SweepEvent) -> None:
        """Write what is worth a line."""
        if (line := self._lines.line(event)) is not None:
            self._console.print(line, soft_wrap=True)
            self._console.file.flush()


class LiveSweep:
    """An observer for a terminal: lines of ended trials, and below them those that are at work.

    Args:
        console: A terminal.
        clock: Seconds from any fixed moment on.
    """

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._lines = _Lines()
        self._working: dict[int, _Working] = {}
        self._live = Live(
            get_renderable=lambda: self, console=console, refresh_per_second=REDRAWS_PER_SECOND, transient=True
        )

    def __call__(self, event: SweepEvent) -> None:
        """Take note of an event; what ends is written at once."""
        working = dict(self._working)
        match event:
            case TrialStarted():
                working[event.trial] = _Working(event.values, self._clock())
            case TrialEpoch() if event.trial in working:
                before = working[event.trial]
                working[event.trial] = _Working(before.values, before.began, event.epoch, event.value)
            case TrialEnded():
                working.pop(event.trial, None)
        self._working = working
        if (line := self._lines.line(event)) is not None:
            self._console.print(line, soft_wrap=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._working = {}
        try:
            self._live.stop()
        finally:
            self._console.show_cursor(True)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for number, trial in self._working.items():
            yield trial.line(number, self._clock(), options.max_width)


@dataclass(frozen=True, slots=True)
class _Working:
    """A trial that is at work."""

    values: Mapping[str, Any]
    began: float
    epoch: int = 0
    value: float | None = None

    def line(self, number: int, now: float, width: int) -> Text:
        at = f"epoch {self.epoch}" if self.epoch else "starting"
        value = "" if self.value is None else f"  {metric_value(self.value)}"
        head = f"trial {number}  {at}{value}  {clock_time(now - self.began)}  "
        return Text.assemble((head, "cyan"), (cut(_values(self.values), max(0, width - len(head))), "dim"))


class _Lines:
    """Turns events into lines; what it needs to know of the sweep comes with its first event."""

    def __init__(self) -> None:
        self._metric = ""
        self._wide = 1
        self._done = self._wanted = 0

    def line(self, event: SweepEvent) -> Text | None:
        """Return the line of an event, or None."""
        match event:
            case SweepStarted():
                self._metric, self._wide = event.metric, len(str(event.trials))
                self._done, self._wanted = event.finished, event.trials
                goes_on = f", {event.finished} of them done" if event.finished else ""
                what = f"{event.trials} trials{goes_on}, {event.metric} is {event.direction}d"
                return Text(visible(f"{event.name}: {what}"))
            case TrialEnded():
                return self._ended(event)
        return None

    def _ended(self, event: TrialEnded) -> Text:
        line = Text(f"trial {event.trial:>{self._wide}}  ", "bold" if event.best else "")
        if event.status == "done" and event.value is not None:
            value = f"{visible(self._metric)} {metric_value(event.value)} @ {event.epoch}"
            line.append(value, "bold green" if event.best else "")
        else:
            line.append(event.status, _STYLES[event.status])
        line.append(f"  {duration(event.seconds)}  ", "dim").append(_values(event.values))
        if event.best:
            line.append("  best so far", "green")
        if event.reason:
            line.append(f": {visible(event.reason)}")
        return line


def show_sweep(manifest: SweepManifest, path: str, commands: Sequence[str], console: Console) -> None:
    """Print the best trials of a sweep, where it lies, and what to do next.

    Args:
        manifest: What is known of the sweep.
        path: Its folder, as it is to be shown.
        commands: Commands to try next, as they are typed.
        console: Where to print.
    """
    counts = {status: sum(trial.status == status for trial in manifest.trials) for status in _STYLES}
    said = ", ".join(f"{count} {status}" for status, count in counts.items() if count) or "no trial"
    style = "red" if manifest.status == "failed" else "yellow" if manifest.status == "interrupted" else "green"
    head = Text.assemble((visible(path), "bold"), "  ", (manifest.status, style), f": {said}")
    if manifest.reason and manifest.status != "interrupted":
        head.append(f" ({visible(manifest.reason)})")
    console.print(head, soft_wrap=True)
    if ranked := manifest.ranked[:_MOST_SHOWN]:
        for line in lay_out(_columns(ranked, manifest.metric), console.width):
            console.print(line, soft_wrap=True)
        console.print(Text.assemble(("best  ", "dim"), _values(ranked[0].values)), soft_wrap=True)
    for number, command in enumerate(commands):
        label = "next  " if not number else "      "
        console.print(Text.assemble((label, "dim"), (visible(command), "cyan")), soft_wrap=True)


def _columns(trials: Sequence[TrialRecord], metric: str) -> list[Column]:
    paths = list(trials[0].values)
    values = [Text(f"{metric_value(trial.value or 0.0)} @ {trial.epoch}") for trial in trials]
    columns = [
        Column("trial", [Text(str(trial.number)) for trial in trials], right=True),
        Column(visible(metric), values),
    ]
    for place, name in enumerate(paths, start=1):
        cells = [Text(_value(trial.values.get(name))) for trial in trials]
        columns.append(Column(visible(name.rpartition(".")[2]), cells, least=6, drop=place))
    runs = [Text(visible(trial.run or ""), "dim") for trial in trials]
    return [*columns, Column("run", runs, least=6, drop=len(paths) + 1, lose="middle")]


def _values(values: Mapping[str, Any]) -> str:
    return visible("  ".join(f"{name}={_value(value)}" for name, value in values.items()))


def _value(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else visible(to_inline(value))

"""The training display as lines of text: a pure function of what is known and of the size of the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len
from rich.text import Text

from kspec.console.columns import GAP, Column, lay_out
from kspec.console.figures import clock_time, metric_value, rate
from kspec.console.printable import cut, visible
from kspec.console.state import DisplayState
from kspec.console.styles import STATUS_STYLES
from kspec.console.track import WIDEST, Track, sparkline

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
BAR, NARROWEST_BAR, WIDEST_BAR = ("━", "─"), 8, 40
SHORTEST_RUN, SHORTEST_NAME, SHORTEST_TREND = 20, 10, 8
_NONE = Text("–", "dim")


def render(state: DisplayState, width: int, height: int) -> list[Text]:
    """Return the lines of the display, none of them wider or more than the screen.

    Args:
        state: What the events have told.
        width: Cells of a line.
        height: Lines of the screen. The final picture, of a closed state, may be longer: the screen rolls.
    """
    # Events go on while this is drawn, in another thread: what is drawn is a copy.
    state = replace(state)
    above: list[Text] = []
    below: list[Text] = []
    if state.training:
        above.append(_header(state, width))
        if not state.ended and state.steps:
            above.append(_activity(state, width))
    if not state.closed:
        if state.progress and not state.progress.steps:
            progress = state.progress
            below.append(_waiting(state, f"{progress.task} {progress.step:,}", state.phase_at, width))
        elif state.progress:
            progress = state.progress
            values = "  ".join(f"{visible(name)} {metric_value(value)}" for name, value in progress.logs.items())
            below.append(_bar(visible(progress.task), progress.step, progress.steps, [Text(values)], width))
        elif state.phase:
            below.append(_waiting(state, state.phase, state.phase_at, width))
    # A line at the bottom stays free for the cursor of the shell, and for a screen that is just made smaller.
    room = math.inf if state.closed else height - 1 - len(above) - len(below)
    return [*above, *_table(state, width, room), *below]


def _header(state: DisplayState, width: int) -> Text:
    training, ended = state.training, state.ended
    if training is None:
        return Text()
    status = ended.status if ended else None
    parts = [Text.assemble(("epoch ", "dim"), f"{state.epoch}/{training.epochs}")] if state.epoch else []
    if status:
        parts.insert(0, Text(status, STATUS_STYLES[status]))
    if ended:
        parts.append(Text.assemble(("in ", "dim"), clock_time(state.ended_at - state.training_at)))
    if state.learning_rate is not None:
        parts.append(Text.assemble(("lr ", "dim"), f"{state.learning_rate:.2e}"))
    if state.rows_per_second is not None and not status:
        parts.append(Text(rate(state.rows_per_second), "magenta"))
    name = visible(training.run)
    least = 2 + min(cell_len(name), SHORTEST_RUN)
    while parts and least + sum(part.cell_len + GAP for part in parts) > width:
        parts.pop()
    room = width - 2 - sum(part.cell_len + GAP for part in parts)
    line = Text.assemble(("● ", STATUS_STYLES[status or "done"]), (cut(name, room), "bold"))
    for part in parts:
        line.append(" " * GAP).append_text(part)
    return line


def _activity(state: DisplayState, width: int) -> Text:
    if state.validation_at is not None:
        return _waiting(state, "validating", state.validation_at, width)
    if state.steps and state.batch is None and not state.epoch_seconds:
        return _waiting(state, "compiling the first step", state.epoch_at, width)
    step = state.batch.step if state.batch else 0
    times = [
        Text.assemble(("total ", "dim"), clock_time(state.total_left())),
        Text.assemble(("epoch ", "dim"), clock_time(state.epoch_left())),
    ]
    return _bar("batches", step, state.steps, times, width)


def _bar(label: str, step: int, steps: int, notes: Sequence[Text], width: int) -> Text:
    """Return a bar with its count and as many of the notes, most important first, as there is room for."""
    count = f"{step:>{len(str(steps))}}/{steps}"
    head = Text(f"{label} ", "dim")
    kept = list(notes)

    def left() -> int:
        return width - head.cell_len - GAP // 2 - len(count) - sum(note.cell_len + GAP for note in kept)

    if left() < NARROWEST_BAR:
        head = Text()
    while kept and left() < NARROWEST_BAR:
        kept.pop()
    cells = max(0, min(WIDEST_BAR, left()))
    done = min(cells, cells * step // steps) if steps else 0
    line = Text.assemble(head, (BAR[0] * done, "magenta"), (BAR[1] * (cells - done), "bright_black"))
    line.append(f" {count}", "green")
    for note in reversed(kept):
        line.append(" " * GAP).append_text(note)
    line.truncate(width)
    return line


def _waiting(state: DisplayState, text: str, since: float, width: int) -> Text:
    now = state.clock()
    seconds = f"{' ' * GAP}{clock_time(now - since)}"
    frame = SPINNER[int(now * 8) % len(SPINNER)]
    line = Text.assemble((f"{frame} ", "cyan"), cut(f"{visible(text)} …", width - 2 - len(seconds)), (seconds, "dim"))
    line.truncate(width)
    return line


def _table(state: DisplayState, width: int, room: float) -> list[Text]:
    logs = dict(state.batch.logs) if state.batch else {}
    names = dict.fromkeys(name.removeprefix("val_") for name in (*state.tracks, *logs))
    ordered = sorted(names, key=lambda name: name != "loss")
    if not ordered:
        return []
    spaced = room >= 6
    rows = max(0, room - (3 if spaced else 1))
    hidden = 0
    if len(ordered) > rows:
        hidden = len(ordered) - int(max(0, rows - 1))
        ordered = ordered[: len(ordered) - hidden]
    if not ordered:
        return []
    lines = lay_out(_columns(state, logs, ordered, width), width)
    if spaced:
        wide = max(line.cell_len for line in lines)
        lines = [Text(), lines[0], Text("─" * wide, "bright_black"), *lines[1:]]
    return [*lines, Text(f"+{hidden} more", "dim")] if hidden else lines


def _columns(state: DisplayState, logs: dict[str, float], names: Sequence[str], width: int) -> list[Column]:
    tracks = state.tracks
    validated = any(name.startswith("val_") for name in tracks) or _has_validation(state)
    judged = {name: tracks.get(f"val_{name}" if validated else name) for name in names}
    train = [_value(logs[name] if name in logs else _last(tracks.get(name))) for name in names]
    columns = [
        # Names of one model often begin alike and end alike: what is cut is their middle.
        Column("metric", [Text(visible(name)) for name in names], least=max(SHORTEST_NAME, width // 4), lose="middle"),
        Column("train", train, right=True, wide=8),
    ]
    if validated:
        columns.append(Column("val", [_value(_last(judged[name])) for name in names], right=True, wide=8))
    best = f"best {'val' if validated else 'train'}"
    trends = [Text(sparkline(track.values), "cyan") if track else Text() for track in judged.values()]
    columns.append(Column(best, [_best(track) for track in judged.values()], right=True, wide=13, drop=2))
    wide = min(WIDEST, state.training.epochs) if state.training else 0
    columns.append(Column("trend", trends, wide=wide, least=SHORTEST_TREND, drop=3, lose="start"))
    columns.append(Column("", [_arrow(track) for track in judged.values()], wide=1, drop=1))
    return columns


def _has_validation(state: DisplayState) -> bool:
    return state.training is not None and bool(state.training.rows.get("validation"))


def _last(track: Track | None) -> float | None:
    return track.values[-1] if track and track.values else None


def _value(value: float | None) -> Text:
    if value is None:
        return _NONE
    return Text(metric_value(value), "" if math.isfinite(value) else "bold red")


def _best(track: Track | None) -> Text:
    if track is None or track.best is None:
        return _NONE
    return Text(f"{metric_value(track.best.value)} @ {track.best.epoch}", "bold green" if track.last_is_best else "")


def _arrow(track: Track | None) -> Text:
    if track is None or len(track.values) < 2:
        return Text()
    before, now = track.values[-2:]
    if not (math.isfinite(before) and math.isfinite(now)) or before == now:
        return Text("=" if before == now else "", "dim")
    return Text("▲" if now > before else "▼", "green" if track.better(now, before) else "yellow")

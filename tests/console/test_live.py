from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable

import pytest
from rich.console import Console
from scenes import Clock, ended, training, warned

from kspec.console.live import LiveDisplay
from kspec.runs.events import Event, Notice, Phase

pty = pytest.importorskip("pty", reason="a terminal of one's own needs POSIX")
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


def drawn(feed: Callable[[LiveDisplay, Clock], None]) -> str:
    out, clock = io.StringIO(), Clock()
    console = Console(file=out, width=80, height=24, force_terminal=True, color_system=None, legacy_windows=False)
    with LiveDisplay(console, clock=clock) as display:
        feed(display, clock)
    return out.getvalue()


def test_the_final_table_stays_and_the_bar_goes() -> None:
    def feed(display: LiveDisplay, clock: Clock) -> None:
        for event in ended(clock):
            display(event)

    last = drawn(feed).split("\x1b[2K")[-1]
    assert "● digits_mlp  stopped  epoch 12/20" in last
    assert "accuracy" in last
    assert "batches" not in last
    assert last.endswith("\n" + SHOW) or SHOW in last


def test_an_echoed_interrupt_begins_no_line_while_training_goes_on() -> None:
    out, clock = io.StringIO(), Clock()
    console = Console(file=out, width=80, height=24, color_system=None)
    display = LiveDisplay(console, clock=clock)
    for event in training(clock):
        display(event)
    console.print(display)
    assert max(len(line) for line in out.getvalue().splitlines()) == 80 - 2 * len("^C")


def test_notices_are_written_above_and_only_once() -> None:
    def feed(display: LiveDisplay, clock: Clock) -> None:
        for event in (Notice("the [bold]sample[/bold] takes its place"), Phase("building"), *training(clock)):
            display(event)

    screen = drawn(feed)
    assert screen.count("▲ the [bold]sample[/bold] takes its place") == 1
    assert screen.index("sample") < screen.rindex("digits_mlp")


def test_warnings_about_the_spec_are_written_above_with_their_places() -> None:
    def feed(display: LiveDisplay, clock: Clock) -> None:
        for event in (warned(), *training(clock)):
            display(event)

    screen = drawn(feed)
    assert screen.count("digits.yaml:2:12: warning: Dropout drops 0.9 of its input; write 0.1 [high-dropout]") == 1
    assert screen.count("2 | - Dropout: 0.9") == 1


def test_a_batch_does_not_draw() -> None:
    console = Console(file=io.StringIO(), width=80, height=24, force_terminal=True)
    display, clock = LiveDisplay(console), Clock()
    for event in training(clock):
        if not isinstance(event, Notice):
            display(event)
    assert console.file.getvalue() == ""  # type: ignore[attr-defined]


def test_an_interrupted_training_leaves_its_table() -> None:
    out, clock = io.StringIO(), Clock()
    console = Console(file=out, width=80, height=24, force_terminal=True, color_system=None)

    def work(observe: Callable[[Event], None]) -> None:
        for event in training(clock):
            observe(event)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), LiveDisplay(console, clock=clock) as display:
        work(display)
    assert "interrupted  epoch 12/20" in out.getvalue()
    assert out.getvalue().rindex(SHOW) > out.getvalue().rindex(HIDE)


def in_a_terminal(program: str) -> str:
    """Return what a program writes to a terminal of its own."""
    main, side = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdin=side, stdout=side, stderr=side, env=environment
    )
    os.close(side)
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # Linux says so when the other side is closed.
            break
        if not part:
            break
        parts.append(part)
    os.close(main)
    process.wait()
    return b"".join(parts).decode()


def test_a_real_terminal_is_drawn_on_and_left_with_its_cursor() -> None:
    screen = in_a_terminal("""
        import os, signal
        from rich.console import Console
        from kspec.console.live import LiveDisplay
        from kspec.runs.events import EpochStarted, Phase, TrainingStarted
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin without it
        with LiveDisplay(Console()) as observe:
            observe(Phase("reading data"))
            observe(TrainingStarted("mnist-1", "runs/mnist-1", 3, 1, 8, {"train": 8}, 5, {}))
            observe(EpochStarted(2, 10))
            os.kill(os.getpid(), signal.SIGINT)
            signal.pause()
    """)
    assert "mnist-1" in screen
    assert "interrupted" in screen
    assert screen.rindex(SHOW) > screen.rindex(HIDE)
    assert "KeyboardInterrupt" in screen[screen.rindex(SHOW) :]

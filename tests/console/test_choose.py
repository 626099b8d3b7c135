from __future__ import annotations

import io

import pytest
from rich.console import Console

from kspec.console.choose import make_console, training_observer
from kspec.console.json_lines import JsonLines
from kspec.console.live import LiveDisplay
from kspec.console.plain import OnlyWarnings, PlainLines


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLORTERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def test_a_terminal_gets_the_live_display() -> None:
    assert isinstance(training_observer(make_console(file=Terminal())), LiveDisplay)


def test_a_file_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    with training_observer(make_console(file=io.StringIO())) as observe:
        assert isinstance(observe, PlainLines)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with training_observer(make_console(file=io.StringIO())) as observe:
        assert isinstance(observe, PlainLines)


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with training_observer(make_console(file=Terminal())) as observe:
        assert isinstance(observe, PlainLines)


def test_a_terminal_without_blocks_gets_plain_lines() -> None:
    class Ascii(Terminal):
        encoding = "ascii"

    with training_observer(make_console(file=Ascii())) as observe:
        assert isinstance(observe, PlainLines)


def test_quiet_and_json() -> None:
    console = make_console(file=Terminal())
    with training_observer(console, quiet=True) as observe:
        assert isinstance(observe, OnlyWarnings)
    with training_observer(console, quiet=True, as_json=True) as observe:
        assert isinstance(observe, JsonLines)


def colours(console: Console) -> bool:
    console.print("text", style="red")
    return "\x1b[31m" in console.file.getvalue()  # type: ignore[attr-defined]


def test_colours_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert colours(make_console(file=Terminal()))
    assert not colours(make_console(file=io.StringIO()))
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert colours(make_console(file=io.StringIO()))
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colours(make_console(file=Terminal()))


def test_markup_and_emoji_are_text() -> None:
    out = io.StringIO()
    make_console(file=out).print("[red]:smile:[/red] [0, 1]")
    assert out.getvalue() == "[red]:smile:[/red] [0, 1]\n"


def test_a_sign_that_the_encoding_lacks_is_escaped() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    make_console(file=stream).print("größer")
    stream.flush()
    assert raw.getvalue() == b"gr\\xf6\\xdfer\n"

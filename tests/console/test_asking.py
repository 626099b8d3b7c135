from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from kspec.console.asking import ask, can_ask, list_answers

ANSWERS = ["mlp", "cnn", "3"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def asked(monkeypatch: pytest.MonkeyPatch, *lines: str | BaseException) -> tuple[str | None, str]:
    given: Iterator[str | BaseException] = iter(lines)

    def answer(*_: object) -> str:
        line = next(given)
        if isinstance(line, BaseException):
            raise line
        return line

    monkeypatch.setattr("builtins.input", answer)
    out = io.StringIO()
    found = ask("Which one?", ANSWERS, Console(file=out, width=80))
    assert next(given, None) is None, "not all lines were read"
    return found, out.getvalue()


def test_an_answer_is_a_name_or_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, "cnn") == ("cnn", "Which one? [1-3] ")
    assert asked(monkeypatch, " 1 ")[0] == "mlp"
    assert asked(monkeypatch, "3")[0] == "3", "a name goes before a number"


def test_it_is_asked_until_there_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    found, shown = asked(monkeypatch, "cmn", "", "9", "2")
    assert found == "cnn"
    assert "`cmn` is none of them; did you mean `cnn`?\n" in shown
    assert "`9` is none of them; a number from 1 to 3, or a name\n" in shown
    assert shown.count("Which one?") == 4


def test_the_end_of_the_input_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, "x", EOFError())[0] is None
    with pytest.raises(KeyboardInterrupt):
        asked(monkeypatch, KeyboardInterrupt())


def test_nobody_is_asked_through_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal())
    assert can_ask(Console(file=Terminal()))
    assert not can_ask(Console(file=io.StringIO(), force_terminal=True))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert not can_ask(Console(file=Terminal()))


def test_very_many_answers_are_not_all_listed() -> None:
    out = io.StringIO()
    list_answers([f"column {number}" for number in range(1000)], Console(file=out, width=80))
    lines = out.getvalue().splitlines()
    assert lines[0] == "   1  column 0"
    assert lines[-1] == "      and 960 more, by number or name"

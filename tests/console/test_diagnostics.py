from __future__ import annotations

import io
import json

import pytest
from golden_screens import WIDTHS, check, screen
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from kspec.console.diagnostics import count_problems, cut_window, problems_as_json, render_problems
from kspec.spec.problems import Problem, Source, Span

LONG = "labels: [" + ", ".join(f"name{number}" for number in range(60)) + "]"
SPEC = f"""\
model:
  layers:
    - Dense: {{unitz: 512, activation: relu}}
    - Dense: [red]:smile:[/red]
\t- Tabbed:\tvalue
    - 日本語: 数値
    - 🎉: {{rate: 2.0}}
{LONG}
    - Escape: \x1b[31mred
  options:
    a: 1
    b: 2
"""
SOURCE = Source("spec.yaml", SPEC)


def span(word: str, *, until: str | None = None) -> Span:
    start = SPEC.index(word)
    end = SPEC.index(until) + len(until) if until else start + len(word)

    def place(at: int) -> tuple[int, int]:
        before = SPEC[:at]
        return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1

    return Span(SOURCE, *place(start), *place(end))


PROBLEMS = [
    Problem(
        "unknown-argument", ("model",), "Dense has no argument `unitz`", "did you mean `units`?", span=span("unitz")
    ),
    Problem(
        "markup", (), "`[red]` and :smile: are [bold]text[/bold]", severity="warning", span=span("[red]:smile:[/red]")
    ),
    Problem("tabs", (), "A line with tabs", severity="note", span=span("value")),
    Problem("wide", (), "`数値` is not a number", span=span("数値")),
    Problem("emoji", (), "`rate` must lie below 1", span=span("rate")),
    Problem("long-line", (), "`name30` is written twice", span=span("name30")),
    Problem("escape", (), "A control character: \x1b[2J", span=span("\x1b[31mred")),
    Problem(
        "several-lines", (), "The options contradict one another", severity="warning", span=span("a: 1", until="b: 2")
    ),
    Problem("no-place", ("data",), "The data lack a field", "add it"),
]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_screen(width: int) -> None:
    check(f"problems_{width}", screen(lambda console: render_problems(PROBLEMS, console), width))


def test_one_problem_is_shown_as_compilers_do() -> None:
    text = "a: 1\n" * 6 + "    - Dense: {unitz: 512, activation: relu}\n"
    place = Span(Source("spec.yaml", text), 7, 15, 7, 20)
    problem = Problem("unknown-argument", (), "Dense has no argument `unitz`", "did you mean `units`?", span=place)
    assert screen(lambda console: render_problems([problem], console), 80) == (
        "spec.yaml:7:15: error: Dense has no argument `unitz`; did you mean `units`? [unknown-argument]\n"
        "   7 |     - Dense: {unitz: 512, activation: relu}\n"
        "     |               ^^^^^\n"
        "\n"
        "1 error\n"
    )


def test_nothing_is_printed_without_problems() -> None:
    assert screen(lambda console: render_problems([], console), 80) == ""


def test_no_escape_reaches_the_terminal_but_those_of_the_colours() -> None:
    out = io.StringIO()
    render_problems(PROBLEMS, Console(file=out, width=80, force_terminal=True, color_system="standard"))
    assert "\x1b[1;31merror:\x1b[0m" in out.getvalue()
    assert "\x1b[2J" not in out.getvalue()
    assert "\x1b[31mred" not in out.getvalue()


def test_a_place_behind_the_end_of_the_text_has_a_caret() -> None:
    problem = Problem("missing", (), "`model` is missing", span=Span(Source("spec.yaml", "name: a\n"), 2, 1, 2, 1))
    assert screen(lambda console: render_problems([problem], console), 80).splitlines()[1:3] == ["   2 |", "     | ^"]


def test_the_count_in_words() -> None:
    assert count_problems(PROBLEMS) == "6 errors, 2 warnings, 1 note"


def test_problems_as_json_are_plain_values() -> None:
    first, *others = json.loads(json.dumps(problems_as_json(PROBLEMS)))
    assert first == {
        "file": None,
        "line": None,
        "column": None,
        "end_line": None,
        "end_column": None,
        "severity": "error",
        "code": "no-place",
        "message": "The data lack a field",
        "hint": "add it",
        "path": ["data"],
    }
    assert [other["line"] for other in others] == sorted(other["line"] for other in others)
    assert (others[0]["column"], others[0]["end_column"]) == (15, 20)


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="\n\r")), st.integers(0, 200), st.integers(0, 200), st.integers(24, 90))
def test_a_window_fits_and_holds_its_caret(line: str, start: int, length: int, room: int) -> None:
    start = min(start, len(line))
    window = cut_window(line, start, min(start + length, len(line)), room)
    assert cell_len(window.text) <= room
    assert window.length >= 1
    assert window.offset + window.length <= max(cell_len(window.text), window.offset + 1)
    assert "\x1b" not in window.text


def test_a_line_of_a_megabyte_is_shown_at_once() -> None:
    line = "x" * 500_000 + "here" + "y" * 500_000
    window = cut_window(line, 500_000, 500_004, 60)
    assert window.text[window.offset : window.offset + window.length] == "here"
    assert (window.text[0], window.text[-1], cell_len(window.text)) == ("…", "…", 60)

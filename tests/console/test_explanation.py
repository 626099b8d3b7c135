from __future__ import annotations

import pytest
from explained import LISTED, SHOWN
from golden_screens import check, screen
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from kspec import catalogue
from kspec.console.explanation import show_explanation
from kspec.console.lists import show_families, show_names
from kspec.console.wrapping import beside
from kspec.spec.explain import everything, explain, families, listed

KNOWN = catalogue.load()


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("name", SHOWN)
def test_explanations(name: str, width: int) -> None:
    check(f"explain_{name}_{width}", screen(lambda console: show_explanation(SHOWN[name], console), width))


def test_no_explanation_is_wider_than_the_screen() -> None:
    for row in everything(KNOWN):
        entries = explain(KNOWN, row.name)
        for width in (30, 80, 120):
            for line in screen(lambda console, shown=entries: show_explanation(shown, console), width).splitlines():
                # YAML keeps its lines so that it can be copied; it fits a screen of 80 cells.
                assert cell_len(line) <= width or (cell_len(line) <= 80 and line.startswith("  ")), (row.name, line)


@pytest.mark.parametrize("width", [40, 80])
def test_a_list(width: int) -> None:
    check(f"list_{width}", screen(lambda console: show_names(LISTED[:2], console), width))


def test_a_list_over_several_families() -> None:
    check("list_titles_80", screen(lambda console: show_names(LISTED, console, titles=True), 80))


@pytest.mark.parametrize("width", [30, 80, 120])
def test_no_list_is_wider_than_the_screen(width: int) -> None:
    for family in families(KNOWN):
        rows = listed(KNOWN, family)
        text = screen(lambda console, rows=rows: show_names(rows, console), width)
        assert all(cell_len(line) <= width for line in text.splitlines())
        assert all(row.name in text or len(row.name) > width for row in rows)


def test_the_families() -> None:
    counts = [("layers", 135, "Layers, the steps of a model."), ("losses", 7, "Losses, under `compile`.")]
    assert screen(lambda console: show_families(counts, console), 80) == (
        "layers  135  Layers, the steps of a model.\nlosses    7  Losses, under `compile`.\n"
    )


def test_a_name_that_is_too_long_stands_above_its_text() -> None:
    pairs = [(Text("short"), Text("what it is")), (Text("n" * 40), Text("what it is, too"))]
    lines = [line.plain for line in beside(pairs, Console(width=60))]
    assert lines == ["short  what it is", "n" * 40, "       what it is, too"]

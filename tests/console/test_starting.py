from __future__ import annotations

import pytest
from golden_screens import WIDTHS, check, screen
from rich.cells import cell_len

from kspec.console.result import Started
from kspec.console.starting import show_started, show_templates

TEMPLATES = [
    ("mlp", "A table of numbers into two classes: tumours, by thirty measures"),
    ("autoencoder", "Images squeezed into twelve numbers, and drawn again from them"),
]
STARTED = Started(
    path="specs/penguins.yaml",
    facts=(
        ("predicts", "species: 3 classes"),
        ("from", "4 numbers and 2 categories, 342 rows, 2 left out for their gaps"),
    ),
    unused=(
        ("id", "is another number in each row, from 1 to 344: it says which row this is"),
        ("[red]day\t", "holds dates or times, such as `2024-01-31`, which no layer takes"),
        *((f"column {number}", "has no value in any row") for number in range(6)),
    ),
    next_commands=("kspec validate specs/penguins.yaml", "kspec train specs/penguins.yaml"),
)


@pytest.mark.parametrize("width", WIDTHS)
def test_templates(width: int) -> None:
    text = screen(lambda console: show_templates(TEMPLATES, console), width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    check(f"templates_{width}", text)


def test_templates_to_choose_from() -> None:
    check("templates_numbered", screen(lambda console: show_templates(TEMPLATES, console, numbered=True), 80))


@pytest.mark.parametrize("width", WIDTHS)
def test_started(width: int) -> None:
    text = screen(lambda console: show_started(STARTED, console), width)
    assert all(cell_len(line) <= width for line in text.splitlines() if "kspec " not in line)
    check(f"started_{width}", text)


def test_commands_can_be_copied_at_any_width() -> None:
    assert STARTED.next_commands[0] in screen(lambda console: show_started(STARTED, console), 20)

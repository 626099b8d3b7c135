"""What judging found, on screens of several widths."""

from __future__ import annotations

import numpy as np
import pytest
from golden_screens import check, screen
from rich.cells import cell_len

from kspec.console.judgement import show_reports
from kspec.judging.classification import judge_classes
from kspec.judging.mistakes import Mistakes
from kspec.judging.regression import judge_values
from kspec.judging.reports import Report
from kspec.judging.rows import collect

ROWS = 600


def told(classes: int, **options: object) -> Report:
    random = np.random.default_rng(0)
    actual = random.integers(0, classes, ROWS)
    chances = random.random((ROWS, classes)) + 0.8 * np.eye(classes)[actual]
    names = [f"class {number}" if number else "a class with a name that is much too long" for number in range(classes)]
    rows = collect(actual, chances / chances.sum(axis=1, keepdims=True), "classes", names)
    assert not isinstance(rows, str)
    return judge_classes(rows)


def missed() -> Report:
    random = np.random.default_rng(0)
    actual = random.normal(size=(50, 3)) * [1, 10, 0]
    rows = collect(actual, actual + random.normal(size=(50, 3)), "values", ["rent", "size", "[red]same"])
    assert not isinstance(rows, str)
    return judge_values(rows)


MISTAKES = Mistakes(
    total=1234,
    columns=("row", "true", "predicted", "probability", "text", "x", "y"),
    rows=(
        (17, "class 1", "class 2", 0.98, "a text that goes on and on, longer than any screen", 1.5, None),
        (1712, "a class with a name that is much too long", "class 2", 0.7, "two\nlines", 1e-9, 3),
    ),
)


@pytest.mark.parametrize("width", [40, 80])
def test_what_was_found(width: int) -> None:
    reports = {"kind": told(3), "values": missed()}
    text = screen(lambda console: show_reports(reports, {"kind": MISTAKES}, {"other": "no row counts"}, console), width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    check(f"judgement_{width}", text)


def test_of_many_classes_the_worst_are_shown() -> None:
    report = told(30)
    lines = screen(lambda console: show_reports({"kind": report}, {}, {}, console), 80).splitlines()
    assert "… and 20 that are told better" in lines
    worst = min(report.classes, key=lambda score: score.f1)
    assert lines[2].startswith(worst.name)
    assert "kind" not in lines

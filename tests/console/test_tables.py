from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from golden_screens import WIDTHS, check, screen
from rich.cells import cell_len

from kspec.console.result import LayerRow, Result, RunRow, Summary
from kspec.console.tables import show_metrics, show_outcomes, show_result, show_runs, show_summary
from kspec.runs.outcomes import Outcome

WHEN = datetime(2025, 3, 9, 14, 5)
RUNS = [
    RunRow("mnist-1", "done", 20, ("val_accuracy", 0.9186, 11), {"accuracy": 0.9312, "loss": 0.22}, WHEN, 72.4),
    RunRow("mnist-2", "interrupted", 3, ("val_accuracy", 0.7, 3), {}, WHEN, 9.96),
    RunRow("a-run-with-quite-a-long-name-17", "failed", 0, None, {}, WHEN),
    RunRow("[red]手書き数字-1", "running", 120, ("val_loss", 0.000123, 99), {}, None, 360_000),
]
RESULT = Result(
    path="runs/mnist-1",
    status="done",
    epochs=20,
    best=(("val_accuracy", 0.9186, 11), ("val_loss", 0.5287, 10)),
    test={"accuracy": 0.9312, "loss": 0.22, "a_metric_with_a_very_long_name_that_is_cut": float("nan")},
    notices=("`data/digits.npz` is missing; the built-in sample took its place",),
    report="runs/mnist-1/report.html",
    next_commands=(
        "kspec evaluate runs/mnist-1",
        "kspec train runs/mnist-1 --epochs 40 --set optimizer.Adam.learning_rate=1e-4",
    ),
    seconds=72.4,
)
CHECKED = replace(
    RESULT,
    expected=(
        Outcome(name="test.accuracy", value=0.96996, minimum=0.97, met=False),
        Outcome(name="test.a_metric_with_a_very_long_name_that_is_cut", value=None, maximum=1.5, met=False),
        Outcome(name="parameters", value=1204480.0, minimum=1e6, maximum=2e6, met=True),
    ),
)
SUMMARY = Summary(
    "two_towers",
    (
        LayerRow("image", "Input", "(None, 28, 28, 1)", 0),
        LayerRow("encoder", "Functional", "(None, 64)", 1_204_480, ("image",)),
        LayerRow("conv_1", "Conv2D", "(None, 26, 26, 32)", 320, ("image",), depth=1),
        LayerRow("a_layer_with_a_very_long_name", "GlobalAveragePooling2D", "(None, 64)", 0, ("conv_1",), depth=1),
        LayerRow("joined", "Concatenate", "(None, 128)", 0, ("encoder", "a_layer_with_a_very_long_name")),
        LayerRow("digit", "Dense", "(None, 10)", 1290, ("joined",)),
    ),
    trainable=1_205_770,
    frozen=320,
)


@pytest.mark.parametrize("width", WIDTHS)
def test_runs(width: int) -> None:
    text = screen(lambda console: show_runs(RUNS, console), width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    check(f"runs_{width}", text)


@pytest.mark.parametrize("width", WIDTHS)
def test_result(width: int) -> None:
    check(f"result_{width}", screen(lambda console: show_result(RESULT, console), width))


@pytest.mark.parametrize("width", WIDTHS)
def test_what_was_expected(width: int) -> None:
    check(f"expected_{width}", screen(lambda console: show_result(CHECKED, console), width))
    text = screen(lambda console: show_outcomes(CHECKED.expected, console), width)
    assert len(text.splitlines()) == 4
    assert all(cell_len(line) <= width for line in text.splitlines())


@pytest.mark.parametrize("width", WIDTHS)
def test_summary(width: int) -> None:
    text = screen(lambda console: show_summary(SUMMARY, console), width)
    check(f"summary_{width}", text)


def test_metrics() -> None:
    text = screen(lambda console: show_metrics(RESULT.test, console, title="test"), 40)
    check("metrics_40", text)
    assert screen(lambda console: show_metrics({}, console), 40) == ""


def test_no_runs() -> None:
    assert screen(lambda console: show_runs([], console), 80) == "no runs here yet\n"


def test_commands_can_be_copied_at_any_width() -> None:
    text = screen(lambda console: show_result(RESULT, console), 40)
    assert RESULT.next_commands[1] in text


def test_the_report_is_named_where_there_is_one() -> None:
    assert "see   runs/mnist-1/report.html\n" in screen(lambda console: show_result(RESULT, console), 80)
    assert "see" not in screen(lambda console: show_result(replace(RESULT, report=""), console), 80)

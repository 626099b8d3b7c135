from __future__ import annotations

from dataclasses import replace

import pytest
from golden_screens import check, screen
from rich.cells import cell_len

from kspec.console.benchmark import seconds, show_benchmark
from kspec.runs.benchmark import Arithmetic, Benchmark, Epochs, Path, Size

MACHINE = {"processor": "AMD EPYC", "cores": 2, "versions": {"tensorflow": "2.21.0", "keras": "3.15.1"}}
HELD = Benchmark(
    name="mnist",
    path=Path("loop", False, "", "`Dropout` would draw other random numbers than in Keras"),
    size=Size(54_000, 422, 54_000, 422, 128, 407_050),
    to_first_step={"start": 4.12, "data": 0.712, "build": 0.31, "first call": 1.21},
    kspec=Epochs(1.21, (0.981, 0.96, 1.02), 0.0753219, (0.08, 0.081, 0.079)),
    fit=Epochs(1.92, (2.17, 2.31, 2.11), 0.0753219),
    without_fit="",
    waited=0.0,
    memory=1_020_000_000,
    arithmetic=Arithmetic(1.6e6, "", 88.1e9, 140e9),
    machine=MACHINE,
)
STREAMED = replace(
    HELD,
    path=Path("fit", False, "the train rows do not fit into memory"),
    fit=None,
    without_fit="rows that do not fit into memory go through it anyway",
    waited=0.31,
    memory=None,
    arithmetic=Arithmetic(None, "it has no matrix products and no convolutions", None, 140e9),
    notices=("epochs have 40 of 422 steps, and no validation",),
)
COMPILED = replace(
    HELD,
    path=Path("loop", True, "", "steps are small, and an epoch has 3,125 steps, at least 1,000"),
    fit=replace(HELD.fit, loss=0.07533),
)


@pytest.mark.parametrize("width", (40, 80))
@pytest.mark.parametrize("name", ("held", "streamed", "compiled"))
def test_screens(name: str, width: int) -> None:
    found = {"held": HELD, "streamed": STREAMED, "compiled": COMPILED}[name]
    text = screen(lambda console: show_benchmark(found, console), width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    check(f"bench_{name}_{width}", text)


def test_losses_that_are_apart_are_told() -> None:
    apart = replace(HELD, fit=replace(HELD.fit, loss=0.0853219))
    assert "losses differ by 1.0e-02\n" in screen(lambda console: show_benchmark(apart, console), 80)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.01234, "0.0123"), (1.0, "1.00"), (12.34, "12.3"), (99.96, "100"), (1234.5, "1234")],
)
def test_seconds_have_three_figures(value: float, shown: str) -> None:
    assert seconds(value) == shown


def test_the_ratio_is_taken_round_by_round() -> None:
    assert HELD.ratio is not None
    assert HELD.ratio.median == pytest.approx(2.17 / 0.981)
    assert HELD.ratio.least == pytest.approx(2.11 / 1.02)
    assert HELD.record()["rows_per_second"] == pytest.approx(54_000 / 0.981)

from __future__ import annotations

import math

import pytest
from golden_screens import WIDTHS, check
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import STEPS, Clock, ended, epoch_events, logs, started, training

from kspec.console.screen import render
from kspec.console.state import DisplayState
from kspec.runs.events import BatchEnded, EpochEnded, EpochStarted, Event, Phase, Progress, TrainingEnded


def shown(state: DisplayState, width: int = 80, height: int = 24) -> str:
    lines = render(state, width, height)
    assert all(line.cell_len <= width for line in lines)
    assert state.closed or len(lines) < height
    return "".join(f"{line.plain}\n" for line in lines)


def after(events: list[Event], clock: Clock | None = None) -> DisplayState:
    state = DisplayState(clock or Clock())
    for event in events:
        state.observe(event)
    return state


def reached(**where: int) -> DisplayState:
    clock = Clock()
    state = DisplayState(clock)
    for event in training(clock, **where):
        state.observe(event)
    return state


@pytest.mark.parametrize("width", WIDTHS)
def test_the_screen(width: int) -> None:
    check(f"training_{width}", shown(reached(), width))


@pytest.mark.parametrize("width", WIDTHS)
def test_what_stays_on_the_screen(width: int) -> None:
    clock = Clock()
    state = DisplayState(clock)
    for event in ended(clock):
        state.observe(event)
    state.close()
    check(f"training_ended_{width}", shown(state, width))


def test_the_times_left_hold_validation() -> None:
    state = reached(epochs=20, until=12, step=19)
    assert state.epoch_left() == pytest.approx(0.9 + 0.2)
    assert state.total_left() == pytest.approx(0.9 + 0.2 + 8 * 2.0)
    assert state.rows_per_second == pytest.approx(STEPS / 1.8 * 128)


def test_times_are_unknown_until_something_is_measured() -> None:
    state = after([started(), EpochStarted(1, STEPS)])
    assert (state.epoch_left(), state.total_left()) == (None, None)
    assert "compiling the first step …" in shown(state)


def test_a_long_first_epoch_has_an_estimate() -> None:
    state = reached(epochs=3, until=1, step=19)
    assert state.total_left() == pytest.approx(0.9 + 2 * 1.8)


def test_a_resumed_training_remembers_what_was_before() -> None:
    history = tuple({"epoch": epoch, **logs(epoch), "learning_rate": 5e-4, "seconds": 2.0} for epoch in range(1, 6))
    screen = shown(after([started(first=6, history=history), Phase("going on")]))
    assert "epoch 5/20  lr 5.00e-04" in screen
    assert "0.7594 @ 5  ▁▃▅▇█" in screen
    assert "batches" not in screen
    assert "seconds" not in screen


def test_without_validation_the_best_of_training_is_shown() -> None:
    event = started()
    event = type(event)(event.run, event.path, 20, 1, 128, {"train": 10}, 5, {})
    screen = shown(after([event, EpochStarted(1, 2), EpochEnded(1, {"loss": 0.5}, None, 1.0, 10.0)]))
    assert "best train" in screen
    assert " val" not in screen
    assert "0.5000 @ 1" in screen


def test_more_metrics_than_lines() -> None:
    many = {f"metric_{number}": float(number) for number in range(30)}
    screen = shown(after([started(), EpochStarted(1, 2), EpochEnded(1, many, None, 1.0, 10.0)]), height=12)
    assert screen.splitlines()[-1] == "+25 more"
    assert "metric_4 " in screen
    assert "metric_5 " not in screen


def test_values_that_are_not_numbers_are_red() -> None:
    state = after(
        [started(), EpochStarted(1, 2), EpochEnded(1, {"loss": math.nan, "val_loss": math.inf}, None, 1.0, 1.0)]
    )
    row = render(state, 80, 24)[-1]
    assert {row.plain[span.start : span.end] for span in row.spans if span.style == "bold red"} == {"nan", "inf"}


def test_long_names_are_cut_and_controls_escaped() -> None:
    name = "a_metric_with_a_name_that_is_really_very_long"
    state = after([started(run="\x1b[31mrun"), EpochStarted(1, 2), EpochEnded(1, {name: 1.0}, None, 1.0, 1.0)])
    assert "a_metric_with_a_name_…_very_long" in shown(state)
    assert "\\x1b[31mrun" in shown(state)
    assert "\x1b" not in shown(state, 40)


def test_a_training_that_was_broken_off_says_so() -> None:
    state = reached()
    state.close()
    assert "interrupted  epoch 12/20" in shown(state)
    assert "batches" not in shown(state)
    other = reached()
    other.close(failed=True)
    assert "failed  epoch 12/20" in shown(other)


def test_work_after_training_stands_below_the_table() -> None:
    clock = Clock()
    state = after([*training(clock, epochs=1, until=1, step=STEPS), TrainingEnded("done", 1), Phase("drawing")], clock)
    clock.now += 65
    assert shown(state).splitlines()[-1].endswith("drawing …  1:05")
    state.observe(Progress("evaluating", 5, 20, {"loss": 0.25}))
    assert shown(state).splitlines()[-1].endswith(" 5/20  loss 0.2500")
    state.close()
    assert "evaluating" not in shown(state)


def test_every_epoch_starts_its_bar_anew() -> None:
    clock = Clock()
    state = after([started(), *epoch_events(clock, 1), EpochStarted(2, STEPS)], clock)
    assert f" 0/{STEPS}" in shown(state)


NAMES = st.sampled_from(["loss", "val_loss", "accuracy", "日本語", "x" * 60])
LOGS = st.dictionaries(NAMES, st.floats())
EVENTS = st.one_of(
    st.builds(started, st.integers(1, 999), run=st.text(max_size=60)),
    st.builds(EpochStarted, st.integers(1, 99), st.integers(0, 9999)),
    st.builds(BatchEnded, st.integers(1, 99), st.integers(1, 9999), st.integers(1, 9999), st.just(128), LOGS),
    st.builds(EpochEnded, st.integers(1, 99), LOGS, st.none() | st.floats(), st.floats(0, 1e9), st.floats(0, 1e9)),
    st.builds(Phase, st.text()),
    st.builds(Progress, st.text(), st.integers(1, 99), st.integers(1, 99), LOGS),
    st.builds(TrainingEnded, st.sampled_from(["done", "failed"]), st.integers(0, 99)),
)


@settings(deadline=None)
@given(st.lists(EVENTS, max_size=12), st.integers(12, 130), st.integers(4, 50), st.booleans())
def test_no_line_is_wider_than_the_screen_whatever_happens(
    events: list[Event], width: int, height: int, closed: bool
) -> None:
    state = after(events)
    if closed:
        state.close()
    shown(state, width, height)

from __future__ import annotations

import io
import json
import math

from golden_screens import check
from scenes import Clock, ended, epoch_events, started, training, warned

from kspec.console.json_lines import JsonLines
from kspec.console.plain import OnlyWarnings, PlainLines
from kspec.runs.events import BatchEnded, EpochEnded, EpochStarted, Notice, Phase, Progress, TrainingEnded


def test_a_training_as_lines() -> None:
    out, clock = io.StringIO(), Clock()
    write = PlainLines(out, clock=clock)
    for event in ended(clock):
        write(event)
    assert "\x1b" not in out.getvalue()
    assert "\r" not in out.getvalue()
    check("plain_training", out.getvalue())


def test_an_epoch_is_one_line() -> None:
    out = io.StringIO()
    write = PlainLines(out)
    write(started())
    logs = {"accuracy": 0.9489, "loss": 0.325, "val_accuracy": 0.9186, "val_loss": 0.5357, "learning_rate": 1e-3}
    write(EpochEnded(3, logs, 1e-3, 2.1, 100.0))
    assert out.getvalue().splitlines()[-1] == (
        "epoch  3/20  loss 0.3250  accuracy 0.9489  val_loss 0.5357  val_accuracy 0.9186  lr 1.00e-03  2.1s"
    )


def test_a_long_epoch_gives_a_sign_of_life_every_minute() -> None:
    out, clock = io.StringIO(), Clock()
    write = PlainLines(out, clock=clock)
    write(started())
    write(EpochStarted(3, 469))
    for step in range(1, 151):
        clock.now += 1
        write(BatchEnded(3, step, 469, 128, {"loss": 0.5}))
    assert out.getvalue().splitlines()[1:] == [
        "epoch  3/20 step 60/469  loss 0.5000",
        "epoch  3/20 step 120/469  loss 0.5000",
    ]


def test_nothing_of_the_user_moves_the_cursor() -> None:
    out = io.StringIO()
    write = PlainLines(out)
    for event in (started(run="a\x1b[2Jb"), Notice("one\r\ntwo"), Phase("reading\x07")):
        write(event)
    assert out.getvalue().splitlines()[1:] == ["warning: one\\r\\ntwo", "reading\\x07 ..."]
    assert "\x1b" not in out.getvalue()


def test_evaluation_is_one_line() -> None:
    out = io.StringIO()
    write = PlainLines(out)
    for step in range(1, 21):
        write(Progress("evaluating", step, 20, {"loss": 0.25}))
    assert out.getvalue() == "evaluating 20/20  loss 0.2500\n"


def test_quiet_lets_warnings_through() -> None:
    out, clock = io.StringIO(), Clock()
    write = OnlyWarnings(out)
    for event in (*training(clock), Notice("by the way", "note")):
        write(event)
    warned = "warning: `data/digits.npz` is missing; the built-in sample takes its place\n"
    assert out.getvalue() == warned
    write(TrainingEnded("failed", 3, "the loss of epoch 3 is not a number"))
    assert out.getvalue() == warned + "failed after 3 epochs: the loss of epoch 3 is not a number\n"


def test_json_lines_are_strict_and_leave_batches_out() -> None:
    out, clock = io.StringIO(), Clock()
    write = JsonLines(out)
    for event in (started(2), *epoch_events(clock, 1), EpochEnded(2, {"loss": math.nan}, None, math.inf, 1.0)):
        write(event)
    write(TrainingEnded("failed", 2, "loss is not a number"))

    def refuse(constant: str) -> float:
        raise ValueError(constant)

    events = [json.loads(line, parse_constant=refuse) for line in out.getvalue().splitlines()]
    kinds = ["training_started", "epoch_started", "validation_started", "epoch_ended", "epoch_ended", "training_ended"]
    assert [event["event"] for event in events] == kinds
    assert events[0]["rows"] == {"train": 4864, "validation": 600, "test": 600}
    assert events[0]["history"] == []
    assert events[4] == {
        "event": "epoch_ended",
        "epoch": 2,
        "logs": {"loss": None},
        "learning_rate": None,
        "seconds": None,
        "rows_per_second": 1.0,
    }


def test_a_warning_about_the_spec_comes_with_its_place_even_where_all_else_is_quiet() -> None:
    for kind in (PlainLines, OnlyWarnings):
        out = io.StringIO()
        kind(out)(warned())
        assert out.getvalue().splitlines() == [
            "digits.yaml:2:12: warning: Dropout drops 0.9 of its input; write 0.1 [high-dropout]",
            "   2 | - Dropout: 0.9",
            "     |            ^^^",
            "",
            "1 warning",
        ]


def test_a_warning_about_the_spec_is_json_as_kspec_validate_writes_it() -> None:
    out = io.StringIO()
    JsonLines(out)(warned())
    record = json.loads(out.getvalue())
    assert record["event"] == "warned"
    (problem,) = record["problems"]
    assert (problem["code"], problem["severity"], problem["line"]) == ("high-dropout", "warning", 2)

from __future__ import annotations

import io

import pytest
from golden_screens import WIDTHS, check, screen
from rich.cells import cell_len
from rich.console import Console

from kspec.console.sweeping import LiveSweep, PlainSweep, show_sweep, sweep_observer
from kspec.runs.sweep_events import SweepStarted, TrialEnded, TrialEpoch, TrialStarted
from kspec.runs.sweeps import SweepManifest, TrialRecord

RATE = "compile.optimizer.Adam.learning_rate"
VALUES = [{"vars.width": 128, RATE: 0.00123456789}, {"vars.width": 16, RATE: 0.1}, {"vars.width": 64, RATE: 1e-05}]
EVENTS = [
    SweepStarted("mnist-sweep-1", "runs/mnist-sweep-1", 12, 2, "val_accuracy", "maximize"),
    TrialStarted(3, VALUES[0]),
    TrialStarted(4, VALUES[1]),
    TrialEpoch(3, 1, 0.5),
    TrialEpoch(4, 1, None),
    TrialEnded(3, "done", 0.93, 7, 12.34, VALUES[0], best=True),
    TrialEnded(4, "failed", None, None, 3.2, VALUES[1], reason="the loss of epoch 1 is not a number"),
    TrialStarted(5, VALUES[2]),
    TrialEnded(5, "pruned", 0.31, 2, 71.0, VALUES[2]),
]
MANIFEST = SweepManifest(
    name="mnist-sweep-1", status="done", metric="val_accuracy", direction="maximize", wanted=3,
    trials=[
        TrialRecord(number=3, status="done", values=VALUES[0], value=0.93, epoch=7, run="mnist-1", seconds=12.34),
        TrialRecord(number=4, status="failed", values=VALUES[1], reason="the loss of epoch 1 is not a number"),
        TrialRecord(number=5, status="pruned", values=VALUES[2], value=0.31, epoch=2, run="mnist-3"),
        TrialRecord(number=6, status="done", values={"vars.width": {"a": [1]}, RATE: None}, value=0.97, epoch=11,
                    run="mnist-4"),
    ],
)  # fmt: skip
COMMANDS = ["kspec train mnist.yaml --set seed=7", "kspec runs --runs runs/mnist-sweep-1/trials"]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_end_of_a_sweep(width: int) -> None:
    text = screen(lambda console: show_sweep(MANIFEST, "runs/mnist-sweep-1", COMMANDS, console), width)
    check(f"sweep_{width}", text)
    table = [line for line in text.splitlines() if line.lstrip().startswith(("trial", "3", "6"))]
    assert len(table) == 3
    assert all(cell_len(line) <= width for line in table)


def test_a_sweep_without_a_result() -> None:
    failed = MANIFEST.model_copy(
        update={"status": "failed", "reason": "no trial has a result", "trials": MANIFEST.trials[1:2]}
    )
    text = screen(lambda console: show_sweep(failed, "runs/a", [], console), 80)
    assert text == "runs/a  failed: 1 failed (no trial has a result)\n"


def test_plain_lines() -> None:
    def tell(console: Console) -> None:
        observe = PlainSweep(console)
        for event in EVENTS:
            observe(event)

    check("sweep_plain", screen(tell, 60))


def test_what_is_at_work_is_shown_below() -> None:
    out = io.StringIO()
    console = Console(file=out, width=60, force_terminal=True, color_system=None, legacy_windows=False)
    now = iter(range(0, 1000, 10))
    with LiveSweep(console, clock=lambda: float(next(now))) as observe:
        for event in EVENTS[:5]:
            observe(event)
        lines = [line.plain for line in observe.__rich_console__(console, console.options)]
        for event in EVENTS[5:]:
            observe(event)
    assert [line[:29] for line in lines] == ["trial 3  epoch 1  0.5000  0:2", "trial 4  epoch 1  0:20  vars."]
    assert all(cell_len(line) <= 60 for line in lines)
    assert "best so far" in out.getvalue()
    assert "trial  4  failed" in out.getvalue()


def test_quiet_and_json() -> None:
    for quiet, as_json, count in ((True, False, 0), (False, True, len(EVENTS))):
        console = Console(file=io.StringIO(), width=60)
        with sweep_observer(console, quiet=quiet, as_json=as_json) as observe:
            for event in EVENTS:
                observe(event)
        assert isinstance(console.file, io.StringIO)
        assert len(console.file.getvalue().splitlines()) == count

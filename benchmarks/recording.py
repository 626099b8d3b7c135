"""What the display, the history, the best model and the checkpoint cost in a run of a minute.

Run from the root of the project: python benchmarks/recording.py [JOB ...] [--seconds S] [--rounds N]

A model is trained as `kspec train` does, epochs without anything else and epochs with what a run has, in turn: `files`
is with the callback that writes history, best model and checkpoint after every epoch, and asks whether to stop;
`everything` is with the live display, too, which draws on a screen of 100 by 30 cells. Every round trains each way for
about a third of `--seconds` divided by the rounds. The history grows on from round to round, as in a run of a minute.
Shares are what epochs take more, of what they take with it: the median of the rounds, with the least and the greatest.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from built import built  # starts TensorFlow, quietly
from jobs import JOBS, Job
from measuring import Table, say_where, spread

# isort: split
from rich.console import Console

from kspec.console.live import LiveDisplay
from kspec.engine.benching.contenders import Ours, timed
from kspec.engine.keeping.keeper import Keeper
from kspec.engine.keeping.recorder import Recorder, RowOrder
from kspec.runs.events import Observer, TrainingStarted, ignore
from kspec.runs.folder import RunFolder
from kspec.runs.history import History

WAYS = ("nothing", "files", "everything")


class Recorded:
    """A training whose epochs can be recorded.

    Args:
        ours: What trains.
        folder: The run folder.
    """

    def __init__(self, ours: Ours, folder: Path) -> None:
        self.ours = ours
        self.folder = RunFolder(folder)
        self.history = History([], {"loss": "min"})
        self.epochs = 0

    def train(self, way: str, epochs: int) -> float:
        """Train some epochs, and return the seconds of each."""
        rows = self.ours.way.rows
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
            screen = Console(file=nowhere, force_terminal=True, width=100, height=30, color_system="256")
            with LiveDisplay(screen) if way == "everything" else nullcontext(ignore) as observe:
                order = RowOrder(rows)
                callbacks = [order] if way == "nothing" else [order, self._recorder(order, observe)]
                last = self.epochs + epochs
                observe(TrainingStarted("job-1", "runs/job-1", last, self.epochs + 1, rows.batch_size, {}, 0, {}))
                began = time.perf_counter()
                self.ours.way.fit(last, callbacks, first=self.epochs)
                seconds = time.perf_counter() - began
        self.epochs = last
        return seconds / epochs

    def _recorder(self, order: RowOrder, observe: Observer) -> Recorder:
        keeper = Keeper(
            folder=self.folder, model=self.ours.model, callbacks=[], history=self.history, monitor="loss", state=None,
            every=None,
        )  # fmt: skip
        return Recorder(
            keeper=keeper, history=self.history, order=order, observe=observe, kept=[], state=None, stop=bool,
            on_epoch=lambda epoch: None,
        )  # fmt: skip


def measure(name: str, job: Job, seconds: float, rounds: int, table: Table) -> None:
    """Train a job in every way, and write a row."""
    with tempfile.TemporaryDirectory() as folder:
        training = Recorded(built(job, Path(folder)).ours(), Path(folder))
        timed(training.ours, 0)
        once = timed(training.ours, 1).training
        training.epochs = 2
        epochs = max(1, round(seconds / rounds / len(WAYS) / once))
        taken: dict[str, list[float]] = {way: [] for way in WAYS}
        for number in range(rounds):
            for way in WAYS if number % 2 == 0 else reversed(WAYS):
                taken[way].append(training.train(way, epochs))
    table.row(
        name,
        f"{60 / statistics.median(taken['everything']):,.0f}",
        *(f"{1000 * statistics.median(taken[way]):,.1f}" for way in WAYS),
        *(f"{spread(_shares(taken[way], taken['nothing']), digits=1)} %" for way in WAYS[1:]),
    )


def _shares(recorded: list[float], alone: list[float]) -> list[float]:
    return [100 * (one - other) / one for one, other in zip(recorded, alone, strict=True)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(JOBS))
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--rounds", type=int, default=6)
    asked = parser.parse_args()
    say_where()
    table = Table("job", "epochs a minute", *(f"ms an epoch: {way}" for way in WAYS), "files", "everything")
    for name in asked.jobs or ("tabular", "mnist_mlp", "mnist_cnn"):
        measure(name, JOBS[name], asked.seconds, asked.rounds, table)


if __name__ == "__main__":
    main()

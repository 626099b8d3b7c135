"""What a whole training takes, from the start of its process to the end: kspec against a Keras program by hand.

Run from the root of the project: python benchmarks/process.py [mnist] [tabular] [--rounds N] [--epochs N]

`mnist` is `kspec train configs/mnist.yaml --quiet` without its callbacks, on MNIST under `KSPEC_DATA`, or on random
images of its size where there is none; `tabular` has 100,000 rows of 20 numbers in an NPZ file and batches of 32. The
programs by hand (`process_programs.py`) read the same file, train the same model with the same validation rows, and
stop: no checkpoint, no history, no plot, no test rows, all of which kspec has. The order of rows differs, and so do the
losses beside them a little. Each process runs alone, in turn with the others, in every other round the other way
round. Memory is the most that a process held.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jobs import JOBS
from measuring import ROOT, Done, Table, ratios, run, say_where, spread

PROGRAMS = Path(__file__).with_name("process_programs.py")


@dataclass(frozen=True)
class Whole:
    """A training in a process of its own.

    Args:
        spec: The spec for kspec.
        file: The rows for the program by hand.
        options: More of the command line of kspec.
        data: `KSPEC_DATA`.
    """

    spec: Path
    file: Path
    options: tuple[str, ...]
    data: Path


def mnist(folder: Path) -> Whole:
    """Return the training of MNIST."""
    data = Path(os.environ.get("KSPEC_DATA", folder))
    if not (data / "mnist.npz").exists():
        data = folder
        random = np.random.default_rng(0)
        found = {}
        for part, rows in (("train", 60_000), ("test", 10_000)):
            found[f"x_{part}"] = random.integers(0, 256, (rows, 28, 28), dtype=np.uint8)
            found[f"y_{part}"] = random.integers(0, 10, rows, dtype=np.uint8)
        np.savez(data / "mnist.npz", **found)
    return Whole(ROOT / "configs" / "mnist.yaml", data / "mnist.npz", ("--set", "callbacks=[]"), data)


def tabular(folder: Path) -> Whole:
    """Return the training of a table."""
    spec = JOBS["tabular"].write(folder, fit=", validation_split: 0.1")
    return Whole(spec, folder / "rows.npz", (), folder)


TRAININGS = {"mnist": mnist, "tabular": tabular}


def by_hand(name: str, training: Whole, epochs: int) -> tuple[Done, dict[str, float]]:
    """Run the program by hand, and return what it took and its last losses."""
    done = run([str(PROGRAMS), name, str(training.file), str(epochs)])
    return done, json.loads(done.output.splitlines()[-1])


def by_kspec(training: Whole, epochs: int) -> tuple[Done, dict[str, float]]:
    """Run kspec, and return what it took and its last losses."""
    with tempfile.TemporaryDirectory() as runs:
        where = ["--epochs", str(epochs), "--runs", runs, *training.options]
        done = run(["-m", "kspec", "train", str(training.spec), "--quiet", *where], KSPEC_DATA=str(training.data))
        (history,) = Path(runs).glob("*/history.csv")
        with history.open(newline="") as file:
            *_, last = csv.DictReader(file)
    return done, {name: float(last[name]) for name in ("loss", "val_loss")}


def measure(name: str, rounds: int, epochs: int, table: Table) -> None:
    """Run a training in both ways, and write a row for each."""
    with tempfile.TemporaryDirectory() as folder:
        training = TRAININGS[name](Path(folder))
        ways = {
            "by hand": lambda: by_hand(name, training, epochs),
            "kspec": lambda: by_kspec(training, epochs),
        }
        found = {way: [] for way in ways}
        for number in range(rounds):
            for way in ways if number % 2 == 0 else reversed(ways):
                found[way].append(ways[way]())
    first = [done.seconds for done, _ in found["by hand"]]
    for way, results in found.items():
        seconds = [done.seconds for done, _ in results]
        memory = spread([done.memory for done, _ in results], digits=0)
        losses = [f"{results[-1][1][name]:.4f}" for name in ("loss", "val_loss")]
        table.row(name, way, spread(seconds, digits=1), spread(ratios(first, seconds)), memory, *losses)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trainings", nargs="*", metavar="TRAINING", help=", ".join(TRAININGS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=5)
    asked = parser.parse_args()
    say_where()
    table = Table("training", "way", "seconds", "times as fast as by hand", "MB at most", "loss", "val_loss")
    for name in asked.trainings or TRAININGS:
        measure(name, asked.rounds, asked.epochs, table)


if __name__ == "__main__":
    main()

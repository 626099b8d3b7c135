"""What `runtime: {deterministic: true}` costs, and whether two trainings have the same bits with it and without.

Run from the root of the project: python benchmarks/determinism.py [JOB ...] [--rounds N]

For each job four processes are started, two as kspec comes and two with `deterministic: true`, since TensorFlow keeps
to it for the rest of a process. They train copies of one model in turn, an epoch a round. Ratios are those of the
seconds of an epoch with it to those without, round by round: the median, with the least and the greatest in brackets.
`same bits` says whether two processes of a kind have the same weights after the last round. The first epoch, in which
graphs are traced, is left out. Machines are noisy: read ratios, and let nothing else run.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import platform
import statistics
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

LAYERS = {
    "mnist_mlp": "[{Dense: {units: 512, activation: relu}}, {Dropout: 0.2}, {Dense: {units: 10, activation: softmax}}]",
    "mnist_cnn": "[{Conv2D: {filters: 32, kernel_size: 3, activation: relu}}, MaxPooling2D, {Conv2D: {filters: 64, "
    "kernel_size: 3, activation: relu}}, MaxPooling2D, Flatten, {Dense: {units: 10, activation: softmax}}]",
    "lstm": "[{LSTM: 32}, {Dense: {units: 10, activation: softmax}}]",
    "embedding": "[{Embedding: {input_dim: 20000, output_dim: 64}}, GlobalAveragePooling1D, "
    "{Dense: {units: 10, activation: softmax}}]",
}
SHAPES = {"mnist_mlp": (784,), "mnist_cnn": (28, 28, 1), "lstm": (100, 8), "embedding": (200,)}
ROWS = {"mnist_mlp": 60_000, "mnist_cnn": 8_000, "lstm": 6_000, "embedding": 16_000}

SPEC = """
seed: 1
data: {{source: {{npz: rows.npz}}}}
model: {{layers: {layers}}}
compile: {{optimizer: adam, loss: sparse_categorical_crossentropy}}
fit: {{batch_size: 128}}
runtime: {{deterministic: {deterministic}}}
"""


def work(job: str, folder: Path, deterministic: bool, orders: Connection) -> None:
    """Train an epoch for each order and answer with its seconds; at the end with a digest of the weights."""
    from kspec.engine.startup import start

    start()
    import keras

    from kspec import catalogue
    from kspec.engine import runtime
    from kspec.engine.building.build import build, read_data
    from kspec.engine.checking import check
    from kspec.engine.keeping.recorder import RowOrder
    from kspec.engine.stepping.paths import choose_path
    from kspec.engine.stepping.ways import Looped
    from kspec.spec.checking import read_spec
    from kspec.spec.reading import read_text

    text = SPEC.format(layers=LAYERS[job], deterministic="true" if deterministic else "false")
    spec = read_spec(read_text("spec.yaml", text), catalogue.load()).spec
    runtime.configure(spec)
    data = read_data(spec, folder=folder, seed=1)
    keras.utils.set_random_seed(1)
    model = build(spec, data)
    check(spec, model, data)
    way = Looped.of(spec, model, data, 1, choose_path(spec, model, data))
    epoch = 0
    while orders.recv():
        began = time.perf_counter()
        way.fit(epoch + 1, [RowOrder(way.rows)], first=epoch)
        orders.send(time.perf_counter() - began)
        epoch += 1
    orders.send(hashlib.sha256(b"".join(weight.tobytes() for weight in model.get_weights())).hexdigest())


def write_rows(job: str, folder: Path) -> None:
    """Write random rows with targets of ten classes."""
    random = np.random.default_rng(0)
    shape = (ROWS[job], *SHAPES[job])
    x = random.integers(0, 20_000, shape) if job == "embedding" else random.normal(size=shape).astype(np.float32)
    np.savez(folder / "rows.npz", x=x, y=random.integers(0, 10, ROWS[job]))


def measure(job: str, folder: Path, rounds: int) -> str:
    """Return the line of a job."""
    write_rows(job, folder)
    context = multiprocessing.get_context("spawn")
    workers = []
    for deterministic in (False, True, False, True):
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(job, folder, deterministic, theirs), daemon=True)
        process.start()
        workers.append((deterministic, ours, process))
    seconds: dict[bool, list[list[float]]] = {False: [], True: []}
    for _ in range(rounds + 1):
        round_of: dict[bool, list[float]] = {False: [], True: []}
        for deterministic, orders, _ in workers:
            orders.send(True)
            round_of[deterministic].append(orders.recv())
        for kind, found in round_of.items():
            seconds[kind].append(found)
    digests: dict[bool, set[str]] = {False: set(), True: set()}
    for deterministic, orders, process in workers:
        orders.send(False)
        digests[deterministic].add(orders.recv())
        process.join()
    plain, exact = ([min(found) for found in seconds[kind][1:]] for kind in (False, True))
    ratios = [ours / theirs for ours, theirs in zip(exact, plain, strict=True)]
    shown = f"{statistics.median(ratios):.2f} [{min(ratios):.2f}, {max(ratios):.2f}]"
    same = ["yes" if len(digests[kind]) == 1 else "no" for kind in (False, True)]
    return (
        f"{job:10} {statistics.median(plain):10.3f} {statistics.median(exact):14.3f} {shown:>20} "
        f"{same[0]:>14} {same[1]:>9}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(LAYERS))
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    sys.stdout.write(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores\n")
    sys.stdout.write(
        f"{'job':10} {'plain s':>10} {'deterministic s':>14} {'ratio':>19} {'same bits:':>14} {'with it':>9}\n"
    )
    for job in asked.jobs or LAYERS:
        with tempfile.TemporaryDirectory() as folder:
            sys.stdout.write(measure(job, Path(folder), asked.rounds) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

"""How long an epoch takes: Keras programs written by hand against kspec, same updates, same rows, in one process.

Run from the root of the project: python benchmarks/training.py [JOB ...] [--rounds N]

For each job, four ways train copies of one model in turn, an epoch a round: `fit` is `Model.fit` on NumPy arrays,
`tuned` is `fit` on a cached and prefetched `tf.data` pipeline with 32 steps at once, `exact` is kspec with
`jit_compile: false`, `default` is kspec as it comes. Ratios are those of `fit`'s seconds to the way's, round by round:
the median, with the least and the greatest in brackets. Losses stand beside them. The first epoch, in which graphs are
traced and compiled, is shown apart. Machines are noisy: read ratios, and let nothing else run.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from kspec.engine.startup import start

start()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from kspec import catalogue  # noqa: E402
from kspec.engine.build import build, read_data  # noqa: E402
from kspec.engine.paths import choose_path  # noqa: E402
from kspec.engine.recorder import RowOrder  # noqa: E402
from kspec.engine.training import check  # noqa: E402
from kspec.engine.ways import Looped  # noqa: E402
from kspec.spec.reading import read_text  # noqa: E402
from kspec.spec.spec import read_spec  # noqa: E402

RANDOM = np.random.default_rng(0)


@dataclass(frozen=True)
class Job:
    """A model with its data.

    Args:
        rows: Training rows.
        shape: Shape of one row.
        classes: Number of classes; 1 for yes or no.
        batch: Rows of a step.
        layers: The layers in the language of specs.
    """

    rows: int
    shape: tuple[int, ...]
    classes: int
    batch: int
    layers: str

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Return random rows, and targets that depend on them."""
        x = RANDOM.normal(size=(self.rows, *self.shape)).astype(np.float32)
        score = x.reshape(self.rows, -1)[:, :20].sum(axis=1)
        if self.classes == 1:
            return x, (score > 0).astype(np.float32)
        return x, np.digitize(score, np.quantile(score, np.linspace(0, 1, self.classes + 1)[1:-1]))

    @property
    def loss(self) -> str:
        """The loss that suits the targets."""
        return "binary_crossentropy" if self.classes == 1 else "sparse_categorical_crossentropy"


RESIDUAL = """
- Conv2D: {filters: 16, kernel_size: 3, padding: same, activation: relu}
  name: stem
- Conv2D: {filters: 16, kernel_size: 3, padding: same}
- BatchNormalization
- ReLU
- Conv2D: {filters: 16, kernel_size: 3, padding: same}
- BatchNormalization
- Add:
  from: [_, stem]
- ReLU
- GlobalAveragePooling2D
- Dense: {units: 10, activation: softmax}
"""

JOBS = {
    "tabular": Job(100_000, (20,), 1, 32, """
- Dense: {units: 64, activation: relu}
- Dense: {units: 32, activation: relu}
- Dense: {units: 1, activation: sigmoid}
"""),
    "mnist_mlp": Job(60_000, (784,), 10, 128, """
- Dense: {units: 512, activation: relu}
- Dropout: 0.2
- Dense: {units: 10, activation: softmax}
"""),
    "lstm": Job(6_000, (100, 8), 1, 32, """
- LSTM: 32
- Dense: {units: 1, activation: sigmoid}
"""),
    "mnist_cnn": Job(12_000, (28, 28, 1), 10, 128, """
- Conv2D: {filters: 32, kernel_size: 3, activation: relu}
- MaxPooling2D
- Conv2D: {filters: 64, kernel_size: 3, activation: relu}
- MaxPooling2D
- Flatten
- Dense: {units: 10, activation: softmax}
"""),
    "residual": Job(3_000, (32, 32, 3), 10, 64, RESIDUAL),
}  # fmt: skip


def spec_of(job: Job, jit: str) -> str:
    """Return the spec of a job."""
    layers = "\n".join(f"    {line}" for line in job.layers.strip().splitlines())
    return f"""
seed: 1
data: {{source: {{npz: rows.npz}}}}
model:
  layers:
{layers}
compile: {{optimizer: adam, loss: {job.loss}, metrics: [accuracy], jit_compile: {jit}}}
fit: {{batch_size: {job.batch}}}
"""


Epoch = Callable[[], float]
"""Trains an epoch and returns the loss."""


def ways(job: Job, folder: Path) -> dict[str, Epoch]:
    """Return what trains an epoch, by way."""
    x, y = job.arrays()
    np.savez(folder / "rows.npz", x=x, y=y)
    tuned = (
        tf.data.Dataset.from_tensor_slices((x, y)).cache().shuffle(len(x)).batch(job.batch).prefetch(tf.data.AUTOTUNE)
    )
    return {
        "fit": by_hand(job, folder, lambda model: model.fit(x, y, batch_size=job.batch, verbose=0)),
        "tuned": by_hand(job, folder, lambda model: model.fit(tuned, verbose=0), at_once=32),
        "exact": by_kspec(job, folder, "false"),
        "default": by_kspec(job, folder, "auto"),
    }


def built(job: Job, folder: Path, jit: str) -> tuple:
    """Return the spec, the data and the model of a job."""
    spec = read_spec(read_text("spec.yaml", spec_of(job, jit)), catalogue.load()).spec
    data = read_data(spec, folder=folder, seed=1)
    keras.utils.set_random_seed(1)
    return spec, data, build(spec, data)


def by_hand(job: Job, folder: Path, fit: Callable[[keras.Model], keras.callbacks.History], at_once: int = 1) -> Epoch:
    """Return what trains an epoch of the same model as a Keras program does."""
    _, _, model = built(job, folder, "false")
    model.compile(optimizer="adam", loss=job.loss, metrics=["accuracy"], steps_per_execution=at_once)
    return lambda: fit(model).history["loss"][-1]


def by_kspec(job: Job, folder: Path, jit: str) -> Epoch:
    """Return what trains an epoch as kspec does."""
    spec, data, model = built(job, folder, jit)
    check(spec, model, data)
    way = Looped.of(spec, model, data, 1, compiled=choose_path(spec, model, data).compiled)
    epochs = iter(range(1_000_000))

    def epoch() -> float:
        number = next(epochs)
        way.fit(number + 1, [RowOrder(way.rows)], first=number)
        return float(model.history.history["loss"][-1])

    return epoch


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(JOBS))
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    say(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, TensorFlow {tf.__version__}")
    say(f"{'job':10} {'way':8} {'first s':>8} {'epoch s':>8} {'ratio to fit':>22} {'loss':>10}")
    for name in asked.jobs or JOBS:
        with tempfile.TemporaryDirectory() as folder:
            trained = ways(JOBS[name], Path(folder))
            seconds: dict[str, list[float]] = {way: [] for way in trained}
            losses: dict[str, float] = {}
            for _ in range(asked.rounds + 1):
                for way, epoch in trained.items():
                    began = time.perf_counter()
                    losses[way] = epoch()
                    seconds[way].append(time.perf_counter() - began)
            for way, (first, *later) in seconds.items():
                ratios = [ours / theirs for ours, theirs in zip(seconds["fit"][1:], later, strict=True)]
                shown = f"{statistics.median(ratios):.2f} [{min(ratios):.2f}, {max(ratios):.2f}]"
                say(f"{name:10} {way:8} {first:8.2f} {statistics.median(later):8.3f} {shown:>22} {losses[way]:10.5f}")


if __name__ == "__main__":
    main()

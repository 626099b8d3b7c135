"""How long an epoch takes: Keras programs written by hand against kspec, same updates, same rows, in one process.

Run from the root of the project: python benchmarks/training.py [JOB ...] [--rounds N]

For each job, four ways train copies of one model in turn, an epoch a round: `fit` is `Model.fit` on NumPy arrays, which
it gets in the order in which kspec takes them, `tuned` is `fit` on a shuffled, cached and prefetched `tf.data` pipeline
with 32 steps at once, `exact` is kspec with `jit_compile: false`, `default` is kspec as it comes. What is timed is what
a longer training takes again in every epoch: from the beginning of an epoch to its end. `first` is the first epoch, in
which graphs are traced and compiled. Ratios are those of `fit`'s seconds to the way's, round by round: the median, with
the least and the greatest in brackets. Losses stand beside them. GFLOP/s are those of products of matrices and
convolutions, counted by taking one step; `of peak` holds them against a large product of float32 matrices, the best one
seen in the same process, once in every round. Machines are noisy: read ratios, and let nothing else run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

from built import SEED, Built, built  # starts TensorFlow, quietly
from jobs import JOBS, Job
from measuring import Table, ratios, say_where, spread

# isort: split
import keras
import tensorflow as tf

from kspec.engine.benching.arithmetic import count_operations, peak_operations
from kspec.engine.benching.contenders import Contender, Keras, timed


class Tuned:
    """A model trained by `fit` on a pipeline, 32 steps at once.

    Args:
        job: The job.
        copy: Its model.
    """

    def __init__(self, job: Job, copy: Built) -> None:
        self.model = compiled(job, copy.model, steps_per_execution=32)
        rows = tf.data.Dataset.from_tensor_slices(copy.feed).cache().shuffle(job.rows)
        self.rows = rows.batch(job.batch).prefetch(tf.data.AUTOTUNE)

    def train(self, epoch: int, callback: keras.callbacks.Callback) -> None:
        """Train one epoch, counted from 0."""
        self.model.fit(self.rows, epochs=epoch + 1, initial_epoch=epoch, shuffle=False, verbose=0, callbacks=[callback])


def compiled(job: Job, model: keras.Model, **more: Any) -> keras.Model:
    """Compile a model as a Keras program does, and return it."""
    model.compile(optimizer="adam", loss=job.loss, metrics=["accuracy"], **more)
    return model


def ways(job: Job, folder: Path) -> dict[str, Contender]:
    """Return what trains an epoch, by way."""
    plain = built(job, folder, jit="false")
    model = compiled(job, plain.model)
    return {
        "fit": Keras(model, plain.feed, plain.spec.fit, SEED, -(-job.rows // job.batch)),
        "tuned": Tuned(job, built(job, folder, jit="false")),
        "exact": built(job, folder, jit="false").ours(),
        "default": built(job, folder).ours(),
    }


def measure(name: str, job: Job, rounds: int, table: Table) -> None:
    """Train a job in every way, and write a row for each."""
    with tempfile.TemporaryDirectory() as folder:
        trained = ways(job, Path(folder))
        clocks, peaks = [], []
        for epoch in range(rounds + 1):
            clocks.append({way: timed(contender, epoch) for way, contender in trained.items()})
            peaks.append(peak_operations())
        spare = built(job, Path(folder), jit="false")
        batch = tf.nest.map_structure(lambda array: array[: job.batch], spare.feed)
        operations, _ = count_operations(spare.model, batch)
    peak = max(filter(None, peaks), default=None)
    first, *later = clocks
    by_fit = [found["fit"].training for found in later]
    for way in trained:
        seconds = [found[way].training for found in later]
        speed = (operations or 0) / job.batch * job.rows / statistics.median(seconds)
        share = f"{speed / peak:.1%} of {peak / 1e9:.0f}" if peak else ""
        table.row(
            name, way, f"{first[way].training:.2f}", spread(seconds, digits=3), spread(ratios(by_fit, seconds)),
            f"{later[-1][way].loss:.5f}", f"{speed / 1e9:.1f}", share,
        )  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(JOBS))
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    say_where()
    table = Table("job", "way", "first s", "epoch s", "times as fast as fit", "loss", "GFLOP/s", "of peak")
    for name in asked.jobs or JOBS:
        measure(name, JOBS[name], asked.rounds, table)


if __name__ == "__main__":
    main()

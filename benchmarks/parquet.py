"""How long training takes on a Parquet file that does not fit into the memory it is allowed, and how well it learns.

Run from the root of the project: python benchmarks/parquet.py [ROWS]

A table of ROWS rows (5,000,000 if left out) is written on the spot; its target is a sum of its eight columns and some
noise of deviation 0.1, so that no model gets below a loss of 0.01. The exit code is 1 if the loss is above 0.02.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from measuring import number_asked
from pyarrow import parquet

import kspec

ROWS_AT_ONCE = 250_000
WEIGHTS = np.array([1, -2, 0.5, 3, 0, 0, 1, -1], dtype=np.float32)
NAMES = [f"x{number}" for number in range(len(WEIGHTS))]
SPEC = f"""
seed: 1
data:
  train: {{parquet: rows.parquet}}
  inputs: {{field: [{", ".join(NAMES)}], preprocess: [Normalization]}}
  targets: y
model: {{layers: [{{Dense: 1}}]}}
compile:
  optimizer:
    Adam:
      learning_rate: {{ExponentialDecay: {{initial_learning_rate: 0.05, decay_steps: 200, decay_rate: 0.7}}}}
  loss: mse
fit: {{epochs: 1, batch_size: 1024, validation_split: 0.1}}
runtime: {{memory: 50 MB}}
"""


def write(path: Path, rows: int) -> None:
    """Write a table of so many rows, a row group at a time."""
    random = np.random.default_rng(0)
    with parquet.ParquetWriter(path, pa.schema([(name, pa.float32()) for name in [*NAMES, "y"]])) as file:
        for start in range(0, rows, ROWS_AT_ONCE):
            count = min(ROWS_AT_ONCE, rows - start)
            x = random.normal(3, 2, (count, len(NAMES))).astype(np.float32)
            y = x @ WEIGHTS + random.normal(0, 0.1, count).astype(np.float32)
            file.write_table(pa.table([*x.T, y], names=[*NAMES, "y"]))


def main() -> int:
    """Write, train, and say what came out."""
    rows = number_asked(__doc__, "ROWS", 5_000_000)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write(place / "rows.parquet", rows)
        (place / "spec.yaml").write_text(SPEC, encoding="utf-8")
        start = time.perf_counter()
        run = kspec.train(place / "spec.yaml", runs=place / "runs")
        seconds = time.perf_counter() - start
        loss = run.results["validation.loss"]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    sys.stdout.write(f"{rows:,} rows in {seconds:.1f} s, validation loss {loss:.4f}, {memory:,.0f} MB at most\n")
    return int(loss > 0.02)


if __name__ == "__main__":
    sys.exit(main())

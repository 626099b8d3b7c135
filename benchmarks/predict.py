"""How many rows a second `kspec predict` takes from file to file, beside `keras.Model.predict` on arrays in memory.

Run from the root of the project: python benchmarks/predict.py [ROWS]

A small table model is trained, and predicts a CSV file of ROWS rows (300,000 if left out). Keras is handed the rows of
that file as the array that its model takes, which somebody has read and prepared, and its predictions are thrown away:
what is measured is `predict` alone. kspec reads the CSV file, prepares the rows, predicts them, names the classes and
writes the file that is named. Batches have the same size. The first call, which compiles, is not counted for Keras; for
kspec it is. The memory is the most that the whole process held on top of what it held with the model loaded.

Then the two are held against each other on the same arrays, in turns: predictions; loss and metrics; and both, for
which Keras looks at the rows twice. Keras takes batches of 1024 rows, kspec as many as it takes unasked. Here no first
call is counted. Beside the median of the ratios stand the least and the greatest.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from measuring import number_asked

FIELDS = 12
BATCH = 1024
ROUNDS = 7
SPEC = f"""
name: table
data:
  source: {{csv: train.csv}}
  inputs: {{field: [{", ".join(f"f{number}" for number in range(FIELDS))}], preprocess: [Normalization]}}
  targets: kind
model: {{layers: [{{Dense: {{units: 64, activation: relu}}}}, {{Dense: {{units: 3, activation: softmax}}}}]}}
compile: {{optimizer: adam, loss: sparse_categorical_crossentropy}}
fit: {{epochs: 1, batch_size: 256}}
"""


def write_rows(path: Path, rows: int) -> np.ndarray:
    """Write a CSV file of random rows and return them."""
    draw = np.random.default_rng(1)
    values = draw.normal(size=(rows, FIELDS)).round(4)
    with path.open("w") as file:
        file.write(",".join([*(f"f{number}" for number in range(FIELDS)), "kind"]) + "\n")
        for row in values:
            file.write(",".join(map(str, row)) + f",{'abc'[int(row[0] > 0) + int(row[1] > 0)]}\n")
    return values


def most_memory() -> float:
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure, and print."""
    rows = number_asked(__doc__, "ROWS", 300_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rows(folder / "train.csv", 2000)
        values = write_rows(folder / "rows.csv", rows)
        (folder / "table.yaml").write_text(SPEC)
        measure(folder, values.astype(np.float32))


def measure(folder: Path, values: np.ndarray) -> None:
    """Train the model, predict the rows in every way, and print how fast that was."""
    import kspec
    from kspec.commands.asking import Asked
    from kspec.commands.predict import predict_to_file
    from kspec.data.plan import Plan

    run = kspec.train(folder / "table.yaml", runs=folder / "runs")
    model = run.model()
    size = (folder / "rows.csv").stat().st_size / 1e6
    sys.stdout.write(f"{len(values):,} rows of {FIELDS} numbers, {size:.0f} MB of CSV, batches of {BATCH}\n")
    for ending in ("csv", "jsonl", "parquet", "npz"):
        before = most_memory()
        done = predict_to_file(
            run.folder, [folder / "rows.csv"], folder / f"out.{ending}", asked=Asked(batch_size=BATCH)
        )  # fmt: skip
        more = most_memory() - before
        sys.stdout.write(f"kspec, CSV to {ending:<8} {done.rows_per_second:>10,.0f} rows/s  {more:>6.0f} MB more\n")
    x = Plan.load(run.folder).layers["input-input"].process(values)
    model.predict(x[:BATCH], batch_size=BATCH, verbose=0)
    begun = time.perf_counter()
    model.predict(x, batch_size=BATCH, verbose=0)
    sys.stdout.write(f"keras, arrays only   {len(x) / (time.perf_counter() - begun):>10,.0f} rows/s\n")
    compare(run, x)


def compare(run: Any, x: np.ndarray) -> None:
    """Hold kspec's judging and predicting against Keras' on the same arrays, and print the ratios."""
    from kspec.commands.evaluate import compiled_model
    from kspec.commands.opening import open_run
    from kspec.data.part import Part
    from kspec.engine.predicting.judging import Judge
    from kspec.engine.predicting.outputs import Predictor
    from kspec.engine.predicting.step_rows import judged_at_once, predicted_at_once

    found = open_run(run.folder)
    model = compiled_model(found)
    (fed,), (output,) = found.spec.graph.inputs, found.spec.graph.outputs
    y = np.arange(len(x)) % 3
    part = Part({fed: x}, {output: y})
    predictor = Predictor(model, [output], predicted_at_once(found.spec, model))
    judge = Judge(found.spec, model)
    sizes = f"{judged_at_once(found.spec, model):,} and {predicted_at_once(found.spec, model):,}"
    sys.stdout.write(f"on arrays, {ROUNDS} rounds, Keras in batches of {BATCH:,} rows, kspec of {sizes}\n")

    def predicted() -> None:
        model.predict(x, batch_size=BATCH, verbose=0)

    def evaluated() -> None:
        model.evaluate(x, y, batch_size=BATCH, verbose=0)

    turns = {
        "predict": (predicted, lambda: predictor(x)),
        "evaluate": (evaluated, lambda: judge(part, [])),
        "both": (lambda: (evaluated(), predicted()), lambda: judge(part, [output])),
    }
    for name, both in turns.items():
        times = [[seconds(take) for take in both] for _ in range(ROUNDS + 1)][1:]
        ratios = sorted(keras / kspec for keras, kspec in times)
        keras, kspec = (len(x) / statistics.median(of_one) for of_one in zip(*times, strict=True))
        spread = f"x{statistics.median(ratios):.1f} ({ratios[0]:.1f}-{ratios[-1]:.1f})"
        sys.stdout.write(f"{name:<9} keras {keras:>11,.0f} rows/s   kspec {kspec:>11,.0f} rows/s   {spread}\n")


def seconds(take: Callable[[], object]) -> float:
    """Return how long a call takes."""
    begun = time.perf_counter()
    take()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()

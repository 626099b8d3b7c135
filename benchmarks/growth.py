"""How what kspec takes grows with rows, batch size, layers and epochs.

Run from the root of the project: python benchmarks/growth.py [rows] [batch] [layers] [epochs] [checking]

For rows, batch size and layers `kspec bench` trains a few epochs of a table of 20 numbers, in a process of its own for
each line: `to first step` is what passes until the first step is done, of which `build` and `first call` are told, too;
`memory` is the most until the end of the first epoch. For epochs `kspec train --quiet` trains 10,000 of the rows, from
the start of the process to its end. For checking `kspec validate --static` sees specs of growing numbers of layers, out
of a block that is repeated, or written out with names.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jobs import JOBS, Job
from measuring import Table, run, say_where
from validate import deep_spec, wide_spec

TABLE = JOBS["tabular"]
WIDTH = 32


def deep(layers: int) -> Job:
    """Return a job with so many dense layers."""
    between = f"  - Dense: {{units: {WIDTH}, activation: relu}}\n    repeat: {layers - 1}\n" if layers > 1 else ""
    return replace(TABLE, rows=20_000, model=f"layers:\n{between}  - Dense: {{units: 1, activation: sigmoid}}")


def bench(job: Job, *options: str) -> dict[str, Any]:
    """Return what `kspec bench` says of a job."""
    with tempfile.TemporaryDirectory() as folder:
        spec = job.write(Path(folder))
        done = run(["-m", "kspec", "bench", str(spec), "--json", "--no-against-fit", "--epochs", "3", *options])
    found: dict[str, Any] = json.loads(done.output)
    return found


def benched(title: str, sizes: Sequence[int], job_of: Callable[[int], Job], *options: str) -> None:
    """Write a table of what `kspec bench` says of jobs of growing size."""
    table = Table(title, "XLA", "build s", "first call s", "to first step s", "epoch s", "rows/s", "steps/s", "MB")
    for size in sizes:
        found = bench(job_of(size), *options)
        phases = found["to_first_step"]
        table.row(
            f"{size:,}", "yes" if found["path"]["compiled"] else "no", f"{phases['build']:.2f}",
            f"{phases['first call']:.2f}", f"{sum(phases.values()):.1f}", f"{found['epoch']['median']:.3f}",
            f"{found['rows_per_second']:,.0f}", f"{found['steps_per_second']:,.0f}", f"{found['memory'] / 1e6:,.0f}",
        )  # fmt: skip


def rows() -> None:
    """Measure growing numbers of rows."""
    benched("rows", (1_000, 10_000, 100_000, 1_000_000), lambda rows: replace(TABLE, rows=rows))


def batch() -> None:
    """Measure growing batches."""
    benched("rows of a batch", (8, 32, 128, 512, 2_048), lambda batch: replace(TABLE, batch=batch))


def layers() -> None:
    """Measure growing numbers of layers."""
    benched("layers", (1, 3, 10, 30, 100), deep)


def epochs() -> None:
    """Measure growing numbers of epochs, whole processes."""
    table = Table("epochs", "whole process s", "MB")
    with tempfile.TemporaryDirectory() as folder:
        spec = replace(TABLE, rows=10_000).write(Path(folder), fit=", validation_split: 0.1")
        for number in (1, 10, 100, 1_000):
            where = ["--epochs", str(number), "--runs", folder]
            done = run(["-m", "kspec", "train", str(spec), "--quiet", *where])
            table.row(f"{number:,}", f"{done.seconds:.1f}", f"{done.memory:,.0f}")


def checking() -> None:
    """Measure specs of growing numbers of layers, checked in processes of their own."""
    table = Table("layers", "from a block s", "written out s")
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder, "spec.yaml")
        for number in (10, 100, 1_000, 10_000):
            taken = []
            for write in (deep_spec, wide_spec):
                spec.write_text(write(number), encoding="utf-8")
                taken.append(run(["-m", "kspec", "validate", "--static", str(spec)]).seconds)
            table.row(f"{number:,}", *(f"{seconds:.2f}" for seconds in taken))


KINDS = {"rows": rows, "batch": batch, "layers": layers, "epochs": epochs, "checking": checking}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    asked = parser.parse_args()
    say_where()
    for kind in asked.kinds or KINDS:
        KINDS[kind]()


if __name__ == "__main__":
    main()

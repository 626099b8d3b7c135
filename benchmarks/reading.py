"""How fast rows come from files into training and into predictions, and how much memory that takes, beside the programs
that users would write by hand: pandas or NumPy with `keras.Model.fit`, and `image_dataset_from_directory`.

Run from the root of the project: python benchmarks/reading.py [--kinds csv parquet npz images] [--rows ROWS]
[--images IMAGES] [--rounds ROUNDS] [--in-order]

The programs stand in `reading_programs.py`. All train one epoch and then predict the same rows into a file. Each runs
in a process of its own, one after the other in every round, so that what else the machine does falls on all of them.
What passes until rows have been read and prepared is told in seconds; what the programs import is not part of it. In
the epoch is the first step, which is compiled, and with what is streamed all reading once more.
Figures are medians over the rounds; beside them stands the ratio to the program by hand of the same round, with the
least and the greatest. Memory is the most that the process held beyond one that starts TensorFlow and trains one row.

With `--in-order` rows are not shuffled: all programs then make the same updates, and the exit code is 1 if their losses
differ by more than a thousandth, or, for images, whose decoders differ in the last bit of a pixel, by a hundredth.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from reading_programs import CLASSES, COLUMNS, SIDE

PROGRAMS = {"hand": "by hand", "held": "kspec, in memory", "streamed": "kspec, streamed"}
ROOT = Path(__file__).parent.parent
ROWS_AT_ONCE = 100_000

Found = Mapping[str, float]


def write_rows(kind: str, folder: Path, rows: int) -> float:
    """Write a table of so many rows of 20 numbers and a class, and return its MB."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    random = np.random.default_rng(0)
    towards = random.normal(size=len(COLUMNS))
    path = folder / f"rows.{kind}"
    x = random.normal(3, 2, (rows, len(COLUMNS))).astype(np.float32)
    kinds = (x - 3) @ towards + random.normal(size=rows) > 0
    if kind == "npz":
        np.savez(path, x=x, kind=kinds.astype(np.float32))
    else:
        schema = pa.schema([*((name, pa.float32()) for name in COLUMNS), ("kind", pa.string())])
        with (csv.CSVWriter if kind == "csv" else parquet.ParquetWriter)(path, schema) as file:
            for start in range(0, rows, ROWS_AT_ONCE):
                here = slice(start, start + ROWS_AT_ONCE)
                words = pa.array(np.where(kinds[here], "yes", "no").tolist())
                file.write_table(pa.table([*(pa.array(column) for column in x[here].T), words], schema=schema))
    return path.stat().st_size / 1e6


def write_images(folder: Path, images: int) -> float:
    """Write so many JPEG images, a folder for each class, and return their MB."""
    from PIL import Image

    random = np.random.default_rng(0)
    size = 0
    for number in range(images):
        name = CLASSES[number % len(CLASSES)]
        coarse = random.integers(0, 200, (8, 8, 3), dtype=np.uint8)
        coarse[..., number % len(CLASSES) % 3] //= 2
        path = folder / "images" / name / f"{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(coarse).resize((SIDE, SIDE)).save(path, quality=90)
        size += path.stat().st_size
    return size / 1e6


def run(kind: str, program: str, folder: Path, *, in_order: bool) -> Found:
    """Return what a program says of itself.

    Raises:
        SystemExit: It failed.
    """
    command = [sys.executable, str(ROOT / "benchmarks" / "reading_programs.py"), kind, program, str(folder)]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [*command, *(["in-order"] if in_order else [])], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{kind}, {PROGRAMS.get(program, program)}:\n{done.stderr}")
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def figures(rows: int, base: float) -> dict[str, Callable[[Found], float]]:
    """Return what is told of a program, each with how it follows from what the program says of itself."""
    return {
        "s to read": lambda found: found["read"] - found["opened"],
        "epoch rows/s": lambda found: rows / (found["trained"] - found["begun"]),
        "predicted rows/s": lambda found: rows / (found["written"] - found.get("judged", found["trained"])),
        "MB more": lambda found: found["peak"] - base,
    }


def table(rounds: Sequence[Mapping[str, Found]], rows: int, base: float) -> str:
    """Return the lines of one kind of files."""
    told = figures(rows, base)
    lines = [f"{'':18}" + "".join(f"{name:>27}" for name in told) + "      loss"]
    for program, title in PROGRAMS.items():
        cells = []
        for figure in told.values():
            values = [figure(found[program]) for found in rounds]
            ratios = sorted(figure(found[program]) / figure(found["hand"]) for found in rounds)
            beside = f" x{statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})"
            number = statistics.median(values)
            cells.append(f"{number:,.{1 if number < 100 else 0}f}{'' if program == 'hand' else beside}")
        lines.append(f"{title:18}" + "".join(f"{cell:>27}" for cell in cells) + f"  {rounds[0][program]['loss']:.6f}")
    return "\n".join(lines)


def measure(kind: str, asked: argparse.Namespace) -> bool:
    """Measure one kind of files, print its table, and return whether the losses agree as they should."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = asked.images if kind == "images" else asked.rows
        size = write_images(folder, rows) if kind == "images" else write_rows(kind, folder, rows)
        base = run(kind, "nothing", folder, in_order=False)["peak"]
        rounds = [
            {program: run(kind, program, folder, in_order=asked.in_order) for program in PROGRAMS}
            for _ in range(asked.rounds)
        ]
    sys.stdout.write(f"\n{kind}: {rows:,} rows, {size:,.0f} MB; TensorFlow alone {base:,.0f} MB of memory\n")
    sys.stdout.write(table(rounds, rows, base) + "\n")
    sys.stdout.flush()
    losses = [found["loss"] for found in rounds[0].values()]
    return max(losses) - min(losses) <= (0.01 if kind == "images" else 0.001) * max(losses)


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--kinds", nargs="+", choices=["csv", "parquet", "npz", "images"])
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--images", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-order", action="store_true")
    asked = parser.parse_args()
    kinds = asked.kinds or ["csv", "parquet", "npz", "images"]
    if {"csv", "parquet"} & set(kinds) and importlib.util.find_spec("pandas") is None:
        sys.stderr.write("the programs by hand read tables with pandas: pip install pandas, or --kinds npz images\n")
        return 2
    agree = [measure(kind, asked) for kind in kinds]
    return int(asked.in_order and not all(agree))


if __name__ == "__main__":
    sys.exit(main())

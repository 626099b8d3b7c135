"""How long `kspec validate --static` takes for large specs, as a whole process.

Run from the root of the project: python benchmarks/validate.py [TIMES]

Each spec is checked TIMES times (5 if left out), and the fastest counts. On a machine with nothing else to do, what
passes on the clock is hardly more than what the processor works; the exit code is 1 if one spec takes more of its work
than it should.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from measuring import ROOT, Table, number_asked, say_where


def long_spec(lines: int) -> str:
    """Return a spec of so many lines, most of which are layers with arguments over several lines."""
    head = ["data: {source: wine}", "model:", "  layers:"]
    foot = ["    - Dense: {units: 3, activation: softmax}", "compile: {loss: sparse_categorical_crossentropy}"]
    step = ["    - Dense:", "        units: 64", "        kernel_regularizer: {L2: 1e-4}", "        activation: relu"]
    steps = (lines - len(head) - len(foot)) // len(step)
    body = [line for number in range(steps) for line in (*step[:1], step[1].replace("64", str(64 + number)), *step[2:])]
    blank = [""] * (lines - len(head) - len(body) - len(foot))
    return "\n".join([*head, *body, *foot, *blank]) + "\n"


def deep_spec(layers: int) -> str:
    """Return a spec of so many layers: residual blocks of five, repeated."""
    return f"""
model:
  input: {{shape: [32, 32, 16]}}
  blocks:
    residual:
      params: {{filters: 16}}
      inputs: [x]
      layers:
        - Conv2D: {{filters: $(filters), kernel_size: 3, padding: same, activation: relu}}
          from: x
        - BatchNormalization
        - Conv2D: {{filters: $(filters), kernel_size: 3, padding: same}}
        - Add:
          from: [_, x]
        - Activation: relu
  layers:
    - residual: {{filters: 16}}
      repeat: {layers // 5}
    - GlobalAveragePooling2D
    - Dense: {{units: 10, activation: softmax}}
compile: {{loss: sparse_categorical_crossentropy}}
"""


def wide_spec(layers: int) -> str:
    """Return a spec of so many written layers with names, each fed by the ones before by name."""
    steps = ["    - {Dense: 8, name: d0}"]
    for number in range(1, layers):
        first, second = max(number - 2, 0), number - 1
        if number % 2 or first == second:
            steps.append(f"    - {{Dense: 8, name: d{number}, from: d{second}}}")
        else:
            steps.append(f"    - {{Add: null, name: d{number}, from: [d{first}, d{second}]}}")
    return "\n".join(["model:", "  input: {shape: [8]}", "  layers:", *steps]) + "\n"


CASES: dict[str, tuple[str, Callable[[int], str], int, float]] = {
    "long": ("a spec of 5,000 lines", long_spec, 5_000, 1.0),
    "deep": ("10,000 layers from a block", deep_spec, 10_000, 10.0),
    "wide": ("10,000 layers with names", wide_spec, 10_000, 10.0),
}
"""What is measured, what makes the spec, its size, and the seconds that it may take."""


def seconds(spec: Path) -> tuple[float, float]:
    """Return what checking a spec takes from the start of a process to its end: seconds of work, and of the clock."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "kspec", "validate", "--static", str(spec)]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ended - began


def main(times: int) -> int:
    late = 0
    say_where()
    table = Table("what is checked", "s of work", "s on the clock", "limit s")
    with tempfile.TemporaryDirectory() as folder:
        for name, (what, make, size, limit) in CASES.items():
            spec = Path(folder, f"{name}.yaml")
            spec.write_text(make(size), encoding="utf-8")
            work, clock = map(min, zip(*(seconds(spec) for _ in range(times)), strict=True))
            late += work > limit
            table.row(what, f"{work:.2f}", f"{clock:.2f}", f"{limit:g}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main(number_asked(__doc__, "TIMES", 5)))

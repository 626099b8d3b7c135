"""Whether anything that kspec reads can be made wrong so that it ends otherwise than with an answer or a refusal.

Run from the root of the project: python benchmarks/fuzz.py [--minutes 10] [--seed 0] [--kind KIND]

Specs, the files of a run, weights and models are made wrong at random, and read. Each attempt is named by its kind and
a number, and can be had again with `--kind KIND --seed NUMBER --attempts 1`. A process that dies is a fault, too: so
attempts are made in another process. The exit code is 1 if there was a fault.
"""

from __future__ import annotations

import argparse
import collections
import faulthandler
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "fuzzing"))
SLOW = 20.0
"""Seconds that no attempt should take."""


def work(pipe: Any, kinds: list[str] | None) -> None:
    """Make the attempts that are asked for, until none is."""
    faulthandler.enable()
    from attempts import KINDS, Workshop

    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder), ROOT / "configs")
        pipe.send(kinds or list(KINDS))
        while task := pipe.recv():
            began = time.monotonic()
            try:
                outcome, text = workshop.attempt(*task), ""
            except Exception:  # noqa: BLE001 - these are what is looked for
                outcome, text = "FAULT", traceback.format_exc()
            if time.monotonic() - began > SLOW:
                outcome, text = "FAULT", f"took {time.monotonic() - began:.0f} s"
            pipe.send((outcome, text))


def main() -> int:
    """Make attempts until the time is over, and say what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0, help="number of the first attempt")
    parser.add_argument("--attempts", type=int, default=sys.maxsize, help="of each kind")
    parser.add_argument("--kind", action="append")
    options = parser.parse_args()
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    number, last = options.seed, time.monotonic() + options.minutes * 60
    pipe, process = start(options.kind)
    kinds = pipe.recv()
    while number < options.seed + options.attempts and time.monotonic() < last:
        for kind in kinds:
            try:
                pipe.send((kind, number))
                outcome, text = pipe.recv()
            except (EOFError, OSError):
                outcome, text = "FAULT", "the process died"
                process.join()
                pipe, process = start(kinds)
                pipe.recv()
            counts[kind, outcome] += 1
            if outcome == "FAULT":
                sys.stdout.write(f"--- {kind} {number}\n{text}\n")
                sys.stdout.flush()
        number += 1
    pipe.send(None)
    process.join()
    for (kind, outcome), count in sorted(counts.items()):
        sys.stdout.write(f"{kind:24} {outcome:8} {count:7,}\n")
    return 1 if any(outcome == "FAULT" for _, outcome in counts) else 0


def start(kinds: list[str] | None) -> tuple[Any, Any]:
    """Start a process that makes attempts, and return what to speak to it by."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=work, args=(there, kinds), daemon=True)
    process.start()
    there.close()
    return here, process


if __name__ == "__main__":
    sys.exit(main())

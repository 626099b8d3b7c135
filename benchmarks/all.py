"""All tables of training, one after the other, as Markdown.

Run from the root of the project: python benchmarks/all.py [--short]

Epochs (`training.py`), whole processes (`process.py`), growth (`growth.py`), what recording costs (`recording.py`), and
checking without TensorFlow (`validate.py`), each in a process of its own: about half an hour on two cores, on which
nothing else must run; with `--short` few rounds of each, to see that all of it works. What reads and predicts from
files, `reading.py`, `parquet.py` and `predict.py`, is run on its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from measuring import ROOT, say

TABLES = {
    "training.py": ("Epochs", ["--rounds", "2"]),
    "process.py": ("Whole processes", ["--rounds", "1"]),
    "growth.py": ("Growth", ["batch"]),
    "recording.py": ("Recording", ["tabular", "--seconds", "20", "--rounds", "2"]),
    "validate.py": ("Checking", ["1"]),
}
"""What is run, its title, and what makes it short."""


def main() -> int:
    """Run them all; return 1 if one fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    failed = False
    for program, (title, short) in TABLES.items():
        say(f"\n## {title}\n")
        command = [sys.executable, f"benchmarks/{program}", *(short if asked.short else [])]
        failed = subprocess.run(command, cwd=ROOT, check=False).returncode != 0 or failed
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

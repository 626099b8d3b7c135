"""What the benchmarks share: processes that are timed, spreads, and tables in Markdown that can be pasted."""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kspec.runs.benchmark import describe_machine

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Done:
    """A process that has ended.

    Args:
        seconds: From its start to its end.
        memory: MB that it held at most.
        output: What it wrote.
    """

    seconds: float
    memory: float
    output: str


def run(command: Sequence[str], **environment: str) -> Done:
    """Run a Python program of this project in a process of its own.

    Args:
        command: What follows `python` on the command line.
        environment: Variables beside those of this process.

    Raises:
        SystemExit: It failed.
    """
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    variables = {**os.environ, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3", **environment}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as faults:
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, *command], stdout=output, stderr=faults, env=variables)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        faults.seek(0)
        if process.returncode:
            raise SystemExit(f"{shlex.join(command)}\n{faults.read().decode(errors='replace')}")
        unit = 1e6 if sys.platform == "darwin" else 1e6 / 1024
        return Done(seconds, used.ru_maxrss / unit, output.read().decode())


class Table:
    """A table in Markdown, written a row at a time as figures come in.

    Args:
        titles: Heads of the columns.
    """

    def __init__(self, *titles: str) -> None:
        say(f"\n| {' | '.join(titles)} |\n|{'---|' * len(titles)}")

    def row(self, *cells: object) -> None:
        """Write a row."""
        say(f"| {' | '.join(map(str, cells))} |")


def number_asked(description: str | None, name: str, usual: int) -> int:
    """Return the one number that a program takes from its command line.

    Args:
        description: What the program does.
        name: What the number is called.
        usual: The number if it is left out.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(name.lower(), metavar=name, type=int, nargs="?", default=usual)
    return int(vars(parser.parse_args())[name.lower()])


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say_where() -> None:
    """Write what was called, and what it runs on."""
    machine = describe_machine()
    versions: Mapping[str, str] = machine["versions"]
    packages = ", ".join(f"{name} {versions[name]}" for name in ("python", "tensorflow", "keras") if name in versions)
    say(f"`python {shlex.join(sys.argv)}` on {machine['processor']}, {machine['cores']} cores, {packages};")
    say(f"load before: {machine['load']}")


def spread(values: Sequence[float], *, digits: int = 2) -> str:
    """Return the median with the least and the greatest, such as `2.21 (2.07-2.41)`."""
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} ({least:.{digits}f}-{most:.{digits}f})"


def ratios(of: Sequence[float], to: Sequence[float]) -> list[float]:
    """Return the ratios of the figures of one way to those of another, round by round."""
    return [one / other for one, other in zip(of, to, strict=True)]

"""Kill a training again and again, and show that it ends as one that was never killed.

    python benchmarks/soak.py --kills 200

A process is killed in the middle of writing, before each call that flushes, renames, links or removes a file of the
run, and at random moments, like `kill -9`. After every kill the state must load, and training goes on from it until it
is killed again. When a run has come to its end, its variables, optimizer, callbacks, random numbers, log, best model
and history must be, to the last bit, those of a run that was never killed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from killing import KILLED, Killer
from soak_specs import WAYS, prepared

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

FAILED = 70
FIRST = 60
"""Calls that two saves and what surrounds them make."""


def forked(work: Callable[[], None], log: Path) -> int:
    """Do some work in a process of its own, and return how it ended."""
    sys.stdout.flush()
    if (pid := os.fork()) == 0:
        code = FAILED
        try:
            with log.open("ab") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - a forked process must not go on as its parent
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def trained(folder: Path, *, at: int = 0, after: float = 0.0) -> None:
    """Train, or go on with what was killed, and maybe be killed.

    Args:
        folder: Folder of the spec and its runs.
        at: Number of the call at which to be killed, or 0.
        after: Seconds after which to be killed, or 0.
    """
    from kspec.commands.train import resume, train
    from kspec.runs.listing import all_runs

    killer = Killer(folder, at)
    killer.watch()
    if after:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, after)
    runs = folder / "runs"
    begun = next(all_runs(runs), None)
    run = train(folder / "spec.yaml", runs=runs) if begun is None else resume(begun[0])
    signal.setitimer(signal.ITIMER_REAL, 0)
    (folder / "calls").write_text(str(killer.calls))
    if run.manifest.status not in ("done", "stopped"):
        raise SystemExit(f"it ended as {run.manifest.status}: {run.manifest.reason}")


def found(folder: Path) -> dict[str, Any]:
    """Return all that decides how a finished run would go on, and what it leaves to its user."""
    from kspec.runs.listing import all_runs
    from kspec.runs.states import load_state

    run, manifest = next(all_runs(folder / "runs"))
    stored = load_state(run)
    if stored is None:
        raise SystemExit(f"{run.path} has no state")
    record = dict(stored.record)
    record["history"] = [{**row, "seconds": 0} for row in record["history"]]
    best = record.pop("best")
    with zipfile.ZipFile(run.best_model) as archive:
        weights = archive.getinfo("model.weights.h5").CRC
    log = (run.path / "log.csv").read_text()
    arrays = {name: (array.dtype.name, array.shape, array.tobytes()) for name, array in stored.arrays.items()}
    return {
        "record": record, "best": (best["file"], weights), "arrays": arrays, "log": log,
        "results": manifest.results, "epochs": manifest.epochs_done, "history": len(run.history.read_text().split()),
    }  # fmt: skip


def check(folder: Path, reached: tuple[int, int]) -> tuple[int, int]:
    """Return how far a run has come that was killed, which must not be less far than before.

    Raises:
        SystemExit: It has lost something, or its files cannot be read.
    """
    from kspec.runs.listing import all_runs
    from kspec.runs.states import load_state

    begun = next(all_runs(folder / "runs"), None)
    if begun is None:
        return reached
    stored = load_state(begun[0])
    if stored is not None and stored.notice:
        raise SystemExit(f"{folder}: {stored.notice}")
    now = (stored.record["epoch"], stored.record["step"]) if stored else (0, 0)
    if now < reached or begun[1].true_status not in ("interrupted", "done", "stopped"):
        raise SystemExit(f"{folder}: it had come to {reached}, and is at {now} and {begun[1].true_status}")
    return now


def is_done(folder: Path) -> bool:
    """Say whether a run needs nothing more."""
    from kspec.runs.listing import all_runs

    begun = next(all_runs(folder / "runs"), None)
    return begun is not None and begun[1].true_status in ("done", "stopped")


def chains(way: str, whole: dict[str, Any], place: Path, kills: Iterator[dict[str, Any]], log: Path) -> Iterator[str]:
    """Kill runs until there is no kill left, and yield a word for each; each run is killed until it ends by itself."""
    number, last = 0, False
    while not last:
        number += 1
        folder, reached, times = prepared(place / f"{way}-{number}", way), (0, 0), 0
        while True:
            how = next(kills, None)
            last = how is None
            code = forked(lambda how=how, folder=folder: trained(folder, **(how or {})), log)
            if code == 0:
                break
            if code not in (KILLED, -signal.SIGALRM):
                raise SystemExit(f"{way}: a process ended with {code}; see {log}")
            times += 1
            reached = check(folder, reached)
            yield f"{way}: killed {how}, at {reached}"
            if is_done(folder):  # it was killed while its process ended
                break
        other = found(folder)
        for key, value in whole.items():
            if other[key] != value:
                raise SystemExit(
                    f"{way}: after {times} kills, {key} differs in {folder}{difference(value, other[key])}"
                )
        left = list(folder.rglob(".writing-*"))
        if left:
            raise SystemExit(f"{way}: left over: {left}")
        yield f"{way}: a run killed {times} times equals one that never was"
        shutil.rmtree(folder)


def difference(one: Any, other: Any) -> str:
    """Return where two mappings differ."""
    if not isinstance(one, dict):
        return f": {other} is not {one}"
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    return f" at {names}" + difference(str(one.get(names[0]))[:300], str(other.get(names[0]))[:300])


def planned(kills: int, calls: int, seconds: float, seed: int) -> Iterator[dict[str, Any]]:
    """Yield when to kill: of four times twice at one of the first calls, those of a resume and its first saves, each of
    them in turn; once at any call, and once at any moment."""
    numbers = random.Random(seed)
    first = list(range(1, FIRST + 1))
    numbers.shuffle(first)
    for number in range(kills):
        if number % 4 == 2:
            yield {"at": numbers.randint(1, calls)}
        elif number % 4 == 3:
            yield {"after": numbers.uniform(0.05, seconds)}
        else:
            yield {"at": first[(number // 4 * 2 + number % 4) % FIRST]}


def main() -> None:
    """Kill as often as is asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=200, help="how many processes to kill, over all ways of training")
    options.add_argument("--seed", type=int, default=0, help="seed of the moments")
    options.add_argument("--way", choices=list(WAYS), nargs="+", default=list(WAYS), help="what is trained")
    options.add_argument("--beside", action="store_true", help="write states while training goes on, as large ones are")
    options.add_argument("--quiet", action="store_true", help="say only how it ended")
    asked = options.parse_args()
    from kspec.engine.startup import start

    start(())
    if asked.beside:
        from kspec.engine.keeping import keeper

        keeper._BESIDE = 0
    began, killed = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        log = place / "log"
        for way in asked.way:
            folder = prepared(place / f"{way}-whole", way)
            since = time.monotonic()
            if code := forked(lambda folder=folder: trained(folder), log):
                sys.exit(f"the run that is not killed ended with {code}:\n{log.read_text()}")
            seconds = time.monotonic() - since
            calls = int((folder / "calls").read_text())
            kills = planned(asked.kills // len(asked.way), calls, seconds, asked.seed)
            try:
                for said in chains(way, found(folder), place, kills, log):
                    killed += "killed {" in said
                    if not asked.quiet:
                        sys.stdout.write(f"{time.monotonic() - began:7.1f} s  {said}\n")
                        sys.stdout.flush()
            except SystemExit as end:
                sys.exit(f"{end.code}\n{log.read_text()[-5000:]}")
    sys.stdout.write(json.dumps({"kills": killed, "seconds": round(time.monotonic() - began)}) + "\n")


if __name__ == "__main__":
    main()

"""What `kspec train` shows while it runs and when it is done."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from kspec.cli.errors import FAILED, INTERRUPTED, is_gone, stop_writing
from kspec.commands.own_code import code_options
from kspec.commands.run import Run
from kspec.commands.train import resume, train
from kspec.commands.training.fitting import going_on
from kspec.console.choose import make_console, training_observer
from kspec.console.result import Result
from kspec.console.tables import show_result
from kspec.runs.events import Event, Observer
from kspec.runs.folder import DEFAULT_RUNS
from kspec.runs.listing import find_run, find_unfinished, is_run
from kspec.runs.manifest import Manifest
from kspec.runs.strict_json import strict


def start_training(
    spec: str,
    *,
    overrides: list[str],
    code: list[Path],
    epochs: int | None,
    runs: Path,
    name: str | None,
    smoke: bool,
    strict: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Train a spec, showing it, and end the process with its exit code."""

    def work(observe: Observer) -> Run:
        return train(
            spec, overrides=overrides, code=code, epochs=epochs, runs=runs, name=name, smoke=smoke, strict=strict,
            observe=observe,
        )  # fmt: skip

    _show(work, quiet=quiet, as_json=as_json)


def go_on(
    run: str | None, *, code: list[Path], overrides: list[str], epochs: int | None, force: bool, runs: Path,
    quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Go on with a run, showing it, and end the process with its exit code.

    Args:
        run: A run; a spec, which stands for its newest unfinished run; or None for the newest unfinished of all.
        code: Python files with components of one's own.
        overrides: Changes to the spec.
        epochs: Number of epochs that the run is to have.
        force: Whether to go on in spite of what has changed.
        runs: Folder that holds the run folders.
        quiet: Show only warnings and the result.
        as_json: Write events as lines of JSON.
    """
    path = Path(run) if run is not None else None
    spec = path if path and path.is_file() and not is_run(path.parent, runs) else None
    folder = find_run(run, runs) if path and not spec else find_unfinished(runs, spec)

    def work(observe: Observer) -> Run:
        return resume(
            folder, code=code, overrides=overrides, epochs=epochs, spec=spec, force=force, observe=observe
        )  # fmt: skip

    _show(work, quiet=quiet, as_json=as_json)


def _show(work: Callable[[Observer], Run], *, quiet: bool, as_json: bool) -> None:
    console = make_console()
    run = None
    try:
        with training_observer(console, quiet=quiet, as_json=as_json) as observe:
            run = work(until_closed(observe))
    except OSError as error:
        if run is None or not is_gone(error):  # a display cannot be taken down from a terminal that was closed
            raise
        stop_writing(error)
    manifest = run.manifest
    try:
        if as_json:
            result = {"event": "result", "path": str(run.path), **strict(manifest.model_dump())}
            console.file.write(json.dumps(result) + "\n")
        else:
            show_result(_result(run, manifest), console)
    except OSError as error:
        if not is_gone(error):
            raise
        stop_writing(error)
    if manifest.status == "interrupted":
        end_interrupted()
    sys.exit(FAILED if manifest.status == "failed" or manifest.missed else 0)


def end_interrupted() -> NoReturn:
    """End the process as one that was interrupted.

    TensorFlow's threads may be at work still; taking them down in good order can hang or crash.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(INTERRUPTED)


def until_closed(observe: Observer) -> Observer:
    """Return an observer that ends the training as Ctrl-C does when nobody reads the screen any more."""

    def show(event: Event) -> None:
        try:
            observe(event)
        except OSError as error:
            if not is_gone(error):
                raise
            stop_writing(error)
            raise KeyboardInterrupt from None

    return show


def _result(run: Run, manifest: Manifest) -> Result:
    history = run.history
    best = []
    names = [manifest.monitor] if manifest.monitor else []
    names += [f"val_{name}" for name in history.metrics] if history.has("val_loss") else history.metrics
    for name in dict.fromkeys(names):
        if found := history.best(name):
            best.append((name, found.value, found.epoch))
    test = {
        name.removeprefix("test."): value
        for name, value in manifest.results.items()
        if name.startswith("test.") and value is not None
    }
    return Result(
        path=str(run.path),
        status=manifest.status,
        epochs=manifest.epochs_done,
        best=tuple(best),
        test=test,
        expected=tuple(manifest.expected),
        notices=tuple(manifest.notices),
        report=str(run.folder.report) if run.folder.report.is_file() else "",
        next_commands=_next(run, manifest),
        seconds=manifest.seconds.get("train", 0.0),
    )


def _next(run: Run, manifest: Manifest) -> tuple[str, ...]:
    path = shlex.quote(str(run.path))
    code = code_options(manifest.code, run.folder)
    if manifest.status == "interrupted":
        return (going_on(manifest, run.folder),)
    listing = (
        "kspec runs" if run.path.parent == DEFAULT_RUNS else f"kspec runs --runs {shlex.quote(str(run.path.parent))}"
    )
    if manifest.status == "failed":
        return (listing,)
    evaluate, predict = f"kspec evaluate {path}", f"kspec predict {path} {_rows_like(manifest)}"
    return (f"{evaluate} {code}".rstrip(), f"{predict} {code}".rstrip(), listing)


_ENDINGS = (".csv", ".parquet", ".jsonl", ".tfrecord", ".npz", ".npy")
"""Endings of files with rows, as commands that are proposed write them."""


def _rows_like(manifest: Manifest) -> str:
    """Return what new rows may lie in: a folder if the training rows did, else a file."""
    origins = manifest.data.get("origin", {})
    origin = origins.get("source") or origins.get("train") or ""
    place = Path(origin)
    if place.is_absolute() and place.is_dir():
        return "FOLDER"
    if ending := next((ending for ending in _ENDINGS if ending in place.suffixes), None):
        return f"INPUT{ending}"
    table = all(len(shape) <= 1 for shape in manifest.model.get("inputs", {}).values())
    return "INPUT.csv" if table else "INPUT.npz"

"""`kspec reproduce`: a run trained again from its resolved spec, and held against what it came to."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kspec.commands.own_code import code_options
from kspec.commands.run import Run
from kspec.commands.train import train
from kspec.commands.training.resuming import read_manifest
from kspec.commands.training.spec_changes import known_to, spec_differences
from kspec.runs import atomic
from kspec.runs.differences import Difference, differences
from kspec.runs.events import Observer, ignore
from kspec.runs.folder import RunFolder
from kspec.runs.manifest import Manifest
from kspec.runs.reproduction import (
    Reproduction,
    digest,
    history_deviations,
    result_deviations,
    variable_deviations,
)
from kspec.runs.strict_json import strict
from kspec.spec.problems import Problem, SpecError


@dataclass(frozen=True, slots=True)
class Repeated:
    """A run that repeats another.

    Args:
        run: The run.
        compared: How both compare; None if it has not come to its end.
    """

    run: Run
    compared: Reproduction | None


def reproduce(
    folder: RunFolder, *, code: Sequence[str | Path] = (), runs: Path | None = None, observe: Observer = ignore
) -> Repeated:
    """Train a run again, in a folder of its own with the same seed, and compare.

    Args:
        folder: The run.
        code: Python files with components of one's own.
        runs: Folder that the new run folder is made in; that of the run if left out.
        observe: Is told of every event.

    Raises:
        SpecError: The run is not finished, or cannot be trained again.
    """
    manifest = read_manifest(folder)
    if manifest.status not in ("done", "stopped"):
        words = f"kspec train --resume {shlex.quote(str(folder.path))} {code_options(manifest.code, folder)}".rstrip()
        message = f"`{folder.path}` is not finished: it is {manifest.true_status}"
        raise SpecError([Problem("run-unfinished", (), message, f"go on with it first: `{words}`")])
    before = Run(folder, code=code)
    again = train(
        folder.resolved, code=code, runs=runs or folder.path.parent, smoke=manifest.smoke, observe=observe
    )  # fmt: skip
    if again.manifest.status == "interrupted":
        return Repeated(again, None)
    found = compare(before, again)
    text = json.dumps(strict(found.record()), indent=2, ensure_ascii=False)
    atomic.write_text(again.folder.reproduction, text + "\n")
    return Repeated(again, found)


def compare(before: Run, again: Run) -> Reproduction:
    """Hold two finished runs against each other.

    Raises:
        SpecError: A model of either is missing or damaged.
    """
    first, largest = history_deviations(before.history, again.history)
    variables, digests = [], {}
    for state in ("last", "best"):
        one, other = (_variables(run, last=state == "last") for run in (before, again))
        variables += variable_deviations(state, one, other)
        digests[state] = (digest(one), digest(other))
    was, now = before.manifest, again.manifest
    return Reproduction(
        run=str(before.path),
        again=str(again.path),
        epochs=(len(before.history.rows), len(again.history.rows)),
        history=tuple(first),
        largest=tuple(largest),
        results=tuple(result_deviations(was.results, now.results)),
        variables=tuple(variables),
        digests=digests,
        surroundings=(*_of_specs(before.folder, again.folder), *differences(was, now)),
        notices=tuple(_notices(was)),
    )


def _variables(run: Run, *, last: bool) -> list[tuple[str, Any]]:
    """Return path and values of the variables of a model, in its order."""
    model = run.model(last=last)
    return [(str(variable.path), variable.numpy()) for variable in model.weights]


def _of_specs(before: RunFolder, now: RunFolder) -> list[Difference]:
    """Return what differs between the specs of two runs: `resolved.yaml` may have been edited since."""
    if not before.begun.exists():
        return []
    texts = [folder.begun.read_text(encoding="utf-8") for folder in (before, now)]
    return spec_differences(*texts, known=known_to(now), folder=Path(read_manifest(now).folder))


def _notices(manifest: Manifest) -> list[str]:
    """Return what tells of a run that its resolved spec cannot repeat it."""
    return [
        f"the run went on after epoch {again.epoch} with `--force`, though {len(again.changed)} "
        f"thing{' was' if len(again.changed) == 1 else 's were'} other than when it began: no training from "
        "the beginning can repeat that"
        for again in manifest.resumed
        if again.changed
    ]

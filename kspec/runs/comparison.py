"""Several runs held against each other: what of them is not the same."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kspec.runs.differences import differences
from kspec.runs.events import Direction
from kspec.runs.history import guess_direction
from kspec.runs.manifest import Manifest
from kspec.spec.changes import ABSENT

_DIGITS = 12
_SEED = "seed"


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run beside others.

    Args:
        label: What it is called among them.
        path: Its folder.
        manifest: What is known of it.
    """

    label: str
    path: Path
    manifest: Manifest

    @property
    def best(self) -> tuple[str, float, int] | None:
        """The metric that the best model was chosen by, its value, and the epoch, counted from 1."""
        monitor, epoch = self.manifest.monitor, self.manifest.best.get("epoch")
        value = self.manifest.best.get(monitor or "")
        return (monitor, float(value), int(epoch)) if monitor and value is not None and epoch is not None else None

    def record(self) -> dict[str, Any]:
        """Return the run as plain values."""
        manifest = self.manifest
        best = self.best
        return {
            "run": self.label,
            "path": str(self.path),
            "status": manifest.true_status,
            "reason": manifest.reason,
            "started": manifest.started,
            "smoke": manifest.smoke,
            "epochs": manifest.epochs,
            "epochs_done": manifest.epochs_done,
            "best": {"metric": best[0], "value": best[1], "epoch": best[2]} if best else None,
            "seconds": manifest.seconds.get("train"),
            "parameters": manifest.model.get("parameters"),
        }


@dataclass(frozen=True, slots=True)
class Row:
    """Something that is not the same in all runs.

    Args:
        name: What it is, such as `keras`, or its path in the specs.
        values: What it is in each run, in their order; `ABSENT` where it is not there.
        kind: `spec`, `data`, `code`, `version`, `machine`, `runtime` or `git`.
    """

    name: str
    values: tuple[Any, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Score:
    """A result of every run.

    Args:
        name: Which, such as `test.accuracy`.
        direction: Whether less (`min`) or more (`max`) of it is better.
        values: What came out in each run, in their order; None where there is none.
    """

    name: str
    direction: Direction
    values: tuple[float | None, ...]

    @property
    def best(self) -> tuple[int, ...]:
        """Numbers of the runs that did best, counted from 0; empty where there is nothing to choose."""
        known = [value for value in self.values if value is not None]
        if len(known) < 2 or min(known) == max(known):
            return ()
        wanted = min(known) if self.direction == "min" else max(known)
        return tuple(number for number, value in enumerate(self.values) if value == wanted)

    @property
    def apart(self) -> tuple[float | None, ...]:
        """What each run has more than the first one; None where either has none."""
        first = self.values[0]
        return tuple(None if first is None or value is None else value - first for value in self.values)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several runs held against each other.

    Args:
        runs: The runs.
        spec: What their specs say differently.
        data: What differs of the data.
        surroundings: What else differs: code, versions, machine, settings, the state of git.
        results: What came out.
        notices: What must not be missed.
    """

    runs: tuple[ComparedRun, ...]
    spec: tuple[Row, ...] = ()
    data: tuple[Row, ...] = ()
    surroundings: tuple[Row, ...] = ()
    results: tuple[Score, ...] = ()
    notices: tuple[str, ...] = field(default=())

    def record(self) -> dict[str, Any]:
        """Return the comparison as plain values; what a run has not is left out of the values."""
        return {
            "runs": [run.record() for run in self.runs],
            "spec": [{"path": row.name, "values": self._by_run(row.values)} for row in self.spec],
            "data": [{"name": row.name, "values": self._by_run(row.values)} for row in self.data],
            "surroundings": [
                {"name": row.name, "kind": row.kind, "values": self._by_run(row.values)} for row in self.surroundings
            ],
            "results": [
                {
                    "name": score.name,
                    "direction": score.direction,
                    "values": self._by_run(score.values),
                    "best": [self.runs[number].label for number in score.best],
                    "apart": self._by_run(score.apart),
                }
                for score in self.results
            ],
            "notices": list(self.notices),
        }

    def _by_run(self, values: Sequence[Any]) -> dict[str, Any]:
        pairs = zip(self.runs, values, strict=True)
        return {run.label: value for run, value in pairs if value is not ABSENT}


def labels(folders: Sequence[Path]) -> list[str]:
    """Return what runs are called beside each other: their names, or their paths where two have one name."""
    names = [folder.name for folder in folders]
    return [name if names.count(name) == 1 else str(folder) for name, folder in zip(names, folders, strict=True)]


def scores(manifests: Sequence[Manifest]) -> list[Score]:
    """Return the results of runs, in the order in which they stand in run.json."""
    found = []
    for name in dict.fromkeys(name for manifest in manifests for name in manifest.results):
        metric = name.partition(".")[2] or name
        directions = [manifest.directions[metric] for manifest in manifests if metric in manifest.directions]
        values = (manifest.results.get(name) for manifest in manifests)
        known = tuple(value if value is not None and math.isfinite(value) else None for value in values)
        found.append(Score(name, directions[0] if directions else guess_direction(metric), known))
    return found


def data_rows(manifests: Sequence[Manifest]) -> list[Row]:
    """Return what differs of the data: numbers of rows, where they come from, fingerprints."""
    found = []
    for what, key in (("rows", "rows"), ("origin", "origin"), ("sha256", "fingerprints")):
        records: list[Mapping[str, Any]] = [manifest.data.get(key, {}) for manifest in manifests]
        for part in dict.fromkeys(part for record in records for part in record):
            values = tuple(record.get(part, ABSENT) for record in records)
            found += [Row(f"{what} of {part}", values, "data")] if len(set(values)) > 1 else []
    return found


def surroundings(manifests: Sequence[Manifest]) -> list[Row]:
    """Return what else differs between runs and may change their results; each is held against the first one."""
    first = manifests[0]
    found: dict[tuple[str, str, str | None], dict[int, str | None]] = {}
    for number, manifest in enumerate(manifests):
        for each in differences(first, manifest):
            if each.kind != "data" and each.name != _SEED:
                found.setdefault((each.kind, each.name, each.before), {})[number] = each.now
    rows = [
        Row(name, tuple(_known(others.get(number, before)) for number in range(len(manifests))), kind)
        for (kind, name, before), others in found.items()
    ]
    for name, kind, values in (
        ("processor", "machine", [manifest.platform.get("processor") for manifest in manifests]),
        ("host", "machine", [manifest.host for manifest in manifests]),
        ("git commit", "git", [_commit(manifest) for manifest in manifests]),
    ):
        if len(set(values)) > 1:
            rows.append(Row(name, tuple(map(_known, values)), kind))
    return rows


def _known(value: str | None) -> Any:
    return ABSENT if value is None else value


def _commit(manifest: Manifest) -> str | None:
    if not manifest.git:
        return None
    changed = "" if manifest.git.get("clean", True) else ", with changes"
    return f"{manifest.git['commit'][:_DIGITS]}{changed}"

"""The folder of a sweep: the names of its files, and what is known of it."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kspec.runs import atomic
from kspec.runs.environment import installed_versions
from kspec.runs.manifest import CodeRecord, ManifestError, now
from kspec.runs.processes import is_alive, process_start
from kspec.runs.strict_json import strict
from kspec.runs.sweep_events import TrialStatus
from kspec.spec.problems import Problem, SpecError, did_you_mean
from kspec.spec.writing import to_inline

COUNTED: tuple[TrialStatus, ...] = ("done", "pruned", "failed")
"""How trials end that count; one that was interrupted is made again."""


@dataclass(frozen=True)
class SweepFolder:
    """The folder of a sweep and the paths of what lies in it."""

    path: Path

    @property
    def name(self) -> str:
        """Name of the folder, such as `mnist-sweep-1`."""
        return self.path.name

    @property
    def spec(self) -> Path:
        """The spec as it was written."""
        return self.path / "spec.yaml"

    @property
    def whole(self) -> Path:
        """The spec that trials are trained from: bases and options put in, paths absolute, the seed drawn."""
        return self.path / "whole.yaml"

    @property
    def manifest(self) -> Path:
        """What is known of the sweep."""
        return self.path / "sweep.json"

    @property
    def table(self) -> Path:
        """One line for each trial."""
        return self.path / "trials.csv"

    @property
    def study(self) -> Path:
        """Optuna's journal."""
        return self.path / "study.log"

    @property
    def trials(self) -> Path:
        """Folder of the trials' runs."""
        return self.path / "trials"


class TrialRecord(BaseModel):
    """What is known of one trial."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(description="Counted from 1.")
    status: TrialStatus
    values: dict[str, Any] = Field(description="What was tried, by its path in the spec.")
    value: float | None = Field(None, description="Best value of the metric.")
    epoch: int | None = Field(None, description="Epoch that reached it.")
    run: str | None = Field(None, description="Name of its run in the folder `trials`.")
    seconds: float = 0.0
    reason: str = Field("", description="Why it failed.")


class SweepManifest(BaseModel):
    """What sweep.json holds."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    name: str
    status: Literal["running", "done", "interrupted", "failed"] = "running"
    reason: str = ""
    command: list[str] = Field(default_factory=list, description="The command line.")
    spec: str = Field("", description="Path of the spec as it was named.")
    overrides: list[str] = Field(default_factory=list, description="Options that changed the spec.")
    code: list[CodeRecord] = Field(default_factory=list, description="Python files that `--code` named.")
    seed: int = 0
    pid: int = Field(default_factory=os.getpid)
    host: str = Field(default_factory=socket.gethostname)
    process_started: float | None = Field(default_factory=lambda: process_start(os.getpid()))
    started: str = Field(default_factory=now)
    ended: str | None = None
    versions: dict[str, str] = Field(default_factory=installed_versions)
    metric: str
    direction: Literal["maximize", "minimize"]
    wanted: int = Field(description="Trials that the sweep is to have.")
    trials: list[TrialRecord] = Field(default_factory=list)

    @property
    def alive(self) -> bool:
        """Whether the process that writes this sweep may still be at work."""
        return self.status == "running" and is_alive(self.pid, self.host, self.process_started)

    @property
    def finished(self) -> int:
        """Trials that need not be made again."""
        return sum(trial.status in COUNTED for trial in self.trials)

    @property
    def ranked(self) -> list[TrialRecord]:
        """The trials with a value, the best first; of equal ones the first."""
        sign = -1 if self.direction == "maximize" else 1
        done = [trial for trial in self.trials if trial.status == "done" and trial.value is not None]
        return sorted(done, key=lambda trial: (sign * (trial.value or 0.0), trial.number))

    def claim(self) -> None:
        """Note that this process writes the sweep from now on."""
        self.status, self.reason, self.ended = "running", "", None
        self.pid, self.host, self.process_started = os.getpid(), socket.gethostname(), process_start(os.getpid())

    def write(self, folder: SweepFolder) -> None:
        """Write sweep.json and trials.csv, each whole or not at all."""
        text = json.dumps(strict(self.model_dump()), indent=2, ensure_ascii=False) + "\n"
        atomic.write_text(folder.manifest, text)
        atomic.write_text(folder.table, self._table())

    @classmethod
    def read(cls, folder: SweepFolder) -> SweepManifest:
        """Read sweep.json.

        Raises:
            ManifestError: It is missing, not JSON, or not what a sweep writes.
        """
        try:
            return cls.model_validate_json(folder.manifest.read_bytes())
        except OSError as error:
            raise ManifestError(f"`{folder.manifest}` cannot be read: {error.strerror}") from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise ManifestError(f"`{folder.manifest}` is damaged: {first['msg']}") from None

    def _table(self) -> str:
        out = io.StringIO()
        paths = list(dict.fromkeys(path for trial in self.trials for path in trial.values))
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["trial", "status", self.metric, "epoch", *paths, "seconds", "run"])
        for trial in self.trials:
            values = [to_inline(trial.values[path]) if path in trial.values else "" for path in paths]
            writer.writerow([trial.number, trial.status, trial.value, trial.epoch, *values, trial.seconds, trial.run])
        return out.getvalue()


def all_sweeps(runs: Path) -> Iterator[tuple[SweepFolder, SweepManifest]]:
    """Yield the sweeps in a folder, the newest first. Folders without a readable sweep.json are left out."""
    found: list[tuple[str, int, SweepFolder, SweepManifest]] = []
    for entry in runs.iterdir() if runs.is_dir() else ():
        folder = SweepFolder(entry)
        try:
            manifest = SweepManifest.read(folder)
        except ManifestError:
            continue
        found.append((manifest.started, entry.stat().st_mtime_ns, folder, manifest))
    for _, _, folder, manifest in sorted(found, key=lambda item: item[:2], reverse=True):
        yield folder, manifest


def find_sweep(name: str | None, runs: Path) -> SweepFolder:
    """Return the sweep that is meant: a path, a name in the runs folder, or without either the newest.

    Raises:
        SpecError: There is no such sweep.
    """
    names = []
    for folder, _ in all_sweeps(runs):
        if name is None:
            return folder
        names.append(folder.name)
    for path in (Path(name), runs / name) if name is not None else ():
        if SweepFolder(path).manifest.is_file():
            return SweepFolder(path)
    message = f"there is no sweep `{name}`" if name is not None else f"there is no sweep in `{runs}`"
    hint = did_you_mean(name, names) if name is not None else None
    raise SpecError([Problem("no-run", (), message, hint or "begin one: `kspec sweep SPEC`")])

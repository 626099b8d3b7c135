"""run.json: everything that is known of a run, complete at every moment."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kspec.runs import atomic
from kspec.runs.events import Direction
from kspec.runs.folder import RunFolder
from kspec.runs.outcomes import Outcome
from kspec.runs.processes import boot_id, is_alive, process_start
from kspec.runs.strict_json import strict

Status = Literal["preparing", "running", "done", "stopped", "interrupted", "failed"]
UNFINISHED: tuple[Status, ...] = ("preparing", "running")


class ManifestError(Exception):
    """A run.json cannot be read; says which and why."""


class CodeRecord(BaseModel):
    """A Python file that a run was trained with."""

    model_config = ConfigDict(extra="forbid")

    path: str
    sha256: str


class Resumption(BaseModel):
    """One time that a run went on after it had ended."""

    model_config = ConfigDict(extra="forbid")

    at: str = Field(description="When, in UTC.")
    epoch: int = Field(description="Epochs that had been done.")
    epochs: int = Field(description="Epochs that the run was to have from then on.")
    changed: list[dict[str, Any]] = Field(default_factory=list, description="What had changed and `--force` let pass.")


class _Data(BaseModel):
    """What is read of `data`; there may be more in it."""

    origin: dict[str, str] = {}
    fingerprints: dict[str, str] = {}
    rows: dict[str, int] = {}


class _Model(BaseModel):
    """What is read of `model`."""

    parameters: int = 0
    inputs: dict[str, list[int | None]] = {}
    outputs: dict[str, list[int | None]] = {}


class _Git(BaseModel):
    """What is read of `git`."""

    commit: str


def _as(form: type[BaseModel]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a check that a mapping has what is read of it in the right form, whatever else it has."""

    def check(value: dict[str, Any]) -> dict[str, Any]:
        try:
            form.model_validate(value, strict=True)
        except ValidationError as error:
            raise ValueError(_first(error)) from None
        return value

    return check


def now() -> str:
    """Return the time in UTC, in seconds (ISO 8601)."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _time(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def _first(error: ValidationError) -> str:
    """Return the first of the faults that were found, with its place."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place + ': ' if place else ''}{first['msg']}"


class Manifest(BaseModel):
    """What run.json holds."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    name: str
    status: Status = "preparing"
    reason: str = Field("", description="Why the run stopped, interrupted or failed.")
    command: list[str] = Field(default_factory=list, description="The command line.")
    spec: str = Field("", description="Path of the spec as it was named.")
    bases: list[str] = Field(default_factory=list, description="Files that the spec extends, the nearest first.")
    folder: str = Field("", description="Folder that the spec's relative paths start from.")
    code: list[CodeRecord] = Field(default_factory=list, description="Python files that `--code` named.")
    description: str = ""
    seed: int | None = None
    smoke: bool = False
    pid: int = Field(default_factory=os.getpid)
    host: str = Field(default_factory=socket.gethostname)
    process_started: float | None = Field(default_factory=lambda: process_start(os.getpid()))
    boot: str | None = Field(default_factory=boot_id, description="The machine's start, as Linux names it.")
    started: Annotated[str, AfterValidator(_time)] = Field(default_factory=now)
    ended: str | None = None
    seconds: dict[str, float] = Field(default_factory=dict, description="Seconds of each phase.")
    versions: dict[str, str] = Field(default_factory=dict)
    platform: dict[str, Any] = Field(default_factory=dict)
    git: Annotated[dict[str, Any], AfterValidator(_as(_Git))] | None = None
    data: Annotated[dict[str, Any], AfterValidator(_as(_Data))] = Field(
        default_factory=dict, description="Origin, fingerprints and row counts."
    )
    model: Annotated[dict[str, Any], AfterValidator(_as(_Model))] = Field(
        default_factory=dict, description="Parameters, layers, inputs and outputs."
    )
    runtime: dict[str, Any] = Field(default_factory=dict, description="Precision, devices, threads.")
    directions: dict[str, Direction] = Field(default_factory=dict)
    monitor: str | None = Field(None, description="Metric that best.keras is chosen by.")
    epochs: int = Field(0, description="Epochs that the run is to have.")
    epochs_done: int = 0
    resumed: list[Resumption] = Field(default_factory=list, description="Every time that the run went on.")
    best: dict[str, int | float | None] = Field(
        default_factory=dict, description="Best epoch and value of the monitored metric."
    )
    results: dict[str, float | None] = Field(default_factory=dict, description="Final metrics by part.")
    expected: list[Outcome] = Field(default_factory=list, description="What was expected of the results.")
    notices: list[str] = Field(default_factory=list, description="What the user must not miss.")

    def write(self, folder: RunFolder) -> None:
        """Write run.json, whole or not at all."""
        atomic.write_text(folder.manifest, json.dumps(strict(self.model_dump()), indent=2, ensure_ascii=False) + "\n")

    def end(self, status: Status, reason: str = "") -> None:
        """Note how the run ended, and when."""
        self.status, self.reason, self.ended = status, reason, now()

    @classmethod
    def read(cls, folder: RunFolder) -> Manifest:
        """Read run.json.

        Raises:
            ManifestError: It is missing, not JSON, or not a manifest.
        """
        try:
            return cls.model_validate_json(folder.manifest.read_bytes())
        except OSError as error:
            raise ManifestError(f"`{folder.manifest}` cannot be read: {error.strerror}") from None
        except ValidationError as error:
            raise ManifestError(f"`{folder.manifest}` is damaged: {_first(error)}") from None

    @property
    def missed(self) -> list[Outcome]:
        """What was expected and did not come out."""
        return [outcome for outcome in self.expected if not outcome.met]

    @property
    def true_status(self) -> Status:
        """The status as it really is: a run whose process is gone was interrupted."""
        return "interrupted" if self.status in UNFINISHED and not self.alive else self.status

    @property
    def alive(self) -> bool:
        """Whether the process that writes this run may still be at work."""
        return is_alive(self.pid, self.host, self.process_started, self.boot)

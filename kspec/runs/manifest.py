"""run.json: everything that is known of a run, complete at every moment."""

from __future__ import annotations

import json
import math
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kspec.runs import atomic
from kspec.runs.events import Direction
from kspec.runs.folder import RunFolder
from kspec.runs.outcomes import Outcome
from kspec.runs.processor import describe_processor

Status = Literal["preparing", "running", "done", "stopped", "interrupted", "failed"]
UNFINISHED: tuple[Status, ...] = ("preparing", "running")
_ENVIRONMENT = ("TF_", "KERAS_", "OMP_", "CUDA_", "XLA_", "ONEDNN_", "DNNL_", "NVIDIA_")
_PACKAGES = ("kspec", "tensorflow", "keras", "numpy", "scikit-learn", "pyarrow")


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
    boot: str | None = Field(default_factory=lambda: boot_id(), description="The machine's start, as Linux names it.")
    started: Annotated[str, AfterValidator(_time)] = Field(default_factory=lambda: now())
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


def strict(value: Any) -> Any:
    """Return a value with NaN and infinite numbers as None, so that it is strict JSON."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): strict(item) for key, item in value.items()}
    return [strict(item) for item in value] if isinstance(value, list | tuple) else value


def now() -> str:
    """Return the time in UTC, in seconds (ISO 8601)."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def is_alive(pid: int, host: str, started: float | None, boot: str | None = None) -> bool:
    """Say whether a process may still be at work.

    Args:
        pid: Its number.
        host: Where it runs.
        started: When it started, as `process_start` says it, or None if that is not known.
        boot: The start of its machine that it belongs to, as `boot_id` says it, or None if that is not known.
    """
    if host != socket.gethostname():
        return True  # it runs elsewhere, which cannot be seen from here
    if boot is not None and boot != boot_id():
        return False  # the machine has been started anew since
    now_started = process_start(pid)
    if now_started is None:
        return False
    return started is None or math.isclose(now_started, started, abs_tol=1.0)


def boot_id() -> str | None:
    """Return what Linux calls this start of the machine, the same in all of its containers; None elsewhere."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None


def process_start(pid: int) -> float | None:
    """Return when a process started, or None if it is gone. Tells a process from a later one with the same number.

    Returns:
        On Linux seconds since the machine's boot (field 22 of /proc/PID/stat, zombies count as gone); elsewhere 0.0
        for any process that exists.
    """
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else int(fields[19]) / os.sysconf("SC_CLK_TCK")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        return 0.0
    return 0.0


def installed_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that a result depends on."""
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions


def describe_platform() -> dict[str, Any]:
    """Return what else of the machine may change the bits of a result."""
    return {
        "system": platform.platform(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        **describe_processor(),
        "executable": sys.executable,
        "environment": {key: value for key, value in sorted(os.environ.items()) if key.startswith(_ENVIRONMENT)},
    }


def git_state(folder: Path) -> dict[str, Any] | None:
    """Return commit and cleanness of the git checkout that a folder belongs to, or None."""

    def ask(*words: str) -> str | None:
        try:
            done = subprocess.run(
                ["git", *words],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=5,
                check=True,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    commit = ask("rev-parse", "HEAD")
    if commit is None:
        return None
    return {
        "commit": commit,
        "branch": ask("rev-parse", "--abbrev-ref", "HEAD"),
        "clean": ask("status", "--porcelain") == "",
    }

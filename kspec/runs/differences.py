"""What may change the bits of a result, held against what it was when a run began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kspec.runs.manifest import Manifest
from kspec.spec.problems import Path as Place

DECIDING = ("kspec", "keras", "tensorflow", "numpy")
"""Packages whose versions decide the bits of a training; others only read the data, which has fingerprints."""

_ENVIRONMENT = (
    "TF_ENABLE_ONEDNN_OPTS", "TF_DETERMINISTIC_OPS", "TF_CUDNN_", "TF_XLA_FLAGS", "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS", "TF_ENABLE_CUBLAS", "TF_FORCE_", "XLA_FLAGS", "OMP_NUM_THREADS", "ONEDNN_", "DNNL_",
    "NVIDIA_TF32_OVERRIDE",
)  # fmt: skip
"""How the names of environment variables begin that decide how TensorFlow computes."""

_NOT_SET = "not set"
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it was.

    Args:
        name: What it is, such as `keras` or `model.layers.2.Dropout`.
        before: What it was, as it is shown; None if it was not there.
        now: What it is; None if it is not there.
        kind: What is different: the `spec`, the `data`, the `code`, a `version`, the `machine` or the `runtime`.
        path: Its place in the spec, if it has one.
    """

    name: str
    before: str | None
    now: str | None
    kind: str
    path: Place = ()

    @property
    def text(self) -> str:
        """The difference as a sentence."""
        was = "was not there" if self.before is None else f"was {self.before}"
        now = "is not there" if self.now is None else f"is {self.now}"
        return f"`{self.name}` {was} when the run began, and {now} now"

    def record(self) -> dict[str, Any]:
        """Return the difference as plain values."""
        return {key: value for key, value in asdict(self).items() if key != "path"}


def differences(before: Manifest, now: Manifest, *, every_version: bool = True) -> list[Difference]:
    """Return what differs between the surroundings of two trainings, as far as both of them say it.

    Args:
        before: What is known of the earlier one.
        now: What is known of the later one; of a training that has not begun yet, only a part.
        every_version: Whether versions count that do not decide how a model is trained.
    """
    found = [*_versions(before, now, every_version), *_machine(before, now)]
    if before.seed is not None and now.seed is not None and before.seed != now.seed:
        found.append(Difference("seed", str(before.seed), str(now.seed), "spec", ("seed",)))
    found += _pairs("code", _code(before), _code(now))
    if now.data:
        found += _pairs("data", _data(before), _data(now))
    if before.runtime and now.runtime:
        found += _pairs("runtime", _runtime(before), _runtime(now))
    return found


def _versions(before: Manifest, now: Manifest, every: bool) -> Iterator[Difference]:
    for package, version in before.versions.items():
        other = now.versions.get(package)
        if other != version and now.versions and (every or package in DECIDING):
            yield Difference(package, version, other or "not installed", "version")


def _machine(before: Manifest, now: Manifest) -> Iterator[Difference]:
    old, new = before.platform, now.platform
    if not old or not new:
        return
    if old.get("machine") != new.get("machine"):
        yield Difference("machine", old.get("machine"), new.get("machine"), "machine")
    had, has = ({*of.get("features", ())} for of in (old, new))
    if had and has and had != has:
        more, less = (", ".join(sorted(features)) or "without any more" for features in (had - has, has - had))
        yield Difference("instruction sets of the processor", more, less, "machine")
    settings = [{name: value for name, value in of.get("environment", {}).items() if name.startswith(_ENVIRONMENT)}
                for of in (old, new)]  # fmt: skip
    for name in sorted({*settings[0], *settings[1]}):
        was, is_now = (of.get(name, _NOT_SET) for of in settings)
        if was != is_now:
            yield Difference(name, was, is_now, "machine")


def _runtime(manifest: Manifest) -> dict[str, str]:
    """Return what a training ran on, by name; threads that nothing was said of are as many as there are cores."""
    runtime, cores = manifest.runtime, manifest.platform.get("cores")
    threads, steps = runtime.get("threads", {}), runtime.get("steps", {})
    values = {
        "precision": runtime.get("precision"),
        "deterministic": runtime.get("deterministic"),
        "threads of an operation": threads.get("intra") or cores,
        "operations at once": threads.get("inter") or cores,
        "strategy": runtime.get("strategy") or "none",
        "devices": ", ".join(runtime.get("devices", ())),
        "GPUs": ", ".join(runtime["gpus"]) or "none" if "gpus" in runtime else None,
        "oneDNN": runtime.get("onednn"),
        "steps taken by": steps.get("kind"),
        "steps compiled by XLA": steps.get("compiled"),
        "steps of Adam in one operation": steps.get("fused", False) if steps else None,
    }
    return {name: _shown(value) for name, value in values.items() if value is not None}


def _data(manifest: Manifest) -> dict[str, str]:
    rows, prints = manifest.data.get("rows", {}), manifest.data.get("fingerprints", {})
    counts = {part: f"{rows[part]:,} rows, " if part in rows else "" for part in prints}
    return {f"data of {part}": f"{counts[part]}sha256 {text[:_DIGITS]}" for part, text in prints.items()}


def _code(manifest: Manifest) -> dict[str, str]:
    return {Path(record.path).name: f"sha256 {record.sha256[:_DIGITS]}" for record in manifest.code}


def _pairs(kind: str, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for name in dict.fromkeys([*before, *now]):
        was, is_now = before.get(name), now.get(name)
        known = was is not None and is_now is not None
        if was != is_now and (known or kind in ("data", "code")):
            yield Difference(name, was, is_now, kind, ("data",) if kind == "data" else ())


def _shown(value: Any) -> str:
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)

"""What surrounds a run and may change its results: versions, machine, the state of the code."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from kspec.runs.processor import describe_processor

_ENVIRONMENT = ("TF_", "KERAS_", "OMP_", "CUDA_", "XLA_", "ONEDNN_", "DNNL_", "NVIDIA_")
_TERRAFORM = ("TF_VAR_", "TF_TOKEN_", "TF_CLI_", "TF_HTTP_")
"""Variables of Terraform begin as those of TensorFlow do, and hold passwords: they are never kept."""
_PACKAGES = ("kspec", "tensorflow", "keras", "numpy", "scikit-learn", "pyarrow")


def command_line() -> list[str]:
    """Return the command line of this process; empty if it is not kspec's own."""
    return sys.argv if sys.argv and Path(sys.argv[0]).name.startswith(("kspec", "__main__")) else []


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
        "environment": {
            key: value
            for key, value in sorted(os.environ.items())
            if key.startswith(_ENVIRONMENT) and not key.startswith(_TERRAFORM)
        },
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

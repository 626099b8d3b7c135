"""`kspec --version`: what is installed, and which Keras' names specs are checked against."""

from __future__ import annotations

from importlib import metadata

from kspec.catalogue import is_current, load

_SHOWN = ("tensorflow", "keras", "numpy")


def version_lines() -> list[str]:
    """Return the versions of kspec and of what its results depend on, a line each."""
    lines = [f"kspec {metadata.version('kspec')}"]
    for package in _SHOWN:
        try:
            lines.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            lines.append(f"{package} is not installed")
    if not is_current():
        lines.append(f"names are those of keras {load().version}; the next model that is built brings them up to date")
    return lines

"""Colours that mean the same everywhere on screen."""

from __future__ import annotations

from collections.abc import Mapping

from kspec.spec.problems import Severity

SEVERITY_STYLES: Mapping[Severity, str] = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
STATUS_STYLES: Mapping[str, str] = {
    "done": "green",
    "running": "cyan",
    "stopped": "yellow",
    "interrupted": "yellow",
    "failed": "red",
}

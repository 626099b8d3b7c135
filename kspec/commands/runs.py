"""`kspec runs`: the runs that there are."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from kspec.console.result import RunRow
from kspec.runs.listing import all_runs


def list_runs(runs: Path) -> list[RunRow]:
    """Return a row for each run, the newest first."""
    rows = []
    for folder, manifest in all_runs(runs):
        best = None
        value, epoch = manifest.best.get(manifest.monitor or ""), manifest.best.get("epoch")
        if manifest.monitor and value is not None and epoch is not None:
            best = (manifest.monitor, float(value), int(epoch))
        test = {
            name.removeprefix("test."): value
            for name, value in manifest.results.items()
            if name.startswith("test.") and value is not None
        }
        when = datetime.fromisoformat(manifest.started)
        rows.append(
            RunRow(
                folder.name, manifest.true_status, manifest.epochs_done, best, test, when, manifest.seconds.get("train")
            )
        )
    return rows


def runs_as_json(runs: Path) -> list[dict[str, Any]]:
    """Return what is known of each run, the newest first, as plain values."""
    return [
        {"path": str(folder.path), **manifest.model_dump(), "status": manifest.true_status}
        for folder, manifest in all_runs(runs)
    ]

"""`kspec plot`: the pictures of a run drawn again, or the diagram of a spec's model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kspec.commands.drawing import draw_model, draw_run_history
from kspec.commands.opening import OpenedSpec, open_run
from kspec.commands.training.surroundings import warnings_shown
from kspec.runs.folder import RunFolder
from kspec.runs.report import write_report
from kspec.spec.problems import Problem, SpecError


def plot_run(run: RunFolder, code: Sequence[str | Path] = ()) -> list[Path]:
    """Draw the history and the diagram of a run again and return the pictures.

    Args:
        run: The run.
        code: Python files with components of one's own.

    Raises:
        SpecError: The run is damaged, or a picture cannot be drawn.
    """
    found = open_run(run, code)
    notice = found.manifest.notices[0] if found.manifest.data.get("fallback") and found.manifest.notices else None
    faults = []
    history = found.run.history
    if fault := draw_run_history(run, history, notice=notice):
        faults.append(fault)
    pictures = [path for path in (run.history_png, run.history_svg) if history.rows]
    if run.model.exists() or run.best_model.exists():
        if fault := draw_model(found.run.model(), [run.diagram_png, run.diagram_svg], notice=notice):
            faults.append(fault)
        pictures += [run.diagram_png, run.diagram_svg]
    write_report(run, found.manifest, history)
    _raise(faults)
    return pictures


def plot_spec(opened: OpenedSpec, paths: list[Path]) -> list[Path]:
    """Draw the diagram of a spec's model without training it and return the pictures.

    Raises:
        SpecError: The model cannot be built, or the picture cannot be drawn.
    """
    from kspec.engine.startup import start

    start(opened.code)
    from kspec.engine.building.build import sketch

    with opened.placing(), warnings_shown(lambda _: None):
        fault = draw_model(sketch(opened.spec, opened.folder), paths)
    _raise([fault] if fault else [])
    return paths


def _raise(faults: list[str]) -> None:
    if faults:
        raise SpecError([Problem("not-drawn", (), fault) for fault in faults])

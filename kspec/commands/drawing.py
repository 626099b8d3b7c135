"""Pictures of a run. A picture that cannot be drawn is a notice, never the end of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kspec.runs.folder import RunFolder
from kspec.runs.history import History

if TYPE_CHECKING:
    import keras

    from kspec.plots.outline import Outline


def draw_run_history(folder: RunFolder, history: History, *, notice: str | None) -> str | None:
    """Draw the history into the run folder; return what went wrong, or None."""
    from kspec.plots.history import draw_history

    if not history.rows:
        return None
    try:
        draw_history(history, title=folder.name, paths=[folder.history_png, folder.history_svg], notice=notice)
    except (OSError, ValueError) as error:
        return f"the history could not be drawn: {error}"
    return None


def draw_model(model: keras.Model, paths: Sequence[Path], *, notice: str | None = None) -> str | None:
    """Draw the diagram of a model; return what went wrong, or None."""
    from kspec.engine.building.outline import outline

    return draw_outlined(outline(model), paths, notice=notice)


def draw_outlined(outlined: Outline, paths: Sequence[Path], *, notice: str | None = None) -> str | None:
    """Draw the diagram of a model of which the outline is known; return what went wrong, or None."""
    from kspec.plots.diagram import draw_diagram
    from kspec.plots.rendering import DiagramError

    try:
        draw_diagram(outlined, paths=paths, notice=notice)
    except (DiagramError, OSError) as error:
        return f"the diagram could not be drawn: {error}"
    return None


def load_drawing() -> None:
    """Import what draws, so that it is there when it is wanted."""
    import kspec.plots.figures
    import kspec.plots.history  # noqa: F401

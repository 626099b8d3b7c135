"""The diagram of a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kspec.plots.fold import fold
from kspec.plots.graph import draw_graph
from kspec.plots.outline import Outline
from kspec.plots.rendering import DiagramError, clean_svg, render, svg_size
from kspec.plots.scene import plain_scene
from kspec.runs.atomic import write_bytes

__all__ = ["DiagramError", "draw_diagram"]

_POINT = 72.0
_DENSITY = 2
_LONGEST = 32_000  # pixels; Graphviz clips a PNG longer than 32,767


def draw_diagram(outline: Outline, *, paths: Sequence[Path], notice: str | None = None) -> list[Path]:
    """Draw the layers of a model, their shapes and parameters.

    Args:
        outline: The model.
        paths: Files to write, by suffix `.png`, `.svg`, `.pdf` or `.dot`.
        notice: What the reader must not miss; shown on amber below the title.

    Returns:
        The paths.

    Raises:
        DiagramError: If Graphviz could not draw it; no file is written then.
    """
    source = draw_graph(fold(plain_scene(outline)), notice).to_string()
    kinds = {path: path.suffix.removeprefix(".").lower() for path in paths}
    unknown = sorted(set(kinds.values()) - {"png", "svg", "pdf", "dot"})
    if unknown:
        raise DiagramError(f"a diagram cannot be written as '.{unknown[0]}'; it can as .png, .svg, .pdf or .dot")
    pictures = _pictures(source, set(kinds.values()))
    for path, kind in kinds.items():
        write_bytes(path, pictures[kind])
    return list(paths)


def _pictures(source: str, kinds: set[str]) -> dict[str, bytes]:
    pictures = {}
    if "dot" in kinds:
        pictures["dot"] = source.encode()
    if "pdf" in kinds:
        pictures["pdf"] = render(source, "pdf")
    if kinds & {"svg", "png"}:
        pictures["svg"] = clean_svg(render(source, "svg"))
    if "png" in kinds:
        longest = max(svg_size(pictures["svg"]))
        pictures["png"] = render(source, "png", dots_per_inch=min(_POINT * _DENSITY, _POINT * _LONGEST / longest))
    return pictures

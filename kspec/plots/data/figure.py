"""The page: one section below the other, as high as what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kspec.plots.canvas import MARGIN, Canvas, Heading
from kspec.plots.data.classes import ClassBars, TargetSpread
from kspec.plots.data.columns import Spreads
from kspec.plots.data.images import ImageGrid
from kspec.plots.data.sample import DrawnRows
from kspec.plots.data.section import Section
from kspec.plots.style import house_style
from kspec.runs.inspection import Inspection

WIDTH = 1000.0
_GAP = 30.0


def draw_data(found: Inspection, rows: DrawnRows, *, paths: Sequence[Path], notice: str | None = None) -> list[Path]:
    """Draw what the data of a spec is like.

    Args:
        found: The data.
        rows: Some training rows.
        paths: Files to write, by suffix `.png` (twice the pixels), `.svg` or `.pdf`.
        notice: What the reader must not miss.

    Returns:
        The paths.
    """
    with house_style():
        heading = Heading(WIDTH, f"{found.name}: the data", finding(found), notice)
        shown = list(_sections(found, rows))
        height = heading.height + sum(section.height + _GAP for section in shown) + MARGIN - _GAP
        canvas = Canvas(WIDTH, height)
        heading.draw(canvas)
        top = heading.height
        for section in shown:
            section.draw(canvas, top)
            top += section.height + _GAP
        return canvas.save(paths)


def finding(found: Inspection) -> str:
    """Return what the data is, in one line: `275 training rows · 69 validation rows · 3 classes`."""
    texts = [f"{part.rows:,} {'training' if name == 'train' else name} rows" for name, part in found.parts.items()]
    for target in found.targets[:2]:
        if target.task == "classes":
            texts.append(f"{len(target.names):,} classes of {target.field}")
        elif target.task == "labels":
            texts.append(f"{len(target.names):,} labels")
    return " · ".join(texts)


def _sections(found: Inspection, rows: DrawnRows) -> list[Section]:
    room = WIDTH - 2 * MARGIN
    sections: list[Section] = []
    for target in found.targets:
        if target.names:
            colored = rows.colored and tuple(rows.names) == target.names
            sections.append(ClassBars(target, {name: part.rows for name, part in found.parts.items()}, room, colored))
        elif target.task == "numbers":
            profiles = {name: part.fields.get(target.field) for name, part in found.parts.items()}
            known = {
                name: numbers
                for name, profile in profiles.items()
                if profile is not None and (numbers := profile.numbers) is not None
            }
            sections.append(TargetSpread(target.field, known, room))
    if rows.images is not None and len(rows.images):
        sections.append(ImageGrid(rows, room))
    if rows.columns:
        sections.append(Spreads("inputs", rows.columns, rows, room))
    if rows.lengths:
        sections.append(Spreads("words of a text", rows.lengths, rows, room))
    return sections

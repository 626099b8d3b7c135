"""A confusion matrix with recall at the right and precision below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike, NDArray

from kspec.plots.canvas import MARGIN, POINT, Canvas, Heading
from kspec.plots.scales import write_short
from kspec.plots.style import INK, MUTED, PALE, RED, house_style, shorten, text_width
from kspec.runs.alike_names import told_apart

_NUMBERED = 30  # classes up to which every cell has its number
_POOR = 0.95  # recall or precision below this and below the median is red
_LONGEST = 130  # width of a label in pixels
_RIGHT, _WRONG = "#1e3a8a", "#dc2626"


def draw_confusion(
    matrix: ArrayLike, labels: Sequence[str], *, title: str, paths: Sequence[Path], notice: str | None = None
) -> list[Path]:
    """Draw which classes were taken for which.

    Args:
        matrix: Counts of shape (classes, classes); a row for each actual, a column for each predicted class.
        labels: Names of the classes.
        title: The first line.
        paths: Files to write, by suffix `.png` (twice the pixels), `.svg` or `.pdf`.
        notice: What the reader must not miss.

    Returns:
        The paths.

    Raises:
        ValueError: If the matrix is not square or has not one row for each label.
    """
    counts = np.asarray(matrix, dtype=np.int64)
    if counts.shape != (len(labels), len(labels)) or not len(labels):
        raise ValueError(f"a confusion matrix of shape {counts.shape} does not fit {len(labels)} labels")
    with house_style():
        size = len(labels)
        numbered = size <= _NUMBERED
        cell = max(32.0, min(76.0 if size < 6 else 52.0, 620 / size)) if numbered else max(3.0, 640 / size)
        names = [shorten(label, _LONGEST, 12) for label in told_apart(labels)]
        widest = max(text_width(name, 12) for name in names)
        rotated = widest > cell - 6
        shown = cell >= 12 or size <= 50
        left = MARGIN + 26 + max(widest + 10 if shown else 0, text_width("precision", 11.5) + 8 if numbered else 0)
        above = 26 + (widest if rotated else 14) + 10 if shown else 26
        width = max(left + cell * size + 74, 460)
        heading = Heading(width, title, confusion_finding(counts, labels), notice)
        canvas = Canvas(width, heading.height + above + cell * size + (44 if numbered else 14) + MARGIN)
        heading.draw(canvas)
        axes = canvas.axes(left, heading.height + above, cell * size, cell * size)
        _draw_cells(axes, counts, cell if numbered else None)
        if shown:
            _draw_names(axes, names, rotated=rotated)
        _draw_sides(axes, cell, above=above, left=left - MARGIN)
        if numbered:
            _draw_margins(axes, counts, cell)
        return canvas.save(paths)


def confusion_finding(counts: NDArray[np.int64], labels: Sequence[str]) -> str:
    """Return what the matrix shows: `accuracy 98.0% on 540 samples · 11 wrong · most frequent: 8 → 1 (3)`."""
    total, right = int(counts.sum()), int(np.trace(counts))
    if not total:
        return "no samples"
    text = f"accuracy {right / total:.1%} on {total:,} sample{'' if total == 1 else 's'}"
    if right == total:
        return f"{text} · none wrong"
    errors = counts - np.diag(np.diag(counts))
    row, column = np.unravel_index(int(errors.argmax()), errors.shape)
    names = told_apart(labels)
    worst = " → ".join(shorten(names[int(index)], _LONGEST, 12) for index in (row, column))
    text += f" · {total - right:,} wrong"
    return f"{text} · most frequent: {worst} ({int(errors.max()):,})" if errors.max() > 1 else text


def _draw_cells(axes: Axes, counts: NDArray[np.int64], cell: float | None) -> None:
    """Colour every cell by its share of the row: blue on the diagonal, red beside it."""
    size = len(counts)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    pale = np.array(to_rgb(PALE))
    picture = np.empty((size, size, 3))
    picture[:] = pale
    on = np.eye(size, dtype=bool)
    for where, color in ((on, _RIGHT), (~on, _WRONG)):
        # The root lets one error in a hundred be seen.
        strength = np.sqrt(shares[where])[:, None] * (1.0 if color == _RIGHT else 0.62)
        picture[where] = pale * (1 - strength) + np.array(to_rgb(color)) * strength
    axes.imshow(picture, interpolation="nearest", aspect="auto", resample=False)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    if cell is None:
        axes.spines[:].set(visible=True, color="#e2e8f0", linewidth=POINT)
        return
    for edge in np.arange(size + 1) - 0.5:
        axes.axhline(edge, color="white", linewidth=3 * POINT, clip_on=False)
        axes.axvline(edge, color="white", linewidth=3 * POINT, clip_on=False)
    longest = max(len(_write(int(count))) for count in counts.flat)
    points = min(13.5, (cell - 8) / (0.66 * longest))
    for row, column in zip(*np.nonzero(counts), strict=True):
        dark = picture[row, column].mean() < 0.6
        axes.text(
            column,
            row,
            _write(int(counts[row, column])),
            fontsize=points * POINT,
            color="white" if dark else INK,
            weight="bold" if row == column else "normal",
            ha="center",
            va="center_baseline",
        )


def _draw_names(axes: Axes, names: Sequence[str], *, rotated: bool) -> None:
    places = range(len(names))
    axes.xaxis.tick_top()
    style: dict[str, Any] = {"fontsize": 12 * POINT, "color": MUTED}
    axes.set_xticks(places, names, rotation=90 if rotated else 0, **style)
    axes.set_yticks(places, names, **style)
    axes.tick_params(length=0, pad=7 * POINT)


def _draw_sides(axes: Axes, cell: float, *, above: float, left: float) -> None:
    style: dict[str, Any] = {"fontsize": 12 * POINT, "color": MUTED, "annotation_clip": False}
    points: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    axes.annotate("predicted", (0.5, 1), (0, (above - 14) * POINT), ha="center", **points, **style)
    axes.annotate(
        "actual", (0, 0.5), ((10 - left) * POINT, 0), rotation=90, va="center", ha="center", **points, **style
    )


def _draw_margins(axes: Axes, counts: NDArray[np.int64], cell: float) -> None:
    """Write recall beside every row and precision below every column, in red where far below the median."""
    size = (11.5 if cell >= 38 else 9.0) * POINT
    style: dict[str, Any] = {"textcoords": "offset points", "annotation_clip": False}
    right: dict[str, Any] = {"xycoords": axes.get_yaxis_transform(), "va": "center_baseline", "fontsize": size}
    below: dict[str, Any] = {"xycoords": axes.get_xaxis_transform(), "ha": "center", "fontsize": size}
    for index, (text, color) in enumerate(_percents(counts, axis=1, fine=cell >= 38)):
        axes.annotate(text, (1, index), (10 * POINT, 0), color=color, **right, **style)
    for index, (text, color) in enumerate(_percents(counts, axis=0, fine=cell >= 38)):
        axes.annotate(text, (index, 0), (0, -24 * POINT), color=color, **below, **style)
    corner: dict[str, Any] = {"fontsize": 11.5 * POINT, "color": MUTED, "xycoords": "axes fraction", **style}
    axes.annotate("recall", (1, 1), (10 * POINT, 9 * POINT), **corner)
    axes.annotate("precision", (0, 0), (-8 * POINT, -24 * POINT), ha="right", **corner)


def _percents(counts: NDArray[np.int64], *, axis: int, fine: bool) -> list[tuple[str, str]]:
    """Return text and colour for the share of right ones in every row (axis 1) or column (axis 0)."""
    totals = counts.sum(axis=axis)
    shares = np.diag(counts) / np.maximum(totals, 1)
    median = float(np.median(shares[totals > 0])) if totals.any() else 0.0
    texts = []
    for share, total in zip(shares, totals, strict=True):
        # Rounded down: 100% means that none is wrong.
        tenths = math.floor(1000 * float(share) + 1e-9)
        text = f"{tenths / 10:.1f}%" if fine and 990 <= tenths < 1000 else f"{tenths // 10}%"
        texts.append((text, RED if share < _POOR and share < median else MUTED) if total else ("–", MUTED))
    return texts


def _write(count: int) -> str:
    return f"{count:,}" if count < 10_000 else f"{write_short(round(count / 1000))}k"

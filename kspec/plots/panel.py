"""One metric over the epochs: lines labelled at their ends, the best epoch ringed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from kspec.plots.canvas import HALO, POINT
from kspec.plots.labels import Box, free_place, spread
from kspec.plots.scales import choose_scale, finite, set_value_axis, write_number
from kspec.plots.style import AXIS, BLUE, GREY, GRID, INK, MUTED, RED, shorten, text_width
from kspec.runs.history import VALIDATION, Best, History

END_LABELS = 50  # pixels to the right of the plot area
_LABEL, _TICK, _TITLE = 12.5, 12, 14
_MANY = 200  # epochs from which on lines are thin


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    color: str
    width: float
    epochs: NDArray[np.float64]
    values: NDArray[np.float64]  # NaN where the value was not finite

    @property
    def last(self) -> float:
        known = self.values[np.isfinite(self.values)]
        return float(known[-1]) if len(known) else math.nan


def draw_panel(axes: Axes, history: History, metric: str) -> None:
    """Draw a metric and its validation counterpart.

    Args:
        axes: An empty plot area; its title and end labels lie outside.
        history: The epochs.
        metric: Name without `val_`.
    """
    lines = _lines(history, metric)
    values = finite([float(value) for line in lines for value in line.values])
    bare(axes)
    area = axes.get_window_extent()
    broken = _draw_broken(axes, history, metric)
    room = area.width + END_LABELS - (text_width(broken, _TICK) + 16 if broken else 0)
    name = shorten(metric, room, _TITLE, bold=True)
    axes.annotate(
        name,
        (0, 1),
        xytext=(0, 13 * POINT),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=_TITLE * POINT,
        weight="bold",
        color=INK,
    )
    set_value_axis(axes, values, choose_scale(values, shrinks=history.direction(metric) == "min"))
    axes.grid(axis="y", color=GRID, linewidth=0.9 * POINT)
    if not values:
        axes.set_yticks([])
        axes.text(0.5, 0.5, "no finite value", transform=axes.transAxes, ha="center", fontsize=13 * POINT, color=MUTED)
        return
    for order, line in enumerate(lines):
        _draw_line(axes, line, 3 + order)
    _label_ends(axes, lines)
    key = VALIDATION + metric if history.has(VALIDATION + metric) else metric
    best = history.best(key)
    constant = len(history.rows) > 1 and min(values) == max(values)
    if best and not constant:
        _mark_best(axes, best, lines)


def bare(axes: Axes) -> None:
    """Leave of the frame only its left and bottom side."""
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set(color=AXIS, linewidth=1.2 * POINT)
    axes.tick_params(length=0, pad=7 * POINT, labelsize=_TICK * POINT, labelcolor=MUTED)


def _lines(history: History, metric: str) -> list[_Line]:
    many = len(history.rows) > _MANY
    train = _line(history.rows, metric, "train", GREY, 1.3 if many else 2.2)
    validation = _line(history.rows, VALIDATION + metric, "val", BLUE, 1.6 if many else 2.8)
    if train and not validation:
        train = _line(history.rows, metric, "train", BLUE, 1.6 if many else 2.8)
    return [line for line in (train, validation) if line]


def _line(rows: Sequence[Mapping[str, float]], key: str, label: str, color: str, width: float) -> _Line | None:
    # An epoch without validation has no such key: the line runs on. A NaN that was measured breaks it.
    points = [(row["epoch"], row[key]) for row in rows if key in row]
    if not any(math.isfinite(value) for _, value in points):
        return None
    epochs, values = np.array(points, dtype=float).T
    return _Line(label, color, width, epochs, np.where(np.isfinite(values), values, np.nan))


def _draw_line(axes: Axes, line: _Line, order: int) -> None:
    axes.plot(
        line.epochs,
        line.values,
        color=line.color,
        linewidth=line.width * POINT,
        solid_joinstyle="round",
        solid_capstyle="round",
        zorder=order,
        clip_on=False,
    )
    known = np.isfinite(line.values)
    before, after = np.r_[False, known[:-1]], np.r_[known[1:], False]
    alone = known & ~before & ~after
    style: dict[str, Any] = {
        "markersize": 7 * POINT,
        "color": line.color,
        "linewidth": 0,
        "clip_on": False,
        "zorder": order,
    }
    axes.plot(line.epochs[alone], line.values[alone], marker="o", **style)


def _label_ends(axes: Axes, lines: Sequence[_Line]) -> None:
    area = axes.get_window_extent()
    wanted = [float(axes.transData.transform((line.epochs[-1], line.last))[1]) for line in lines]
    places = spread(wanted, 17, area.y0 + 4, area.y1)
    for line, place in zip(lines, places, strict=True):
        axes.annotate(
            line.label,
            (1, (place - area.y0) / area.height),
            xytext=(12 * POINT, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=_LABEL * POINT,
            weight="bold",
            color=line.color,
            va="center_baseline",
        )


def _mark_best(axes: Axes, best: Best, lines: Sequence[_Line]) -> None:
    axes.axvline(best.epoch, color=BLUE, alpha=0.6, linewidth=1.1 * POINT, linestyle=(0, (1.5, 3)), zorder=2)
    axes.plot(
        best.epoch,
        best.value,
        marker="o",
        markersize=10.5 * POINT,
        markerfacecolor="white",
        markeredgecolor=BLUE,
        markeredgewidth=2.6 * POINT,
        zorder=6,
        clip_on=False,
    )
    several = max(len(line.epochs) for line in lines) > 1
    texts = [f"best {write_number(best.value)}", f"epoch {best.epoch:,}"] if several else [write_number(best.value)]
    size = max(text_width(text, _LABEL, bold=True) for text in texts), 16.0 * len(texts)
    area = axes.get_window_extent()
    inner = Box(area.x0 + 6, area.y0 + 4, area.width - 6, area.height - 4)
    drawn = [_pixels(axes, line) for line in lines]
    x, y = (float(part) for part in axes.transData.transform((best.epoch, best.value)))
    place, right = free_place((x, y), size, inner, drawn)
    for number, text in enumerate(texts):
        axes.annotate(
            text,
            (
                ((place.left if right else place.right) - area.x0) / area.width,
                (place.top - 12 - 16 * number - area.y0) / area.height,
            ),
            xycoords="axes fraction",
            fontsize=_LABEL * POINT,
            weight="bold",
            color=BLUE,
            ha="left" if right else "right",
            annotation_clip=False,
            zorder=7,
            bbox=HALO,
        )


def _pixels(axes: Axes, line: _Line) -> NDArray[np.float64]:
    points = np.column_stack([line.epochs, line.values])
    return np.asarray(axes.transData.transform(points[np.isfinite(line.values)]), dtype=float)


def _draw_broken(axes: Axes, history: History, metric: str) -> str:
    """Shade the epochs whose value was measured and not finite, and return the words beside the title."""
    keys = metric, VALIDATION + metric
    broken = [int(row["epoch"]) for row in history.rows if any(k in row and not math.isfinite(row[k]) for k in keys)]
    if not broken:
        return ""
    first, last = axes.get_xlim()
    for epoch in broken:
        axes.axvspan(max(epoch - 1, first), min(epoch, last), color=RED, alpha=0.08, linewidth=0, zorder=1)
    if broken[-1] == history.epochs[-1]:
        text = f"not finite from epoch {broken[0]:,}"
    else:
        text = f"not finite in epoch {broken[0]:,}" if len(broken) == 1 else f"not finite in {len(broken):,} epochs"
    axes.annotate(
        text,
        (1, 1),
        xytext=(END_LABELS * POINT, 13 * POINT),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=_TICK * POINT,
        color=RED,
        ha="right",
    )
    return text

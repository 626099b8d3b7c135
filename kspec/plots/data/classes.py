"""The targets: bars for the classes of each part, or how numbers are spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kspec.plots.canvas import MARGIN, POINT, Canvas
from kspec.plots.data.sample import PALETTE
from kspec.plots.data.section import TITLE, draw_title
from kspec.plots.panel import bare
from kspec.plots.scales import write_number
from kspec.plots.style import BLUE, GREY, GRID, MUTED, ORANGE, RED, TEXT, shorten, text_width
from kspec.runs.alike_names import told_apart
from kspec.runs.inspection import Numbers, TargetProfile

_PARTS = {"train": BLUE, "validation": GREY, "test": ORANGE}
_SLATE = {"train": TEXT, "validation": GREY, "test": "#c3ccd9"}
"""Colours of the parts where those above stand for classes."""

_MOST = 24
_FEW = 6
_AIR = 12.0
_LONGEST = 190.0


@dataclass(frozen=True, slots=True)
class ClassBars:
    """Shares of the classes in each part; of very many classes the profile, from the most frequent to the rarest.

    Args:
        target: The targets.
        rows: Rows of each part.
        room: Pixels from left to right.
        colored: Whether the names of the classes have colours elsewhere on the page.
    """

    target: TargetProfile
    rows: Mapping[str, int]
    room: float
    colored: bool

    @property
    def height(self) -> float:
        """Pixels that the section takes."""
        if len(self.target.names) > _MOST:
            return TITLE + 200
        return TITLE + len(self.target.names) * self._row

    @property
    def _row(self) -> float:
        return max(22.0, self._bar * len(self.target.counts) + _AIR)

    @property
    def _bar(self) -> float:
        return 9.0 if len(self.target.names) <= _FEW else 6.0

    @property
    def _parts(self) -> Mapping[str, str]:
        return _SLATE if self.colored else _PARTS

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw the bars."""
        parts = self.target.counts
        many = len(self.target.names) > _MOST
        key = [(part, self._parts.get(part, GREY)) for part in parts] if len(parts) > 1 and not many else []
        what = "classes" if self.target.task == "classes" else "labels"
        order = ", from the most frequent to the rarest" if many else ""
        draw_title(canvas, top, f"{what} of {self.target.field}{order}", key)
        if many:
            self._draw_profile(canvas.axes(MARGIN + 50, top + TITLE, self.room - 60, 170))
        else:
            self._draw_bars(canvas, top + TITLE)

    def _draw_bars(self, canvas: Canvas, top: float) -> None:
        names = [shorten(name, _LONGEST, 12.5) for name in told_apart(self.target.names)]
        left = max(text_width(name, 12.5, bold=self.colored) for name in names) + 14
        right = 150.0
        height = len(names) * self._row
        axes = canvas.axes(MARGIN + left, top, self.room - left - right, height)
        shares = {part: np.array(counts) / max(1, self.rows[part]) for part, counts in self.target.counts.items()}
        most = max(float(found.max()) for found in shares.values()) or 1.0
        axes.set(xlim=(0, most), ylim=(height, 0), xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        for number, name in enumerate(names):
            middle = (number + 0.5) * self._row
            start = middle - self._bar * len(shares) / 2
            for at, (part, found) in enumerate(shares.items()):
                axes.barh(
                    start + self._bar * (at + 0.5), found[number], self._bar - 1.5, color=self._parts.get(part, GREY),
                    linewidth=0,
                )  # fmt: skip
            color = PALETTE[number] if self.colored else TEXT
            baseline = top + middle + 4.5
            canvas.text(
                MARGIN + left - 14, baseline, name, 12.5, color, ha="right", weight="bold" if self.colored else "normal"
            )
            count = self.target.counts["train"][number]
            text = f"{count:,} · {shares['train'][number]:.1%}"
            canvas.text(MARGIN + self.room - right + 12, baseline, text, 12, MUTED if count else RED)

    def _draw_profile(self, axes: Axes) -> None:
        bare(axes)
        axes.grid(axis="y", color=GRID, linewidth=0.9 * POINT)
        train = np.array(self.target.counts["train"])
        order = np.argsort(-train, kind="stable")
        axes.bar(np.arange(len(order)), train[order], 1.0, color=BLUE, linewidth=0)
        axes.set_xlim(-0.5, len(order) - 0.5)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        ends = [0, len(order) - 1]
        names = told_apart(self.target.names)
        axes.set_xticks(ends, [shorten(names[order[at]], 160, 12) for at in ends])
        first, last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")


@dataclass(frozen=True, slots=True)
class TargetSpread:
    """How the numbers of a target are spread in each part.

    Args:
        field: The field.
        known: The numbers by part.
        room: Pixels from left to right.
    """

    field: str
    known: Mapping[str, Numbers]
    room: float

    @property
    def height(self) -> float:
        """Pixels that the section takes."""
        return TITLE + 200

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw a line for each part."""
        parts = {name: numbers for name, numbers in self.known.items() if numbers.bins}
        draw_title(canvas, top, f"target: {self.field}", [(name, _PARTS.get(name, GREY)) for name in parts])
        axes = canvas.axes(MARGIN + 6, top + TITLE, self.room - 12, 165)
        bare(axes)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        for name, numbers in parts.items():
            edges = np.linspace(numbers.low, numbers.high, len(numbers.bins) + 1)
            width = max(edges[1] - edges[0], 1e-300)
            density = np.array(numbers.bins) / max(1, sum(numbers.bins)) / width
            first = name == "train"
            if first:
                axes.stairs(density, edges, fill=True, color=BLUE, alpha=0.16, linewidth=0)
            axes.stairs(density, edges, color=_PARTS.get(name, GREY), linewidth=(2.4 if first else 1.8) * POINT)
        train = parts.get("train")
        if train is not None:
            axes.axvline(train.mean, color=MUTED, linewidth=1.2 * POINT, linestyle=(0, (1.5, 3)))
            axes.annotate(
                f"mean {write_number(train.mean)}", (train.mean, 1), xycoords=("data", "axes fraction"),
                xytext=(0, 3 * POINT), textcoords="offset points", fontsize=12 * POINT, color=MUTED, ha="center",
            )  # fmt: skip
        axes.set_ylim(bottom=0)

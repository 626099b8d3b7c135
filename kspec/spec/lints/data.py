"""Parts of the data that are hardly meant so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kspec.spec.components import ComponentSpec
from kspec.spec.document import Document
from kspec.spec.lints.finding import Finding

if TYPE_CHECKING:
    from kspec.spec.spec import Spec

_PERCENT = 100
"""Below it, a number of rows may be meant as a share of them."""


def split_in_percent(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of a number of validation rows that may be meant in percent."""
    split = spec.fit.validation_split
    if split is None or not isinstance(split.split, int) or split.split >= _PERCENT:
        return
    rows = "1 row" if split.split == 1 else f"{split.split} rows"
    path = ("fit", "validation_split", "split")
    yield Finding(path, f"{split.split} means {rows}", f"write `{split.split / 100:g}` if {split.split} % are meant")


def shared_rows(spec: Spec, document: Document) -> Iterator[Finding]:
    """Warn of validation windows that are split off the training windows: both hold rows of the other."""
    split, data = spec.fit.validation_split, spec.data
    source = (data.source or data.parts.get("train")) if data else None
    if split is None or source is None or source.name != "windows" or source.definition.function:
        return
    group = source.arguments.get("group")
    if (group is not None and split.group == group) or not _overlap(source):
        return
    message = "windows that overlap are split, so that rows to validate with are trained on"
    hint = "give each part rows of its own: `train: {windows: {rows: [0.0, 0.8], ...}}`, and so on"
    yield Finding(("fit", "validation_split"), message, hint, at="key")


def _overlap(windows: ComponentSpec) -> bool:
    """Say whether windows share rows, as far as their settings are numbers."""
    given = {name: windows.arguments.get(name, 1) for name in ("length", "rate", "stride", "ahead")}
    ahead = given.pop("ahead")
    steps = list(ahead) if isinstance(ahead, list | tuple) else [ahead]
    if not all(isinstance(number, int) for number in (*given.values(), *steps)):
        return False
    furthest = max(steps, default=0) if windows.arguments.get("target") is not None else 0
    return bool(given["stride"] <= (given["length"] - 1 + furthest) * given["rate"])

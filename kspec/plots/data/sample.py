"""What is drawn of the rows of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

PALETTE = ("#2563eb", "#f59e0b", "#16a34a", "#db2777", "#7c3aed", "#0d9488")
"""Colours of classes, where there are no more of them."""


@dataclass(frozen=True, slots=True)
class DrawnRows:
    """Some training rows.

    Args:
        images: Pictures of shape `(rows, height, width)` or `(rows, height, width, channels)`, or None.
        captions: What each picture shows, by its target; empty if that is not known.
        columns: Numbers of the rows by field.
        lengths: Words of the texts by field.
        classes: Number of the class of each row, -1 for none; None where rows have no class.
        names: Names of the classes by their numbers.
        whole: Whether these are all rows.
    """

    images: Array | None = None
    captions: Sequence[str] = ()
    columns: Mapping[str, Array] = field(default_factory=dict)
    lengths: Mapping[str, Array] = field(default_factory=dict)
    classes: npt.NDArray[np.int64] | None = None
    names: Sequence[str] = ()
    whole: bool = True

    @property
    def colored(self) -> bool:
        """Whether classes are few enough for a colour each."""
        return self.classes is not None and 1 < len(self.names) <= len(PALETTE)

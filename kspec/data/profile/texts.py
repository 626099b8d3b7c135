"""What the texts of a field are like."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from kspec.data.profile.distinct import Distinct
from kspec.runs.inspection import Texts

_EXAMPLES = 3
_COMMON = 5
_DATE = re.compile(r"\s*\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?\s*")
"""Dates of ISO 8601, which sort as text."""


class TextGathering:
    """Lengths, words and frequent texts, gathered piece by piece."""

    def __init__(self) -> None:
        self.distinct = Distinct()
        self.missing = 0
        self._words = Distinct()
        self._examples: list[str] = []
        self._empty = 0
        self._dates = True
        self._span: tuple[str, str] | None = None
        self._characters = _Range()
        self._counts = _Range()

    def update(self, array: npt.NDArray[Any]) -> None:
        """Take in texts, None where one is missing, of any shape."""
        texts = [str(text) for text in array.ravel().tolist() if text is not None]
        self.missing += array.size - len(texts)
        if not texts:
            return
        self.distinct.update(texts)
        split = [text.split() for text in texts]
        self._characters.update(np.fromiter(map(len, texts), np.int64, len(texts)))
        self._counts.update(np.fromiter(map(len, split), np.int64, len(texts)))
        self._empty += sum(not words for words in split)
        if not self._words.full:
            self._words.update([word for words in split for word in words])
        for text in texts[: 10 * _EXAMPLES]:
            if len(self._examples) < _EXAMPLES and text not in self._examples and text.strip():
                self._examples.append(text)
        self._dates = self._dates and all(map(_DATE.fullmatch, texts))
        if self._dates:
            ends = (min(texts), max(texts), *(self._span or ()))
            self._span = min(ends), max(ends)

    @property
    def span(self) -> tuple[str, str] | None:
        """The first and the last, if all of the texts are dates."""
        return self._span if self._dates else None

    def texts(self) -> Texts:
        """Return what was gathered."""
        common = self.distinct.counts.most_common(_COMMON)
        return Texts(
            self._characters.seen, self._counts.seen, self._words.number, self._empty, tuple(self._examples),
            tuple((str(text), count) for text, count in common),
        )  # fmt: skip


class _Range:
    """The least, the mean and the greatest of some whole numbers."""

    def __init__(self) -> None:
        self._count = self._sum = self._high = 0
        self._low: int | None = None

    def update(self, numbers: npt.NDArray[np.int64]) -> None:
        self._count += len(numbers)
        self._sum += int(numbers.sum())
        self._high = max(self._high, int(numbers.max()))
        low = int(numbers.min())
        self._low = low if self._low is None else min(self._low, low)

    @property
    def seen(self) -> tuple[int, float, int]:
        return self._low or 0, self._sum / max(1, self._count), self._high

"""What a spec expects of its results, and what came out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field

from kspec.spec.expect import Expectation

_LARGEST = 1e12
"""Whole numbers from here on are not written out."""


class Outcome(BaseModel):
    """One result beside what was expected of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(description="The result, such as `test.accuracy`.")
    value: float | None = Field(description="What came out; none if it is no number.")
    minimum: float | None = Field(None, description="The least that it may be.")
    maximum: float | None = Field(None, description="The most that it may be.")
    met: bool = Field(description="Whether it lies within its bounds.")

    @property
    def bounds(self) -> str:
        """What was expected, such as `at least 0.97`."""
        return self._bounds("at least {}", "at most {}", " and ")

    @property
    def short_bounds(self) -> str:
        """What was expected, as signs: `≥ 0.97`."""
        return self._bounds("≥ {}", "≤ {}", ", ")

    @property
    def shown(self) -> str:
        """What came out, with so many digits that it does not look like a bound that it misses."""
        return "not a number" if self.value is None else _number(self.value, 6)

    def __str__(self) -> str:
        return f"{self.name} is {self.shown}, expected {self.bounds}"

    def _bounds(self, low: str, high: str, between: str) -> str:
        pairs = ((low, self.minimum), (high, self.maximum))
        return between.join(text.format(_number(bound, 10)) for text, bound in pairs if bound is not None)


def outcomes(expectations: Iterable[Expectation], results: Mapping[str, float | None]) -> list[Outcome]:
    """Return what came of every expectation, in their order; a result that there is not misses it.

    Args:
        expectations: What the spec expects.
        results: The results by name.
    """
    return [_outcome(expectation, results.get(expectation.name)) for expectation in expectations]


def _outcome(expectation: Expectation, value: float | None) -> Outcome:
    low, high = expectation.minimum, expectation.maximum
    known = value if value is not None and math.isfinite(value) else None
    met = known is not None and (low is None or known >= low) and (high is None or known <= high)
    return Outcome(name=expectation.name, value=known, minimum=low, maximum=high, met=met)


def _number(value: float, digits: int) -> str:
    whole = value == int(value) and abs(value) < _LARGEST if math.isfinite(value) else False
    return f"{value:,.0f}" if whole else f"{value:.{digits}g}"

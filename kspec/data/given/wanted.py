"""Which fields of given rows are wanted, and what their values were in training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kspec.data.field_plan import FieldPlan
from kspec.data.plan import Plan

Kind = Literal["text", "number", "whole", "truth"]
SHOWN: Mapping[Kind, str] = {"text": "text", "number": "a number", "whole": "a number", "truth": "`true` or `false`"}
"""What a value of each kind is, for messages."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which fields of given rows are wanted.

    Args:
        kinds: By field that an input is made of, what its values were in training.
        keep: Fields to carry along as they are.
    """

    kinds: Mapping[str, Kind]
    keep: tuple[str, ...] = ()

    @classmethod
    def of(cls, plan: Plan, keep: tuple[str, ...] = ()) -> Wanted:
        """Return what the inputs of a plan are made of, and what else is to be carried along."""
        kinds: dict[str, Kind] = {}
        for item in plan.inputs.values():
            for field in item.fields:
                kind = _kind(item)
                # A field that one input takes as text and another as numbers can be read as text only.
                kinds[field] = kind if kinds.get(field) != "text" else "text"
        return cls(kinds, keep)


def _kind(plan: FieldPlan) -> Kind:
    if plan.raw == "string":
        return "text"
    if plan.raw == "bool":
        return "truth"
    return "whole" if "int" in plan.raw else "number"

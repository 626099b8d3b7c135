"""Training on where a callback had stopped it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kspec.engine.keeping.checkpoint import State

_BEGUN_ANEW = {"wait": 0, "stopped_epoch": 0}
"""What a callback that stops a training counts with; what it holds for the best stays."""


def past_stop(state: State) -> State:
    """Return a state from which training goes on, in which callbacks that stop begin to count their patience anew."""

    def freed(remembered: dict[str, Any]) -> dict[str, Any]:
        stops = "stopped_epoch" in remembered["state"]
        return {**remembered, "state": {**remembered["state"], **(_BEGUN_ANEW if stops else {})}}

    callbacks = [freed(dict(remembered)) for remembered in state.record["callbacks"]]
    return replace(state, record={**state.record, "stop": False, "callbacks": callbacks})

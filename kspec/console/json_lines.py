"""Events as lines of JSON, for programs that follow a training."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields
from numbers import Integral, Real
from typing import IO

from kspec.console.diagnostics import problems_as_json
from kspec.runs.events import BatchEnded, Event, Warned
from kspec.runs.sweep_events import SweepEvent


class JsonLines:
    """An observer that writes every event but the end of a batch as one JSON object a line.

    An object holds `event`, the kind of event such as `epoch_ended`, and the event's fields. The JSON is strict:
    numbers that are not finite become null.

    Args:
        stream: Where to write. Every line is flushed.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __call__(self, event: Event | SweepEvent) -> None:
        """Write the event."""
        if not isinstance(event, BatchEnded):
            self._stream.write(json.dumps(as_json(event), allow_nan=False) + "\n")
            self._stream.flush()


def as_json(event: Event | SweepEvent) -> dict[str, object]:
    """Return an event as values of strict JSON."""
    if isinstance(event, Warned):
        return {"event": "warned", "problems": problems_as_json(event.problems)}
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    return {"event": kind, **{field.name: _strict(getattr(event, field.name)) for field in fields(event)}}


def _strict(value: object) -> object:
    match value:
        case None | bool() | str():
            return value
        case Integral():
            return int(value)
        case Real():
            return float(value) if math.isfinite(value) else None
        case Mapping():
            return {str(name): _strict(item) for name, item in value.items()}
        case list() | tuple():
            return [_strict(item) for item in value]
        case _:
            return str(value)

"""What the tables show, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kspec.runs.outcomes import Outcome

BestOf = tuple[str, float, int]
"""A metric, its best value, and the epoch, counted from 1, that reached it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a training came to.

    Args:
        path: The run folder.
        status: `done`, `stopped`, `interrupted` or `failed`.
        epochs: Epochs that the run now has.
        best: The best value of each metric worth naming, the monitored one first.
        test: Metrics on the test part, empty if there is none.
        expected: What the spec expects, beside what came out.
        notices: What must not be missed.
        report: The page that shows all of it, empty if there is none.
        next_commands: Commands to try next, as they are typed.
        seconds: Wall-clock time of this training.
    """

    path: str
    status: str
    epochs: int
    best: tuple[BestOf, ...] = ()
    test: Mapping[str, float] = field(default_factory=dict)
    expected: tuple[Outcome, ...] = ()
    notices: tuple[str, ...] = ()
    report: str = ""
    next_commands: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in a list of runs. `seconds` is the wall-clock time of its training."""

    run: str
    status: str
    epochs: int
    best: BestOf | None = None
    test: Mapping[str, float] = field(default_factory=dict)
    when: datetime | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer in a summary.

    Args:
        name: The layer's name.
        kind: Its class, such as `Dense`.
        shape: Its output shape, as it is to be shown.
        parameters: Number of its parameters.
        fed_by: Names of the layers whose outputs it takes.
        depth: How many models it is nested in below the one summed up.
    """

    name: str
    kind: str
    shape: str
    parameters: int
    fed_by: tuple[str, ...] = ()
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The layers of a model, in the order in which they are built, and how many parameters are trained."""

    model: str
    layers: tuple[LayerRow, ...]
    trainable: int
    frozen: int


@dataclass(frozen=True, slots=True)
class Started:
    """A spec to start from that was made.

    Args:
        path: The file, or empty where it went to standard output.
        facts: What was seen and chosen, such as `("target", "species: 3 classes")`.
        unused: Columns of a table that are of no use, each with the reason.
        next_commands: Commands to try next, as they are typed.
    """

    path: str
    facts: tuple[tuple[str, str], ...] = ()
    unused: tuple[tuple[str, str], ...] = ()
    next_commands: tuple[str, ...] = ()

"""One training: what is trained, where it is kept, and how long its phases take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kspec.commands.opening import OpenedSpec
from kspec.commands.training.aside import Aside
from kspec.runs.differences import Difference
from kspec.runs.events import Observer
from kspec.runs.folder import RunFolder
from kspec.runs.history import History
from kspec.runs.lock import Lock
from kspec.runs.manifest import Manifest

if TYPE_CHECKING:
    from kspec.engine.keeping.checkpoint import State


@dataclass(slots=True)
class Job:
    """One training, from its spec to its end.

    Args:
        opened: The spec.
        source: How the spec was named.
        runs: Folder that the run folder is made in.
        smoke: Whether only the path is checked, on a few rows.
        observe: Is told of every event.
        seed: Seed of everything.
        folder: Folder of a run that goes on, or None for a new one.
        manifest: What is known of a run that goes on.
        state: Where a run goes on.
        history: Its epochs so far.
        strict: Whether warnings are errors.
        changed: What is other than when a run began that goes on.
        force: Whether it goes on all the same.
        seconds: Time that each phase took.
        drawing: The diagram, which is drawn while the model trains.
        lock: What keeps other processes from training in the folder.
    """

    opened: OpenedSpec
    source: str
    runs: Path
    smoke: bool
    observe: Observer
    seed: int
    folder: RunFolder | None = None
    manifest: Manifest | None = None
    state: State | None = None
    history: History | None = None
    strict: bool = False
    changed: list[Difference] = field(default_factory=list)
    force: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    drawing: Aside | None = None
    lock: Lock | None = None

    def hold(self, folder: RunFolder) -> None:
        """Hold a run folder, until the end of `holding`, against other processes that would train in it.

        Raises:
            SpecError: One does.
        """
        if self.lock is None:
            self.lock = Lock(folder, force=self.force)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Give back at the end what was held."""
        try:
            yield
        finally:
            if self.lock is not None:
                self.lock.release()

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Add the time of a block to a phase."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] = round(self.seconds.get(phase, 0.0) + time.perf_counter() - began, 3)

"""The run folder: the names of its files, and how a new one is claimed."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from pathlib import Path

from kspec.runs import atomic

DEFAULT_RUNS = Path("runs")
"""Where run folders lie if nothing else is said: beneath the place where the user stands."""

_NUMBERED = re.compile(r"(?P<name>.+)-(?P<number>[0-9]+)")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run folder and the paths of what lies in it."""

    path: Path

    @property
    def name(self) -> str:
        """Name of the folder, such as `mnist-1`."""
        return self.path.name

    spec = property(lambda self: self.path / "spec.yaml", doc="The spec as it was written.")
    resolved = property(lambda self: self.path / "resolved.yaml", doc="The spec with everything put in.")
    manifest = property(lambda self: self.path / "run.json", doc="What is known of the run.")
    model = property(lambda self: self.path / "model.keras", doc="The last state of the model.")
    best_model = property(lambda self: self.path / "best.keras", doc="The best state by the monitored metric.")
    preprocess = property(lambda self: self.path / "preprocess", doc="Folder of what preprocessing learnt.")
    labels = property(lambda self: self.path / "labels.json", doc="Class names by output.")
    history = property(lambda self: self.path / "history.csv", doc="One line an epoch.")
    history_png = property(lambda self: self.path / "history.png", doc="The history, drawn.")
    history_svg = property(lambda self: self.path / "history.svg", doc="The same, scalable.")
    diagram_png = property(lambda self: self.path / "model.png", doc="The model, drawn.")
    diagram_svg = property(lambda self: self.path / "model.svg", doc="The same, scalable.")
    summary = property(lambda self: self.path / "summary.txt", doc="The model's layers as text.")
    checkpoint = property(lambda self: self.path / "checkpoint" / "state.npz", doc="All that a resume needs.")
    evaluation = property(lambda self: self.path / "evaluation", doc="Folder of what evaluation found.")
    predictions = property(lambda self: self.path / "predictions", doc="Folder of predictions.")
    report = property(lambda self: self.path / "report.html", doc="Everything on one page.")

    def exists(self) -> bool:
        """Say whether this is a run folder."""
        return self.manifest.is_file()

    def clean(self) -> None:
        """Remove unfinished files that a killed process left behind."""
        for left in self.path.rglob(f"{atomic.PREFIX}*"):
            if left.is_file():
                left.unlink(missing_ok=True)


def claim(runs: Path, name: str) -> RunFolder:
    """Make the next free folder `name-1`, `name-2`, ... and return it.

    Making a folder either succeeds or fails as a whole, so two processes never get the same one.

    Raises:
        OSError: The folder cannot be made.
    """
    runs.mkdir(parents=True, exist_ok=True)
    taken = [
        int(found["number"])
        for entry in runs.iterdir()
        if (found := _NUMBERED.fullmatch(entry.name)) and found["name"] == name
    ]
    number = max(taken, default=0) + 1
    while True:
        path = runs / f"{name}-{number}"
        try:
            path.mkdir()
        except FileExistsError:
            number += 1
        except OSError as error:
            if error.errno == errno.EEXIST:
                number += 1
                continue
            raise
        else:
            return RunFolder(path)

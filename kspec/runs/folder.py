"""The run folder: the names of its files, and how a new one is claimed."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path

from kspec.runs import atomic

DEFAULT_RUNS = Path("runs")
"""Where run folders lie if nothing else is said: beneath the place where the user stands."""

_NUMBERED = re.compile(r"(?P<name>.+)-(?P<number>[0-9]+)")

_TEMPORARY = "tmp" + "[a-z0-9_]" * 8
"""How Python calls a temporary file."""


class _Entry:
    """A file or folder with a fixed name in every run folder."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __get__(self, folder: RunFolder, owner: type[RunFolder]) -> Path:
        return folder.path.joinpath(*self.names)


@dataclass(frozen=True)
class RunFolder:
    """A run folder and the paths of what lies in it."""

    path: Path

    @property
    def name(self) -> str:
        """Name of the folder, such as `mnist-1`."""
        return self.path.name

    spec = _Entry("spec.yaml")
    """The spec as it was written."""
    resolved = _Entry("resolved.yaml")
    """The spec with everything put in."""
    manifest = _Entry("run.json")
    """What is known of the run."""
    model = _Entry("model.keras")
    """The last state of the model."""
    best_model = _Entry("best.keras")
    """The best state by the monitored metric."""
    preprocess = _Entry("preprocess")
    """Folder of what preprocessing learnt."""
    held_out = _Entry("preprocess", "validation_rows.npy")
    """Numbers of the training rows that were set apart to validate with, counted from 0."""
    labels = _Entry("labels.json")
    """Class names by output."""
    history = _Entry("history.csv")
    """One line an epoch."""
    history_png = _Entry("history.png")
    """The history, drawn."""
    history_svg = _Entry("history.svg")
    """The same, scalable."""
    data_png = _Entry("data.png")
    """The data, drawn; made by `kspec inspect`."""
    diagram_png = _Entry("model.png")
    """The model, drawn."""
    diagram_svg = _Entry("model.svg")
    """The same, scalable."""
    summary = _Entry("summary.txt")
    """The model's layers as text."""
    checkpoint = _Entry("checkpoint", "state.safetensors")
    """All that a resume needs."""
    begun = _Entry("checkpoint", "resolved.yaml")
    """The spec that the checkpoint belongs to; `resolved` may be edited."""
    reproduction = _Entry("reproduction.json")
    """How the run compares with the one that it repeats; made by `kspec reproduce`."""
    previous_checkpoint = _Entry("checkpoint", "previous.safetensors")
    """The same, of the save before."""
    lock = _Entry("lock.json")
    """The process that trains in the folder, while one does."""
    evaluation = _Entry("evaluation")
    """Folder of what evaluation found."""
    predictions = _Entry("predictions")
    """Folder of predictions."""
    code = _Entry("code")
    """Folder of the Python files that the run was trained with."""
    report = _Entry("report.html")
    """Everything on one page."""

    def exists(self) -> bool:
        """Say whether this is a run folder."""
        return self.manifest.is_file()

    def link(self) -> Path | None:
        """Return a link in the folder, by which it would be read or written elsewhere; None if there is none."""
        for folder, folders, files in os.walk(self.path):
            for name in (*folders, *files):
                if (path := Path(folder, name)).is_symlink():
                    return path
        return None

    def clean(self) -> None:
        """Remove unfinished files that a killed process left behind: kspec's own, and those beside them that Keras puts
        the weights of a large model into while it saves it."""
        for left in (
            *self.path.rglob(f"{atomic.PREFIX}*"),
            *self.checkpoint.parent.glob(_TEMPORARY),
            *self.path.glob(_TEMPORARY),
        ):
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

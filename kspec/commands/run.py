"""A run as a value: its folder, its history, its results, its model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kspec.runs.folder import RunFolder
from kspec.runs.history import History, read_history
from kspec.runs.manifest import Manifest

if TYPE_CHECKING:
    import keras


class Run:
    """A run that was trained.

    Args:
        folder: Its folder, or the path of one.
        code: The Python files that it was trained with, if there were any.
    """

    def __init__(self, folder: RunFolder | str | Path, *, code: Sequence[str | Path] = ()) -> None:
        self.folder = folder if isinstance(folder, RunFolder) else RunFolder(Path(folder))
        self.code = tuple(code)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.folder.path

    @property
    def manifest(self) -> Manifest:
        """What run.json says."""
        return Manifest.read(self.folder)

    @property
    def history(self) -> History:
        """The metrics of every epoch."""
        return read_history(self.folder.history, self.manifest.directions)

    @property
    def results(self) -> dict[str, Any]:
        """Final metrics by part, such as `test.accuracy`."""
        return dict(self.manifest.results)

    def model(self, *, last: bool = False) -> keras.Model:
        """Return the trained Keras model.

        Args:
            last: The last state rather than the best.

        Raises:
            SpecError: It is missing or damaged, or made with code that was not given.
        """
        from kspec.catalogue import load
        from kspec.commands.own_code import check_code
        from kspec.engine.startup import start
        from kspec.spec.code import read_code

        code = read_code(self.code, load()).files
        check_code(self.manifest, self.folder, code)
        start(code)
        from kspec.engine.training import load_model

        best = self.folder.best_model
        return load_model(self.folder.model if last or not best.exists() else best)

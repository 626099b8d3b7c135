"""The `callbacks` section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kspec.spec.checker import Checker, kind_of
from kspec.spec.component_reader import ComponentReader
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Path
from kspec.spec.run_names import path_problem


@dataclass(frozen=True, slots=True)
class CallbackReader:
    """Reads the list of callbacks."""

    components: ComponentReader
    path: Path = ("callbacks",)

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.components.checker

    def read(self, value: Any) -> tuple[ComponentSpec, ...]:
        """Return the callbacks, but for those that could not be read."""
        if value is None:
            return ()
        if not isinstance(value, list):
            message = f"`callbacks` is a list, not {kind_of(value)}"
            self.checker.error("wrong-type", self.path, message, "put `- ` before each callback", at="key")
            return ()
        callbacks: list[ComponentSpec] = []
        for index, item in enumerate(value):
            callback = self.components.read(item, (*self.path, index), "callbacks")
            if isinstance(callback, ComponentSpec):
                callbacks.append(callback)
                self._check_written_paths(callback)
                self._check_file_name(callback)
        return tuple(callbacks)

    def _check_written_paths(self, callback: ComponentSpec) -> None:
        for name, given in callback.arguments.items():
            argument = callback.definition.arguments.get(name)
            if argument and argument.writes and isinstance(given, str) and (fault := path_problem(given)):
                message = f"`{name}` of {callback.name} {fault}"
                hint = "write a relative path without `..`, such as `logs/of_mine`"
                self.checker.error("outside-run", (*callback.path, name), message, hint)

    def _check_file_name(self, callback: ComponentSpec) -> None:
        """Note a checkpoint whose name has not the ending that Keras wants of it."""
        file = callback.arguments.get("filepath")
        if callback.name != "ModelCheckpoint" or not isinstance(file, str) or path_problem(file):
            return
        path = (*callback.path, "filepath")
        if callback.arguments.get("save_weights_only"):
            if not file.endswith(".weights.h5"):
                message = "a file of weights alone ends in `.weights.h5`"
                self.checker.error("bad-file-name", path, message, f"write `{_stem(file)}.weights.h5`")
        elif not file.endswith((".keras", ".h5")):
            message = "the file of a whole model ends in `.keras`"
            self.checker.error("bad-file-name", path, message, f"write `{_stem(file)}.keras`")


def _stem(file: str) -> str:
    """Return a file's name without the endings that are meant for others."""
    for ending in (".weights.h5", ".keras", ".h5", ".hdf5", ".tf", ".ckpt"):
        if file.endswith(ending):
            return file.removesuffix(ending)
    return file

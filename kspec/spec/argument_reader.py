"""What the arguments of a component are given: further components, models, files, or plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from kspec.catalogue import Argument, Component
from kspec.spec.arguments import check_argument
from kspec.spec.checker import Checker
from kspec.spec.components import ComponentSpec
from kspec.spec.files import WEIGHT_FILES
from kspec.spec.problems import Path
from kspec.spec.slips import number_slip

if TYPE_CHECKING:
    from kspec.spec.component_reader import ComponentReader

NO_MODEL = object()
"""What `ReadModelArgument` returns for a value that is no model."""


class ReadModelArgument(Protocol):
    """Reads a model, or the name of a shared layer, where an argument takes a layer."""

    def __call__(self, value: Any, path: Path, checker: Checker) -> Any:
        """Return what is meant, None after a problem, or `NO_MODEL` if it is a layer of Keras."""
        ...


@dataclass(frozen=True, slots=True)
class ArgumentReader:
    """Reads the arguments of one component.

    Args:
        components: Reads the components among them, and knows where problems go.
        owner: The component.
    """

    components: ComponentReader
    owner: Component

    @property
    def _checker(self) -> Checker:
        return self.components.checker

    def read(self, argument: Argument | None, value: Any, path: Path) -> Any:
        """Return the value of an argument, the components in it read; None after some problems.

        Args:
            argument: What the catalogue says of it; None if it says nothing, and any value will do.
            value: What is written.
            path: Its place.
        """
        if argument is None:
            return value
        if argument.family == "layers" and self.components.models is not None and isinstance(value, str | dict):
            model = self.components.models(value, path, self._checker)
            if model is not NO_MODEL:
                return model
        if argument.family and value is not None:
            read = self.components.read
            if argument.many and isinstance(value, list):
                return [read(item, (*path, index), argument.family) for index, item in enumerate(value)]
            if self._by_name(argument, value):
                return {name: read(item, (*path, name), argument.family) for name, item in value.items()}
            if isinstance(value, str) and "float" in argument.types and number_slip(value):
                self._check(argument, value, path)  # a number in quotes names nothing
                return None
            if not argument.types or (isinstance(value, str | dict) and not self._plain(argument, value)):
                return read(value, path, argument.family)
        if argument.reads and isinstance(value, str) and value != argument.default:
            return self._file(argument, value, path)
        value = self._nested(value, path)
        if not isinstance(value, ComponentSpec):
            self._check(argument, value, path)
        return value

    def _check(self, argument: Argument, value: Any, path: Path) -> None:
        check_argument(self._checker, self.owner.title, argument, value, path)

    @staticmethod
    def _by_name(argument: Argument, value: Any) -> bool:
        """Say whether a value is components by name, as `optimizer_map` takes them, rather than one component."""
        if not (argument.many and "dict" in argument.types and isinstance(value, dict)):
            return False
        return not _names_one(value)

    def _file(self, argument: Argument, value: str, path: Path) -> Any:
        """Return what an argument reads from the file that it names: the list of words in it, or the file's full path.

        Keras itself would read any file of the machine, and fetch what a URL names.
        """
        what = f"`{argument.name}` of {self.owner.title}"
        if self.components.files is None:
            hint = "write the list, or leave it out"
            self._checker.error("outside-folder", path, f"{what} names a file, and here none can be read", hint)
            return None
        if "list" in argument.types:
            return self.components.files.lines(value, path, what, self._checker)
        file = self.components.files.find(value, path, argument.name, WEIGHT_FILES, self._checker)
        return None if file is None else str(file)

    def _plain(self, argument: Argument, value: Any) -> bool:
        """Say whether an argument that takes components takes this plain value as it is."""
        if isinstance(value, str):
            word = self.components.catalogue.word(str(argument.family), value)
            return value in argument.choices or ("str" in argument.types and not word)
        return "dict" in argument.types and not _names_one(value)

    def _nested(self, value: Any, path: Path) -> Any:
        """Return a value with the components inside it read, wherever a mapping's only key is a component's name."""
        if isinstance(value, list):
            return [self._nested(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name,) = value
            families = self.components.catalogue.families_of(name) if name[:1].isupper() else ()
            if families:
                return self.components.read(value, path, families[0])
        return {key: self._nested(item, (*path, key)) for key, item in value.items()}


def _names_one(value: dict[str, Any]) -> bool:
    """Say whether a mapping is written as one component is."""
    return len(value) == 1 and next(iter(value))[:1].isupper()

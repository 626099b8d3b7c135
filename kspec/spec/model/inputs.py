"""`input` and `inputs`: what a model is fed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kspec.catalogue import Argument
from kspec.spec.arguments import check_argument
from kspec.spec.checker import Checker, is_whole, kind_of
from kspec.spec.expressions import substitute
from kspec.spec.graph import InputSpec, Tensor
from kspec.spec.model.names import Names
from kspec.spec.model.words import DEFAULT_INPUT
from kspec.spec.problems import Path
from kspec.spec.slips import slip

_KEYS = ("shape", "batch_size", "dtype", "sparse", "ragged", "batch_shape", "name", "optional")
_HINTS = {
    "input_shape": "it is called `shape`",
    "input_dim": "write `shape: [SIZE]`",
    "size": "it is called `shape`",
    "tensor": "a tensor cannot be written down",
}
_SHAPES = ("shape", "batch_shape")


@dataclass(frozen=True, slots=True)
class InputReader:
    """Reads the inputs of one model."""

    names: Names
    constants: Mapping[str, Any]
    path: Path

    @property
    def checker(self) -> Checker:
        """Where problems go."""
        return self.names.checker

    def read(self, model: Mapping[str, Any]) -> dict[str, InputSpec]:
        """Return the inputs of a model by name; at least one."""
        if "input" in model and "inputs" in model:
            message = "`input` and `inputs` cannot stand together"
            self.checker.error(
                "two-inputs", (*self.path, "inputs"), message, "name all of them under `inputs`", at="key"
            )
        if "inputs" in model:
            inputs = self._read_several(model["inputs"], (*self.path, "inputs"))
        elif "input" in model:
            inputs = [self._read_single(model["input"], (*self.path, "input"))]
        else:
            inputs = []
        inputs = inputs or [InputSpec(DEFAULT_INPUT, {}, self.path)]
        for item in inputs:
            self.names.results[item.name] = Tensor(item.name)
        return {item.name: item for item in inputs}

    def _read_several(self, value: Any, path: Path) -> list[InputSpec]:
        expected = "a mapping of names to inputs, such as `{image: {shape: [28, 28, 1]}}`"
        entries = self.checker.mapping(value, path, "`inputs`", expected=expected)
        if entries is not None and not entries:
            self.checker.error("wrong-type", path, "`inputs` is empty", "name at least one input")
        inputs = []
        for name, arguments in (entries or {}).items():
            self.names.check(name, (*path, name), what="input", at="key")
            inputs.append(self._read_input(name, arguments, (*path, name)))
            if isinstance(arguments, dict) and "name" in arguments:
                message = f"the input is called `{name}` already"
                self.checker.error("given-twice", (*path, name, "name"), message, "leave `name` out", at="key")
        return inputs

    def _read_single(self, value: Any, path: Path) -> InputSpec:
        name = DEFAULT_INPUT
        if isinstance(value, dict) and value.get("name") is not None:
            written = substitute(value["name"], self.constants, (*path, "name"), self.checker)
            if self.names.check(written, (*path, "name"), what="input"):
                name = written
        return self._read_input(name, value, path)

    def _read_input(self, name: str, value: Any, path: Path) -> InputSpec:
        value = substitute(value, self.constants, path, self.checker)
        if isinstance(value, list):
            value = {"shape": value}
            check_shape(self.checker, value["shape"], path)
        elif isinstance(value, dict):
            value = self._check(value, path)
        elif value is not None:
            self.checker.mapping(value, path, f"the input `{name}`", expected="a mapping such as `{shape: [784]}`")
        arguments = value if isinstance(value, dict) else {}
        return InputSpec(name, {key: item for key, item in arguments.items() if key != "name"}, path)

    def _check(self, value: Mapping[str, Any], path: Path) -> dict[str, Any]:
        value = self.checker.known_keys(value, path, "an input", _KEYS, hints=_HINTS)
        component = self.names.catalogue.component("inputs", "Input")
        arguments: Mapping[str, Argument] = component.arguments if component else {}
        for key, item in value.items():
            if key in _SHAPES:
                check_shape(self.checker, item, (*path, key))
            elif key != "name" and key in _KEYS and key in arguments:
                check_argument(self.checker, "an input", arguments[key], item, (*path, key))
        if all(key in value for key in _SHAPES):
            message = "`shape` and `batch_shape` cannot stand together"
            self.checker.error("two-inputs", (*path, "batch_shape"), message, "keep one of them", at="key")
        return value


def check_shape(checker: Checker, shape: Any, path: Path) -> bool:
    """Say whether a shape is a list of sizes, noting what is wrong with it."""
    if not isinstance(shape, list):
        hint = slip(shape, ("list",)) if isinstance(shape, str) else None
        if is_whole(shape):
            hint = f"write `[{shape}]`"
        hint = hint or "write the sizes without the batch axis, such as `[28, 28, 1]`"
        checker.error("bad-shape", path, f"a shape is a list of whole numbers, not {kind_of(shape)}", hint)
        return False
    for index, size in enumerate(shape):
        if size is not None and (not is_whole(size) or size < 1):
            hint = slip(size, ("int",)) if isinstance(size, str) else None
            message = f"a size in a shape is a whole number of at least 1, not {kind_of(size)}"
            checker.error("bad-shape", (*path, index), message, hint or "`null` stands for any size")
            return False
    return True

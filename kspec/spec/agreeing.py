"""Arguments of one component that must agree with each other, with its name, or with what they name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from kspec.catalogue import Component
from kspec.spec.checker import Checker, kind_of
from kspec.spec.problems import Path

_BY_AXES = re.compile(r"\w*?([123])D(?:Transpose)?")
_SIZES = ("kernel_size", "strides", "pool_size", "dilation_rate", "size", "output_size", "output_padding")
"""Arguments with a size for each spatial axis, or one for all."""

_NAMED = ("layers", "losses", "optimizers")
"""Families whose names TensorFlow makes scopes of."""

_SCOPE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_RECURRENT = re.compile(r"LSTM|GRU|SimpleRNN|RNN|ConvLSTM[123]D")


def check_agreement(
    checker: Checker, component: Component, arguments: Mapping[str, Any], path: Path, nested: Callable[[Any], Any]
) -> None:
    """Note what Keras would refuse of a component whose arguments are right one by one.

    Args:
        checker: Where problems go.
        component: The component.
        arguments: Its arguments as read.
        path: Its place.
        nested: Gives the definition of a value that is a component, None of any other value.
    """
    _check_name(checker, component, arguments.get("name"), path)
    if not component.module.startswith("keras"):
        return
    if parts := _BY_AXES.fullmatch(component.name):
        _check_sizes(checker, component, int(parts[1]), arguments, path)
    if component.name == "Bidirectional":
        inner = nested(arguments.get("layer"))
        if inner is not None and inner.module.startswith("keras") and not _RECURRENT.fullmatch(inner.name):
            message = f"Bidirectional runs a recurrent layer in both directions, and {inner.name} is none"
            checker.error("not-a-choice", path, message, "write `Bidirectional: {LSTM: ...}`", at="key")
    if component.name == "RNN":
        inner = nested(arguments.get("cell"))
        if inner is not None and _RECURRENT.fullmatch(inner.name):
            message = f"RNN runs a cell, and {inner.name} is a layer that runs its own"
            hint = f"write `{inner.name}` without RNN, or `RNN: {{{inner.name}Cell: ...}}`"
            checker.error("not-a-choice", path, message, hint, at="key")
    if component.name == "PiecewiseConstantDecay":
        _check_pieces(checker, arguments.get("boundaries"), arguments.get("values"), path)


def _check_name(checker: Checker, component: Component, name: Any, path: Path) -> None:
    if component.family in _NAMED and name is not None and not (isinstance(name, str) and _SCOPE.fullmatch(name)):
        message = f"{kind_of(name)} cannot name {component.title}"
        checker.error(
            "bad-name", (*path, "name"), message, "a name has letters, digits, `_` and `-`, and starts with a letter"
        )


def _check_sizes(checker: Checker, component: Component, axes: int, arguments: Mapping[str, Any], path: Path) -> None:
    for name in _SIZES:
        sizes = arguments.get(name)
        if isinstance(sizes, list) and len(sizes) != axes:
            count = f"{len(sizes)} {'size' if len(sizes) == 1 else 'sizes'}"
            message = f"`{name}` of {component.name} has {count}, and there {'is' if axes == 1 else 'are'} {axes}"
            message += f" spatial {'axis' if axes == 1 else 'axes'}"
            hint = "give one for each, or a single number for all"
            checker.error("wrong-length", (*path, name), message, hint)


def _check_pieces(checker: Checker, boundaries: Any, values: Any, path: Path) -> None:
    if isinstance(boundaries, list) and isinstance(values, list) and len(values) != len(boundaries) + 1:
        message = f"{len(boundaries)} boundaries part {len(boundaries) + 1} values, and there are {len(values)}"
        checker.error("wrong-length", (*path, "values"), message, "the last value has no boundary behind it")

"""What a saved Keras model takes and gives, read from its configuration without Keras."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CONFIG = "config.json"
_LARGEST = 100_000_000
"""Bytes that the configuration of a model may have."""


class SavedModelError(Exception):
    """A file is no saved model, or says nothing that can be understood."""


@dataclass(frozen=True, slots=True)
class SavedDescription:
    """Inputs and outputs of a saved model.

    Args:
        inputs: For every input, its arguments of `keras.Input`.
        outputs: Names of its outputs; of a model with one output, its last layer.
    """

    inputs: Mapping[str, Mapping[str, Any]]
    outputs: tuple[str, ...]


def describe_saved(file: Path) -> SavedDescription:
    """Return what a saved model takes and gives.

    Args:
        file: A `.keras` file, an `.h5` file with the whole model, or Keras' own JSON.

    Raises:
        SavedModelError: It is none of them, or damaged.
    """
    try:
        record = json.loads(_configuration(file))
        return _described(record["class_name"], record["config"])
    except SavedModelError:
        raise
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise SavedModelError("it is no model that Keras saved, or damaged") from error


def _configuration(file: Path) -> str | bytes:
    name = file.name.lower()
    if name.endswith(".weights.h5"):
        raise SavedModelError("it holds weights only, no model: write `layers` and beside them `weights: {load: FILE}`")
    if name.endswith(".json"):
        if file.stat().st_size > _LARGEST:
            raise SavedModelError("it is larger than any configuration of a model")
        return file.read_bytes()
    if name.endswith(".keras"):
        try:
            with zipfile.ZipFile(file) as archive:
                if archive.getinfo(_CONFIG).file_size > _LARGEST:
                    raise SavedModelError("its configuration is larger than that of any model")
                return archive.read(_CONFIG)
        except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError) as error:
            raise SavedModelError("it is no .keras file, or damaged") from error
    import h5py  # takes a tenth of a second, and few specs name such a file

    with h5py.File(file, "r") as archive:
        found = archive.attrs.get("model_config")
    if found is None:
        raise SavedModelError("it holds weights only, no model: write `layers` and beside them `weights: {load: FILE}`")
    return found if isinstance(found, str | bytes) else str(found)


def _described(class_name: str, config: Any) -> SavedDescription:
    layers = config if isinstance(config, list) else config["layers"]  # the first Keras wrote Sequentials as lists
    by_name = {_name(layer): layer for layer in layers}
    if class_name == "Sequential" or "output_layers" not in config:
        first = next((layer for layer in layers if layer["class_name"] == "InputLayer"), layers[0])
        name = _name(first) if first["class_name"] == "InputLayer" else "input"
        return SavedDescription({name: _arguments(first)}, (_name(layers[-1]),))
    inputs = [name for name, _ in _ends(config["input_layers"])]
    outputs = [label or name for name, label in _ends(config["output_layers"])]
    return SavedDescription({name: _arguments(by_name[name]) for name in inputs}, _unique(outputs))


def _ends(value: Any) -> list[tuple[str, str | None]]:
    """Return the layers at one end of a functional model, each with the key that it has in a dict."""
    if isinstance(value, Mapping):
        return [(str(end[0]), str(key)) for key, end in value.items()]
    if len(value) == 3 and isinstance(value[0], str):
        return [(value[0], None)]
    return [(str(end[0]), None) for end in value]


def _name(layer: Mapping[str, Any]) -> str:
    return str(layer.get("name") or layer["config"]["name"])


def _arguments(layer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `keras.Input` that a first layer's configuration gives."""
    config = layer["config"]
    shape = config.get("batch_shape") or config.get("batch_input_shape")
    if shape is None:
        shape = (layer.get("build_config") or {}).get("input_shape")
    dtype = config.get("dtype")
    arguments: dict[str, Any] = {}
    if isinstance(shape, Sequence) and not isinstance(shape, str):
        arguments["shape"] = list(shape)[1:]
    if isinstance(dtype, str) and layer["class_name"] == "InputLayer":
        arguments["dtype"] = dtype
    return arguments


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Return names with those that occur again numbered, as Keras does."""
    counts: dict[str, int] = {}
    unique = []
    for name in names:
        count = counts.get(name, 0)
        counts[name] = count + 1
        unique.append(f"{name}_{count}" if count else name)
    return tuple(unique)

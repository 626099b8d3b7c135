"""Saved weights put into a model before it trains: in the order of the layers, or by their names."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import keras
from keras.src.saving import saving_lib

from kspec.engine.faults import first_line
from kspec.spec.graph import SavedWeights
from kspec.spec.problems import Problem, SpecError, did_you_mean

_IN_ARCHIVE = "model.weights.h5"
_SHAPES = re.compile(r"variable\.shape=(\(.*?\)), Received: value\.shape=(\(.*?\))")
"""How Keras says that a saved array does not fit."""

_MISSING = re.compile(r"Layer '(.+?)' expected \d+ variables, but received 0")
_OBJECT = re.compile(r"message for object <\w+ name=(.+?),")
_BY_SHAPE = "`skip_mismatch: true` leaves layers of other shapes as they are"
_BY_NAME = "`by_name: true` takes those layers that have the same names"


def start_from(model: keras.Model, weights: SavedWeights | None, *, filled: bool) -> None:
    """Put saved weights into a model.

    Args:
        model: The model, built.
        weights: What it starts from; None to leave it as it is.
        filled: Whether the model's weights have values; without them nothing is put in, and only the number of layers
            is held against the file.

    Raises:
        SpecError: The file is damaged, or its weights do not fit.
    """
    if weights is None:
        return
    file = Path(weights.file)
    try:
        if not filled:
            _check_count(model, file, weights)
        elif weights.by_name and file.suffix == ".keras":
            with zipfile.ZipFile(file) as archive, archive.open(_IN_ARCHIVE) as inside:
                _load_by_name(model, io.BytesIO(inside.read()), weights)
        elif weights.by_name and file.name.endswith(".weights.h5"):
            _load_by_name(model, file, weights)
        elif weights.by_name:
            model.load_weights(file, by_name=True, skip_mismatch=weights.skip_mismatch)
        else:
            _check_count(model, file, weights)
            model.load_weights(file, skip_mismatch=weights.skip_mismatch)
    except SpecError:
        raise
    except Exception as error:  # whatever a file makes Keras raise is about the file
        message = f"the weights in `{file.name}` do not fit: {_reason(error)}"
        hint = None if weights.skip_mismatch else _BY_SHAPE if _SHAPES.search(str(error)) else _BY_NAME
        raise SpecError([Problem("bad-weights", weights.path, message, hint)]) from error


def _check_count(model: keras.Model, file: Path, weights: SavedWeights) -> None:
    """Refuse a file with more layers than the model has, of which Keras would leave out the last without a word."""
    if weights.by_name or weights.skip_mismatch or not file.name.endswith((".weights.h5", ".keras")):
        return
    if file.suffix == ".keras":
        with zipfile.ZipFile(file) as archive, archive.open(_IN_ARCHIVE) as inside:
            there = _count(io.BytesIO(inside.read()))
    else:
        there = _count(file)
    here = sum(1 for layer in model.layers if layer.weights)
    if there > here:
        message = f"`{file.name}` has weights for {there} layers, and the model has {here} with weights"
        raise SpecError([Problem("bad-weights", weights.path, message, _BY_NAME)])


def _count(file: Path | io.BytesIO) -> int:
    """Return the number of layers with weights in a file, a nested model being one."""
    with h5py.File(file, "r") as archive:
        layers = archive.get("layers")
        return sum(_has_arrays(layer) for layer in layers.values()) if isinstance(layers, h5py.Group) else 0


def _has_arrays(group: h5py.Group) -> bool:
    """Say whether a layer in a file has weights. The states of its random numbers are none."""
    inside = [item for key, item in group.items() if "seed_generator" not in key]
    return any(isinstance(item, h5py.Dataset) or _has_arrays(item) for item in inside)


def _reason(error: Exception) -> str:
    """Return why weights do not fit, in a sentence; Keras puts the reason behind a count of the layers."""
    text = str(error)
    shapes, missing = _SHAPES.search(text), _MISSING.search(text)
    layer = _OBJECT.search(text)
    named = f"layer `{layer[1]}`: " if layer else ""
    if shapes:
        return f"{named}it has the shape {shapes[2]} there, and {shapes[1]} here"
    return f"there is nothing for the layer `{missing[1]}`" if missing else first_line(error)


def _load_by_name(model: keras.Model, file: Path | io.BytesIO, weights: SavedWeights) -> None:
    """Load every layer whose name is that of a layer in the file; others stay as they are.

    Keras' files call layers by their classes, `layers/dense_1`, and keep their names as an attribute beside the arrays.
    """
    with h5py.File(file, "r") as archive:
        places = dict(_named_layers(archive))
    found = [layer for layer in _layers(model) if layer.name in places and layer.weights]
    if not found:
        own = [layer.name for layer in _layers(model) if layer.weights]
        message = f"no layer in `{Path(weights.file).name}` has the name of one of the model's"
        near = next((hint for name in own if (hint := did_you_mean(name, list(places)))), None)
        named = ", ".join(f"`{name}`" for name in list(places)[:6])
        raise SpecError([Problem("bad-weights", weights.path, message, near or f"its layers are {named}")])
    store = saving_lib.H5IOStore(file, mode="r")
    failed: set[int] = set()
    reasons: dict[int, Any] = {}
    try:
        for layer in found:
            saving_lib._load_state(
                layer, store, None, inner_path=places[layer.name], skip_mismatch=weights.skip_mismatch,
                visited_saveables=set(), failed_saveables=failed, error_msgs=reasons,
            )  # fmt: skip
    finally:
        store.close()
    if failed and not weights.skip_mismatch:
        saveable, reason = next(iter(reasons.values()))
        shapes = _SHAPES.search(str(reason))
        said = f"it has the shape {shapes[2]} there, and {shapes[1]} here" if shapes else reason
        raise ValueError(f"layer `{getattr(saveable, 'name', '?')}`: {said}")


def _named_layers(archive: h5py.File) -> Iterator[tuple[str, str]]:
    """Yield name and place of every layer in a file of weights, those of nested models too."""
    waiting = [archive]
    while waiting:
        group = waiting.pop()
        layers = group.get("layers")
        if not isinstance(layers, h5py.Group):
            continue
        for layer in layers.values():
            waiting.append(layer)
            own = layer.get("vars")
            if own is not None and "name" in own.attrs:
                yield str(own.attrs["name"]), layer.name.lstrip("/")


def _layers(model: keras.Model) -> Iterator[keras.layers.Layer]:
    """Yield the layers of a model, those of nested models in place of the models."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _layers(layer)
        else:
            yield layer

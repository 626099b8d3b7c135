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


def start_from(model: keras.Model, weights: SavedWeights | None, *, filled: bool) -> None:
    """Put saved weights into a model.

    Args:
        model: The model, built.
        weights: What it starts from; None to leave it as it is.
        filled: Whether the model's weights have values; without them nothing is put in.

    Raises:
        SpecError: The file is damaged, or its weights do not fit.
    """
    if weights is None or not filled:
        return
    file = Path(weights.file)
    try:
        if weights.by_name and file.suffix == ".keras":
            with zipfile.ZipFile(file) as archive, archive.open(_IN_ARCHIVE) as inside:
                _load_by_name(model, io.BytesIO(inside.read()), weights)
        elif weights.by_name and file.name.endswith(".weights.h5"):
            _load_by_name(model, file, weights)
        elif weights.by_name:
            model.load_weights(file, by_name=True, skip_mismatch=weights.skip_mismatch)
        else:
            model.load_weights(file, skip_mismatch=weights.skip_mismatch)
    except SpecError:
        raise
    except Exception as error:  # whatever a file makes Keras raise is about the file
        message = f"the weights in `{file.name}` do not fit: {first_line(error)}"
        hint = None if weights.skip_mismatch else "`skip_mismatch: true` leaves layers of other shapes as they are"
        raise SpecError([Problem("bad-weights", weights.path, message, hint)]) from error


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

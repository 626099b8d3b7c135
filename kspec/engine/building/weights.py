"""Saved weights put into a model before it trains: in the order of the layers, or by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
from keras.src.saving import saving_lib

from kspec.data.hdf5_checks import SavedArray, UnsafeFileError
from kspec.data.weight_files import arrays_of, opened_weights
from kspec.engine.building.legacy_weights import OtherShapeError, load_legacy
from kspec.engine.building.weight_places import largest, left_over, misfit
from kspec.engine.faults import first_line
from kspec.spec.problems import Path as SpecPath
from kspec.spec.problems import Problem, SpecError, did_you_mean
from kspec.spec.whole_models import SavedWeights

_SHAPES = re.compile(r"variable\.shape=(\(.*?\)), Received: value\.shape=(\(.*?\))")
"""How Keras says that a saved array does not fit."""

_MISSING = re.compile(r"Layer '(.+?)' expected \d+ variables, but received 0")
_OBJECT = re.compile(r"message for object <\w+ name=(.+?),")
_OLD = "_layer_checkpoint_dependencies"
"""Where the first files of this kind kept their layers."""

_SMALL = 1 << 16
"""Values that any array may have: layers may keep more than their variables."""

_BY_SHAPE = "`skip_mismatch: true` leaves layers of other shapes as they are"
_BY_NAME = "`by_name: true` takes those layers that have the same names"


def start_from(model: keras.Model, weights: SavedWeights | None, *, filled: bool) -> None:
    """Put saved weights into a model.

    Args:
        model: The model, built.
        weights: What it starts from; None to leave it as it is.
        filled: Whether the model's weights have values; without them nothing is put in, and only what the file says of
            its arrays is held against the model.

    Raises:
        SpecError: The file is damaged, or its weights do not fit.
    """
    if weights is None:
        return
    file = Path(weights.file)
    try:
        arrays = arrays_of(file)
        if file.name.endswith((".weights.h5", ".keras")):
            _check_fit(model, arrays, weights)
            if filled:
                _load(model, file, arrays, weights)
        elif filled:
            load_legacy(model, file, weights)
        if filled:
            check_finite(model, weights.file, weights.path)
    except SpecError:
        raise
    except UnsafeFileError as error:
        message = f"the weights in `{file.name}` are not read: {error.message}"
        raise SpecError([Problem("unsafe-file", weights.path, message, error.hint)]) from error
    except Exception as error:  # whatever a file makes Keras raise is about the file
        message = f"the weights in `{file.name}` do not fit: {_reason(error)}"
        of_shape = isinstance(error, OtherShapeError) or _SHAPES.search(str(error))
        hint = None if weights.skip_mismatch else _BY_SHAPE if of_shape else None if weights.by_name else _BY_NAME
        raise SpecError([Problem("bad-weights", weights.path, message, hint)]) from error


def check_finite(model: keras.Model, file: str, path: SpecPath) -> None:
    """Refuse weights that are not numbers: whatever is trained from them is none either.

    Raises:
        SpecError: A weight is NaN or infinite.
    """
    for variable in model.weights:
        if "float" in variable.dtype and not np.isfinite(np.asarray(variable, dtype=np.float32)).all():
            message = f"the weights in `{Path(file).name}` are not all finite: `{variable.path}` has NaN or infinity"
            raise SpecError([Problem("bad-weights", path, message, "start from weights of a training that went well")])


def _check_fit(model: keras.Model, arrays: Mapping[str, SavedArray], weights: SavedWeights) -> None:
    """Hold shapes and types of all arrays against the model before any is read, and refuse those it has no layer for.

    Keras would leave the last layers of a file with more of them out without a word.
    """
    if weights.by_name:
        return
    name = Path(weights.file).name
    if not weights.skip_mismatch:
        there, here = _count(arrays), sum(1 for layer in model.layers if layer.weights)
        if there > here:
            message = f"`{name}` has weights for {there} layers, and the model has {here} with weights"
            raise SpecError([Problem("bad-weights", weights.path, message, _BY_NAME)])
        if (more := left_over(arrays, model)) and not any(place.startswith(_OLD) for place in arrays):
            message = f"`{name}` has weights at `{more[0]}`, where the model has none"
            raise SpecError([Problem("bad-weights", weights.path, message, _BY_NAME)])
    if said := misfit(arrays, model, shapes=not weights.skip_mismatch):
        message = f"the weights in `{name}` do not fit: {said}"
        hint = None if weights.skip_mismatch else _BY_SHAPE
        raise SpecError([Problem("bad-weights", weights.path, message, hint)])


def _count(arrays: Mapping[str, SavedArray]) -> int:
    """Return the number of layers with weights in a file, a nested model being one; random states are none."""
    places = (place.split("/") for place in arrays if "seed_generator" not in place)
    return len({place[1] for place in places if place[0] == "layers"})


def _load(model: keras.Model, file: Path, arrays: Mapping[str, SavedArray], weights: SavedWeights) -> None:
    with opened_weights(file) as (content, _):
        store = _Store(content, arrays, max(largest(model), _SMALL))
        try:
            pairs = _by_name(model, store.h5_file, arrays, weights) if weights.by_name else [(model, "")]
            _put(pairs, store, weights)
        finally:
            store.close()


def _put(pairs: list[tuple[Any, str]], store: _Store, weights: SavedWeights) -> None:
    """Have Keras put what lies at some places into models or layers."""
    failed: set[int] = set()
    reasons: dict[int, Any] = {}
    for part, place in pairs:
        saving_lib._load_state(
            part, store, None, inner_path=place, skip_mismatch=weights.skip_mismatch,
            visited_saveables=set(), failed_saveables=failed, error_msgs=reasons,
        )  # fmt: skip
    if failed and not (weights.by_name and weights.skip_mismatch):
        saving_lib._raise_loading_failure(reasons, warn_only=weights.skip_mismatch)


class _Store(saving_lib.H5IOStore):
    """The arrays of a file as Keras reads them; one that is larger than the model could take is not even read."""

    def __init__(self, content: Any, arrays: Mapping[str, SavedArray], most: int) -> None:
        self._content, self._arrays, self._most = content, arrays, most
        super().__init__("weights", mode="r")

    def _get_h5_file(self, path_or_io: Any, mode: str | None = None) -> h5py.File:
        return h5py.File(self._content, "r")

    def __getitem__(self, key: str) -> Any:
        place = f"{self._h5_entry_group.name}/{key}".lstrip("/")
        array = self._arrays[place]
        if array.size > self._most:
            raise ValueError(f"it has an array of shape {array.shape}, larger than any of the model")
        return super().__getitem__(key)


def _reason(error: Exception) -> str:
    """Return why weights do not fit, in a sentence; Keras puts the reason behind a count of the layers."""
    text = str(error)
    shapes, missing = _SHAPES.search(text), _MISSING.search(text)
    layer = _OBJECT.search(text)
    named = f"layer `{layer[1]}`: " if layer else ""
    if shapes:
        return f"{named}it has the shape {shapes[2]} there, and {shapes[1]} here"
    return f"there is nothing for the layer `{missing[1]}`" if missing else first_line(error)


def _by_name(
    model: keras.Model, archive: h5py.File, arrays: Mapping[str, SavedArray], weights: SavedWeights
) -> list[tuple[Any, str]]:
    """Return the layers whose names are those of layers in the file, with their places; others stay as they are.

    Keras' files call layers by their classes, `layers/dense_1`, and keep their names as an attribute beside the arrays.
    """
    places = dict(_named_layers(archive))
    found = [layer for layer in _layers(model) if layer.name in places and layer.weights]
    if not found:
        own = [layer.name for layer in _layers(model) if layer.weights]
        message = f"no layer in `{Path(weights.file).name}` has the name of one of the model's"
        near = next((hint for name in own if (hint := did_you_mean(name, list(places)))), None)
        named = ", ".join(f"`{name}`" for name in list(places)[:6])
        raise SpecError([Problem("bad-weights", weights.path, message, near or f"its layers are {named}")])
    pairs = [(layer, places[layer.name]) for layer in found]
    for layer, place in pairs:
        if said := misfit(arrays, layer, place, shapes=not weights.skip_mismatch):
            message = f"the weights in `{Path(weights.file).name}` do not fit: {said}"
            raise SpecError(
                [Problem("bad-weights", weights.path, message, None if weights.skip_mismatch else _BY_SHAPE)]
            )
    return pairs


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

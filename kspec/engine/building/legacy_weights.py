"""Weights in HDF5 files of older Keras put into a model: no array is read before its shape is known to fit."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import keras
from keras.src.legacy.saving import legacy_h5_format
from keras.src.saving import saving_lib

from kspec.data.hdf5_checks import UnsafeFileError
from kspec.spec.whole_models import SavedWeights

_NAMES, _LAYERS, _WEIGHTS, _TOP = "weight_names", "layer_names", "model_weights", "top_level_model_weights"


class OtherShapeError(ValueError):
    """A saved array has another shape than the variable that it is for."""


@dataclass(frozen=True, slots=True)
class _Saved:
    """What a file has of a layer: the group in which its arrays lie, and their names in order."""

    group: Any
    names: Sequence[str]

    def arrays(self) -> Iterator[h5py.Dataset]:
        """Yield the arrays, none of them read."""
        return (saving_lib.safe_get_h5_dataset(self.group, name) for name in self.names)


def load_legacy(model: keras.Model, file: Path, weights: SavedWeights) -> None:
    """Put the weights of a file into a model, as `keras.Model.load_weights` does, which reads all of them first.

    Args:
        model: The model.
        file: An HDF5 file of weights or of a whole model, looked through before.
        weights: Whether layers are matched by name, and what becomes of those that do not fit.

    Raises:
        OtherShapeError: An array has another shape than its variable.
        ValueError: There are more or fewer layers, or variables in one, than in the model.
    """
    with h5py.File(file, "r") as archive:
        group = _weights_of(archive)
        saved = {name: layer for name, layer in _layers_of(group) if layer.names}
        for layer, found in _by_name(model, saved) if weights.by_name else _in_order(model, saved):
            # Those that do not train stand last in these files.
            _put(layer, [*layer.trainable_weights, *layer.non_trainable_weights], found, weights)
        if _TOP in group:
            own = {id(variable) for variable in model.weights}
            beside = [*model._trainable_variables, *model._non_trainable_variables]
            found = _saved_in(group, _TOP)
            _put(model, [variable for variable in beside if id(variable) in own], found, weights)


def check_named(file: Path, most: int) -> None:
    """See that no layer of a whole model names arrays with more values than the model that the file describes.

    Args:
        file: An HDF5 file with a whole model, looked through before.
        most: Number of values that the arrays of a layer may have together.

    Raises:
        UnsafeFileError: A layer has more.
    """
    with h5py.File(file, "r") as archive:
        for name, layer in _layers_of(_weights_of(archive)):
            values = 0
            for array in layer.arrays():
                values += math.prod(array.shape)
                if values > most:
                    message = f"its layer `{name}` holds more numbers than the model that it describes"
                    raise UnsafeFileError(message, "save the model again")


def _weights_of(archive: h5py.File) -> Any:
    whole = _LAYERS not in archive.attrs and _WEIGHTS in archive
    return saving_lib.safe_get_h5_group(archive, _WEIGHTS) if whole else archive


def _layers_of(group: Any) -> Iterator[tuple[str, _Saved]]:
    for name in legacy_h5_format.load_attributes_from_hdf5_group(group, _LAYERS):
        yield name, _saved_in(group, name)


def _saved_in(group: Any, name: str) -> _Saved:
    inner = saving_lib.safe_get_h5_group(group, name)
    return _Saved(inner, legacy_h5_format.load_attributes_from_hdf5_group(inner, _NAMES))


def _in_order(model: keras.Model, saved: Mapping[str, _Saved]) -> Iterator[tuple[Any, _Saved]]:
    layers = [layer for layer in model.layers if layer.weights]
    if len(layers) != len(saved):
        raise ValueError(f"it has weights for {len(saved)} layers, and the model has {len(layers)} with weights")
    return zip(layers, saved.values(), strict=True)


def _by_name(model: keras.Model, saved: Mapping[str, _Saved]) -> Iterator[tuple[Any, _Saved]]:
    return ((layer, saved[layer.name]) for layer in model.layers if layer.name in saved)


def _put(part: Any, variables: Sequence[Any], saved: _Saved, weights: SavedWeights) -> None:
    """Put arrays into the variables of a layer, or into those that a model has beside its layers."""
    if len(variables) != len(saved.names):
        message = f"layer `{part.name}`: it has {len(saved.names)} variables there, and {len(variables)} here"
        if not (weights.by_name and weights.skip_mismatch):
            raise ValueError(message)
        warnings.warn(f"left as it is: {message}", stacklevel=2)
        return
    for variable, array in zip(variables, saved.arrays(), strict=True):
        here = tuple(variable.shape)
        if array.shape == here:
            variable.assign(array[()])
            continue
        message = f"layer `{part.name}`: it has the shape {array.shape} there, and {here} here"
        if not weights.skip_mismatch:
            raise OtherShapeError(message)
        warnings.warn(f"left as it is: {message}", stacklevel=2)
    if hasattr(part, "finalize_state") and variables:
        part.finalize_state()

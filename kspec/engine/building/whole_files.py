"""Files with whole models, held against what they describe before the models in them are given any memory."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import keras
from keras.src.legacy.saving import saving_options, saving_utils
from keras.src.saving import saving_lib, serialization_lib

from kspec.data.hdf5_checks import SavedArray, UnsafeFileError
from kspec.data.weight_files import arrays_of
from kspec.engine.building.legacy_weights import check_named
from kspec.engine.building.savable import random_state_kept
from kspec.engine.building.weightless import without_memory

_UNSAVED = 1 << 20
"""Weights that a model may have beside those in its file: some layers keep theirs elsewhere."""


def check_whole(file: Path) -> None:
    """Look through the file of a whole model before it is loaded.

    Args:
        file: A `.keras` file, or an HDF5 file with a whole model.

    Raises:
        UnsafeFileError: It is damaged, would do more than hold weights, or describes a larger model than it holds.
    """
    arrays = arrays_of(file)
    held = sum(array.size for array in arrays.values())
    described = _described(file)
    if described > held + _UNSAVED:
        message = f"it describes a model with {described:,} weights, and holds {held:,} numbers"
        raise UnsafeFileError(message, "save the model again")
    if described:
        _check_sizes(file, arrays, described + _UNSAVED)


def _check_sizes(file: Path, arrays: Mapping[str, SavedArray], most: int) -> None:
    """Refuse arrays that no variable of the model could take: Keras reads them before it looks at their shapes."""
    for place, array in arrays.items():
        if array.size > most:
            message = f"`{place}` has {array.size:,} values, more than the model that it describes"
            raise UnsafeFileError(message, "save the model again")
    if file.suffix.lower() != ".keras":
        check_named(file, most)


def _described(file: Path) -> int:
    """Return how many weights the model has that a file describes; 0 where it cannot be told without loading it."""
    try:
        with random_state_kept(), without_memory():
            model = _sketched(file)
            return sum(math.prod(weight.shape) for weight in model.weights)
    except Exception:  # noqa: BLE001 - loading it will say what is wrong
        return 0


def _sketched(file: Path) -> Any:
    if file.suffix.lower() == ".keras":
        with zipfile.ZipFile(file) as archive:
            return saving_lib._model_from_config(archive.read("config.json"), None, False, True)
    with h5py.File(file, "r") as content:
        config = json.loads(content.attrs["model_config"])
    legacy = saving_options.keras_option_scope(use_legacy_config=True)
    with legacy, serialization_lib.SafeModeScope(True):
        return saving_utils.model_from_config(config, custom_objects=keras.saving.get_custom_objects())

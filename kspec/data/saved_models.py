"""Models in the files of a run: sealed when they are written, held against their seal when they are read."""

from __future__ import annotations

from pathlib import Path

import keras

from kspec.data.hdf5_checks import UnsafeFileError
from kspec.data.weight_files import arrays_of
from kspec.runs.seal import SealError, check_seal, seal


def save_model(model: keras.Model, path: Path) -> None:
    """Write a whole model to a `.keras` file, with its seal."""
    model.save(path)
    seal(path)


def load_model(path: Path) -> keras.Model:
    """Read what `save_model` wrote, never running code that the file might bring along.

    Raises:
        UnsafeFileError: It is missing, is not to the last byte what was written, or could not have been written so.
    """
    try:
        check_seal(path)
    except SealError as error:
        raise UnsafeFileError(str(error)) from error
    except OSError as error:
        raise UnsafeFileError(error.strerror or str(error)) from error
    arrays_of(path)
    return keras.saving.load_model(path, compile=False, safe_mode=True)

"""California Housing, prices of houses by district."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kspec.data.sources.archive import read_arrays, read_headers
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Fields, fingerprint_fields
from kspec.data.sources.files import known_places
from kspec.data.sources.keras_download import as_fields, load_with_keras
from kspec.data.sources.loaded import Loaded, SourceContext

_SHAPES = {"x": (20640, 8), "y": (20640,)}
_SMALL = 600


def california_housing(
    context: SourceContext, *, version: str = "large", test_split: float = 0.2, seed: int = 113
) -> Loaded:
    """California Housing: the median house value of 20,640 districts, eight measures each.

    Looked for in `$KSPEC_DATA`, then in Keras' own cache, and only then downloaded.

    Args:
        version: String, one of `large` (20,640 rows) and `small` (600 rows).
        test_split: Number from 0 to 1. Share of the rows that are the test part.
        seed: Integer. Order of the rows before they are parted.

    Returns:
        `x`: floats of shape `(rows, 8)`. `y`: dollars of shape `(rows,)`.

    Raises:
        DataError: If the file is not there and cannot be downloaded, or is not California Housing.
    """
    if version not in ("large", "small"):
        raise DataError(f"expected `large` or `small`, got {version!r}", argument="version")
    if not 0 < test_split < 1:
        raise DataError(f"expected a number between 0 and 1, got {test_split!r}", argument="test_split")
    file = next((place for place in known_places("california_housing.npz") if place.is_file()), None)
    if file is None:
        parts = load_with_keras(
            "california_housing", "california_housing.npz", version=version, test_split=test_split, seed=seed
        )
        train, test = map(as_fields, parts)
        return _loaded(train, test, origin="California Housing, downloaded by Keras")
    train, test = _parted(_read(file), version=version, test_split=test_split, seed=seed)
    return _loaded(train, test, origin=f"California Housing from {file}", paths=(file,))


def _read(file: Path) -> Fields:
    headers = read_headers(file, argument=None)
    for name, shape in _SHAPES.items():
        found = headers.get(name)
        if found is None or found.shape != shape or found.dtype.kind != "f":
            expected = f"expected `{name}` as floats of shape {shape}"
            raise DataError(
                f"`{file}` is not California Housing: {expected}, found {found or 'none'}",
                hint="remove the file, or put Keras' california_housing.npz there",
            )
    return Fields(read_arrays(file, _SHAPES, argument=None))


def _parted(fields: Fields, *, version: str, test_split: float, seed: int) -> tuple[Fields, Fields]:
    """Choose and order the rows exactly as `keras.datasets.california_housing.load_data` does."""
    rows = np.arange(_SMALL if version == "small" else fields.rows)
    np.random.RandomState(seed).shuffle(rows)
    cut = int(len(rows) * (1 - test_split))
    return fields.take(rows[:cut]), fields.take(rows[cut:])


def _loaded(train: Fields, test: Fields, *, origin: str, paths: tuple[Path, ...] = ()) -> Loaded:
    return Loaded(train=train, test=test, origin=origin, fingerprint=fingerprint_fields(train, test), paths=paths)

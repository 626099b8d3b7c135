"""Fashion-MNIST, ten kinds of clothes."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields, fingerprint_fields
from kspec.data.sources.files import known_places
from kspec.data.sources.keras_download import as_fields, load_with_keras
from kspec.data.sources.loaded import Loaded, SourceContext

_LABELS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_FILES = {
    "train-images-idx3-ubyte.gz": (60000, 28, 28),
    "train-labels-idx1-ubyte.gz": (60000,),
    "t10k-images-idx3-ubyte.gz": (10000, 28, 28),
    "t10k-labels-idx1-ubyte.gz": (10000,),
}


def fashion_mnist(context: SourceContext) -> Loaded:
    """Fashion-MNIST: 60,000 images of clothes of ten kinds to train on and 10,000 to test.

    Looked for in `$KSPEC_DATA/fashion-mnist`, then in Keras' own cache, and only then downloaded.

    Returns:
        `x`: uint8 images of shape `(rows, 28, 28)`, 0 to 255. `y`: uint8 kinds of shape `(rows,)`, 0 to 9.

    Raises:
        DataError: If the files are not there and cannot be downloaded, or are not Fashion-MNIST.
    """
    folder = next((place for place in known_places("fashion-mnist") if _is_whole(place)), None)
    if folder is None:
        train, test = map(as_fields, load_with_keras("fashion_mnist", "fashion-mnist/*.gz"))
        return _loaded(train, test, origin="Fashion-MNIST, downloaded by Keras")
    paths = tuple(folder / name for name in _FILES)
    x_train, y_train, x_test, y_test = (_read(path, shape) for path, shape in zip(paths, _FILES.values(), strict=True))
    train, test = as_fields((x_train, y_train)), as_fields((x_test, y_test))
    return _loaded(train, test, origin=f"Fashion-MNIST from {folder}", paths=paths)


def _is_whole(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _FILES)


def _read(path: Path, shape: tuple[int, ...]) -> Array:
    """Read the IDX format: two zero bytes, type 8 (uint8), number of axes, big-endian sizes, values."""
    header = bytes([0, 0, 8, len(shape)]) + np.array(shape, dtype=">i4").tobytes()
    size = len(header) + int(np.prod(shape))
    try:
        with gzip.open(path) as file:
            data = file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"`{path}` is not a whole gzip file: {error}", hint="remove it and try again") from error
    if not data.startswith(header) or len(data) != size:
        expected = f"{size:,} bytes, uint8 of shape {shape}"
        raise DataError(
            f"`{path}` is not Fashion-MNIST: expected {expected}, found {_found(data, size)}",
            hint="remove it and try again",
        )
    return np.frombuffer(data, dtype=np.uint8, offset=len(header)).reshape(shape)


def _found(data: bytes, size: int) -> str:
    """Only as much is read as is expected, and one byte, so a longer file's length is not known."""
    return "more" if len(data) > size else f"{len(data):,}" if len(data) < size else "another header"


def _loaded(train: Fields, test: Fields, *, origin: str, paths: tuple[Path, ...] = ()) -> Loaded:
    fingerprint = fingerprint_fields(train, test)
    return Loaded(train=train, test=test, origin=origin, fingerprint=fingerprint, paths=paths, labels=_LABELS)

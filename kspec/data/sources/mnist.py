"""MNIST, the handwritten digits."""

from __future__ import annotations

from pathlib import Path

from kspec.data.sources.archive import Header, read_arrays, read_headers
from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Fields, fingerprint_fields
from kspec.data.sources.files import find_file, known_places
from kspec.data.sources.keras_download import as_fields, load_with_keras
from kspec.data.sources.loaded import Loaded, SourceContext

_SHAPES = {
    "x_train": (60000, 28, 28),
    "y_train": (60000,),
    "x_test": (10000, 28, 28),
    "y_test": (10000,),
}


def mnist(context: SourceContext, *, path: str | None = None) -> Loaded:
    """MNIST: 60,000 images of handwritten digits to train on and 10,000 to test.

    Looked for in `$KSPEC_DATA`, then in Keras' own cache, and only then downloaded.

    Args:
        path: String. Keras' `mnist.npz`, if it lies elsewhere.

    Returns:
        `x`: uint8 images of shape `(rows, 28, 28)`, 0 to 255. `y`: uint8 digits of shape `(rows,)`.

    Raises:
        DataError: If the file is not there and cannot be downloaded, or is not MNIST.
    """
    file = find_file(path, folder=context.folder) if path is not None else _on_this_machine()
    if file is None:
        train, test = map(as_fields, load_with_keras("mnist", "mnist.npz", other_way="name it with `path:`"))
        return _loaded(train, test, origin="MNIST, downloaded by Keras")
    argument = None if path is None else "path"
    train, test = _read(file, argument)
    return _loaded(train, test, origin=f"MNIST from {file}", paths=(file,))


def _on_this_machine() -> Path | None:
    return next((place for place in known_places("mnist.npz") if place.is_file()), None)


def _read(file: Path, argument: str | None) -> tuple[Fields, Fields]:
    headers = read_headers(file, argument=argument)
    for name, shape in _SHAPES.items():
        expected = f"uint8 of shape {shape}"
        found = headers.get(name)
        if found is None or str(found) != expected:
            raise _not_mnist(file, f"expected `{name}` as {expected}, found {_found(found, headers)}", argument)
    arrays = read_arrays(file, _SHAPES, argument=argument)
    for name in ("y_train", "y_test"):
        highest = arrays[name].max()
        if highest > 9:
            raise _not_mnist(file, f"expected labels from 0 to 9 in `{name}`, found {highest}", argument)
    return as_fields((arrays["x_train"], arrays["y_train"])), as_fields((arrays["x_test"], arrays["y_test"]))


def _found(found: Header | None, headers: dict[str, Header]) -> str:
    return str(found) if found else f"only {', '.join(headers) or 'nothing'}"


def _not_mnist(file: Path, reason: str, argument: str | None) -> DataError:
    return DataError(
        f"`{file}` is not MNIST: {reason}", hint="remove the file, or put Keras' mnist.npz there", argument=argument
    )


def _loaded(train: Fields, test: Fields, *, origin: str, paths: tuple[Path, ...] = ()) -> Loaded:
    return Loaded(train=train, test=test, origin=origin, fingerprint=fingerprint_fields(train, test), paths=paths)

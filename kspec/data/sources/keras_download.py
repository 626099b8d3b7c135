"""Keras' own loaders, kept quiet, and their failures said in one way."""

from __future__ import annotations

import contextlib
import socket
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pickle import UnpicklingError
from tarfile import TarError
from typing import Any
from zipfile import BadZipFile

from kspec.data.sources.errors import DataError
from kspec.data.sources.fields import Array, Fields
from kspec.data.sources.files import keras_cache

_SILENT_SECONDS = 20.0
_WRONG_FILE = (OSError, ValueError, KeyError, EOFError, UnpicklingError, BadZipFile, TarError, zlib.error)


def load_with_keras(
    name: str, file: str, *, other_way: str | None = None, **arguments: Any
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return `(x_train, y_train), (x_test, y_test)` of `keras.datasets.<name>`, from Keras' cache or the network.

    Args:
        name: Module in `keras.datasets`.
        file: Name under which Keras keeps the data, for the hint.
        other_way: What else would mend it, for the hint.
        **arguments: Arguments of its `load_data`.

    Raises:
        DataError: With `unavailable`, if the data is not in the cache and cannot be downloaded; without, if what was
            downloaded is not what Keras expects.
    """
    import keras

    load: Callable[..., Any] = getattr(keras.datasets, name).load_data
    try:
        with _quiet(keras), _timeout(_SILENT_SECONDS):
            (x_train, y_train), (x_test, y_test) = load(**arguments)
    except Exception as error:
        if _is_network_failure(error):
            raise _unavailable(name, file, error, other_way) from error
        if isinstance(error, _WRONG_FILE):
            raise DataError(
                f"`{name}` in {keras_cache()} cannot be read: {error}", hint=f"remove {file} there and try again"
            ) from error
        raise
    return (x_train, y_train), (x_test, y_test)


def as_fields(part: tuple[Array, Array]) -> Fields:
    """Return the fields `x` and `y` of one part."""
    x, y = part
    return Fields({"x": x, "y": y})


def _is_network_failure(error: Exception) -> bool:
    """Keras raises a bare Exception where a URL cannot be opened; a connection that breaks later passes through it."""
    return "URL fetch failure" in str(error) or isinstance(error, TimeoutError | ConnectionError | HTTPException)


def _unavailable(name: str, file: str, error: Exception, other_way: str | None) -> DataError:
    reason = str(error).rpartition(" -- ")[2] or str(error)
    return DataError(
        f"`{name}` is not on this machine and cannot be downloaded: {reason}",
        hint=f"put {file} into {keras_cache()}" + (f" or {other_way}" if other_way else ""),
        unavailable=True,
    )


@contextlib.contextmanager
def _quiet(keras: Any) -> Iterator[None]:
    """Keep the progress bar of downloads off the screen. Keras holds this switch for each thread."""
    shown = keras.config.is_interactive_logging_enabled()
    keras.config.disable_interactive_logging()
    try:
        yield
    finally:
        if shown:
            keras.config.enable_interactive_logging()


@contextlib.contextmanager
def _timeout(seconds: float) -> Iterator[None]:
    """Give up on a silent network. Keras' download has no limit of its own."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)

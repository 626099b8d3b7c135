"""The catalogue of the installed Keras, where it is another than that which kspec ships its catalogue for."""

from __future__ import annotations

import contextlib
import functools
import json

from kspec.catalogue import Catalogue, load
from kspec.catalogue.cache import BASIS, basis, cache_file, installed_keras
from kspec.engine.startup import start
from kspec.runs import atomic


class RenewalError(Exception):
    """The installed Keras could not be read; says why."""


@functools.cache
def renewed_catalogue() -> Catalogue:
    """Return the catalogue of the installed Keras, read from Keras itself and kept in the user's cache for next time.

    A cache that cannot be written is no error: Keras is then read again next time.

    Raises:
        RenewalError: Keras is not what kspec expects.
    """
    start()
    version = installed_keras() or ""
    try:
        from kspec.engine import introspect

        record = {**introspect.catalogue(), "keras": version, BASIS: basis()}
        text = json.dumps(record)
    except Exception as error:  # a Keras of the future may differ in anything
        raise RenewalError(f"{type(error).__name__}: {error}") from error
    if path := cache_file(version):
        with contextlib.suppress(OSError):
            atomic.write_text(path, text)
            load.cache_clear()
    return Catalogue(json.loads(text))

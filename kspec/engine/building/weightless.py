"""Models whose weights have shapes and no values, to be looked at only."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras
from keras.src.backend.common import global_state


@contextlib.contextmanager
def without_memory() -> Iterator[None]:
    """Build models without giving their weights any memory, to see whether they can be built.

    Inside Keras' stateless scope variables have shapes but no values. Leaving the scope in Keras' own way would give
    values to all of them, so it is taken down by hand.
    """
    scope = keras.StatelessScope()
    before = global_state.get_global_attribute("stateless_scope")
    waiting = list(global_state.get_global_attribute("uninitialized_variables", []) or [])
    scope.__enter__()
    try:
        yield
    finally:
        global_state.set_global_attribute("stateless_scope", before)
        global_state.set_global_attribute("uninitialized_variables", waiting)


def wanted_memory(error: BaseException) -> bool:
    """Say whether something failed because a variable begins as a given array, which takes memory at once.

    So do the states of `stateful` layers, and what layers of one's own make of `keras.Variable`.
    """
    cause: BaseException | None = error
    while cause is not None:
        if "create a variable while in a stateless scope" in str(cause):
            return True
        cause = cause.__cause__
    return False

"""Whether a model with code of one's own can be read again from the file that it will be saved to."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np

from kspec.engine.own_code import is_own, own_class
from kspec.spec.graph import Graph
from kspec.spec.lints.walk import components_in
from kspec.spec.problems import Path, Problem, SpecError


def check_savable(model: keras.Model, graph: Graph) -> None:
    """Make every layer anew from its own description, as Keras does when it reads a saved model.

    Raises:
        SpecError: A layer cannot be made anew; its first training would end with a model that nobody can read.
    """
    inner = (part for component in graph.components() for part in components_in(component))
    if not any(is_own(part.definition) for part in inner):
        return
    places = {node.layer_name: node.path for node in graph.nodes}
    with random_state_kept():
        for layer in model._flatten_layers(include_self=False):
            try:
                type(layer).from_config(layer.get_config())
            except Exception as error:
                raise SpecError([_not_savable(layer, places.get(layer.name, graph.path), error)]) from error


def _not_savable(layer: keras.layers.Layer, path: Path, error: Exception) -> Problem:
    name = own_class(error) or type(layer).__name__
    said = str(error).rpartition("Exception encountered: ")[2].strip().splitlines() or [type(error).__name__]
    hint = "see that its `get_config` returns all that its `__init__` takes"
    if isinstance(error, NotImplementedError):
        said = ["Keras cannot tell its arguments"]
        hint = "give it a `get_config` that returns them"
    elif "unexpected keyword argument" in said[0]:
        hint = "let `__init__` take `**kwargs` and hand them on: `super().__init__(**kwargs)`"
    message = f"{name} could not be read again from a saved model: {said[0]}"
    return Problem("not-savable", path, message, hint, at="key")


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Leave the random numbers that follow as they would have been: layers draw seeds when they are made."""
    python, numpy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)

"""Where Keras keeps the variables of a model in a file of weights, and whether those of a file fit them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import keras
from keras.src.saving import saving_lib
from keras.src.saving.keras_saveable import KerasSaveable
from keras.src.utils import naming

from kspec.data.hdf5_checks import SavedArray

_VARIABLES = "vars"
_AS_LISTED = (keras.layers.Layer, keras.layers.Dense, keras.layers.EinsumDense, keras.layers.Embedding)
"""Layers whose way to keep their variables is to number them; others may do as they like."""

_WITHOUT_WEIGHTS = "seed_generator"


def places_of(part: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all parts of a model with their places in its files, in the order in which Keras reads them.

    Args:
        part: A model, a layer, or another part of one.
        place: Its own place.
    """
    yield from _parts(part, place, set())


def misfit(arrays: Mapping[str, SavedArray], part: Any, place: str = "", *, shapes: bool = True) -> str | None:
    """Return why arrays of a file cannot become the variables of a model or a layer; None if nothing is in the way.

    Args:
        arrays: What a file says of its arrays, by place.
        part: The model or the layer.
        place: Its place in the file.
        shapes: Whether a shape of another size is in the way.
    """
    for inner, found in places_of(part, place):
        for number, variable in enumerate(_own_variables(found)):
            array = arrays.get(f"{inner}/{_VARIABLES}/{number}".lstrip("/"))
            if array is None:
                continue
            if shapes and array.shape != tuple(variable.shape):
                here = tuple(variable.shape)
                return f"layer `{found.name}`: it has the shape {array.shape} there, and {here} here"
            if array.kind not in _kinds(variable.dtype):
                return f"layer `{found.name}`: its `{variable.name}` is {array.dtype} there, and {variable.dtype} here"
    return None


def left_over(arrays: Mapping[str, SavedArray], model: keras.Model) -> list[str]:
    """Return the places in a file that hold weights of layers for which a model has no place."""
    here = {place for place, _ in places_of(model)}
    there = dict.fromkeys(place.rpartition(f"/{_VARIABLES}/")[0] for place in arrays if place.startswith("layers/"))
    return [place for place in there if place not in here and _WITHOUT_WEIGHTS not in place]


def largest(model: keras.Model) -> int:
    """Return how many values the largest variable of a model has."""
    return max((math.prod(variable.shape) for variable in model.variables), default=0)


def _own_variables(part: Any) -> list[Any]:
    """Return the variables that Keras keeps at the place of a part, in the order of their numbers."""
    if not isinstance(part, keras.layers.Layer) or getattr(part, "quantization_mode", None):
        return []
    if all(type(part).load_own_variables is not kind.load_own_variables for kind in _AS_LISTED):
        return []
    return [*part._trainable_variables, *part._non_trainable_variables]


def _kinds(dtype: str) -> str:
    if "float" in dtype:
        return "f"
    return "b" if dtype == "bool" else "iu"


def _parts(part: Any, place: str, met: set[int]) -> Iterator[tuple[str, Any]]:
    if id(part) in met:
        return
    met.add(id(part))
    yield place, part
    for name, child in saving_lib._walk_saveable(part):
        inner = f"{place}/{name}".lstrip("/")
        if isinstance(child, KerasSaveable):
            yield from _parts(child, inner, met)
        elif isinstance(child, list | dict | tuple):
            yield from _contained(child, inner, met, set())


def _contained(items: Any, place: str, met: set[int], around: set[int]) -> Iterator[tuple[str, Any]]:
    """Yield the parts in a list, which are called by their classes, with numbers where one occurs again."""
    if id(items) in around:
        return
    around.add(id(items))
    counts: dict[str, int] = {}
    for item in items.values() if isinstance(items, dict) else items:
        if not isinstance(item, KerasSaveable | list | dict | tuple):
            continue
        kind = naming.to_snake_case(type(item).__name__) if isinstance(item, KerasSaveable) else "container"
        count = counts.get(kind, 0)
        counts[kind] = count + 1
        inner = f"{place}/{kind}_{count}" if count else f"{place}/{kind}"
        if isinstance(item, KerasSaveable):
            yield from _parts(item, inner, met)
        else:
            yield from _contained(item, inner, met, around)

"""A checked spec into a compiled Keras model, with the data where the spec leaves something to it."""

from __future__ import annotations

from pathlib import Path

import keras

from kspec.data.loading import Parts
from kspec.data.plan import Plan
from kspec.data.prepare import Prepared, prepare
from kspec.data.sources.loaded import Progress, unwatched
from kspec.engine.building.compiling import compile_model
from kspec.engine.building.instantiate import instantiate
from kspec.engine.building.model import build_model
from kspec.engine.building.savable import check_savable
from kspec.engine.building.weightless import wanted_memory, without_memory
from kspec.engine.runtime import precision
from kspec.spec.problems import Problem, SpecError
from kspec.spec.spec import Spec
from kspec.spec.texts import texts_among_numbers

_SKETCH_ROWS = 512
"""Rows that are enough to see the shapes of data."""


def read_data(
    spec: Spec, *, folder: Path, seed: int, limit: int | None = None, plan: Plan | None = None,
    progress: Progress = unwatched, parts: Parts | None = None,
) -> Prepared:  # fmt: skip
    """Read and prepare the data of a spec.

    Args:
        spec: The spec.
        folder: Folder that relative paths start from.
        seed: Seed of random sources and of the split.
        limit: Rows of each part to use at most, or None for all.
        plan: What an earlier training learnt of the data; learnt anew if left out.
        progress: Is told how far it has got, where that may take long.
        parts: What was read of it before; read if left out.

    Raises:
        SpecError: There is no `data` section, or the data is not what the spec says.
    """
    if spec.data is None:
        raise SpecError([Problem("missing-key", (), "the spec has no `data`", "add `data: {source: ...}`")])
    return prepare(
        spec,
        spec.data,
        folder=folder,
        seed=seed,
        make_layer=instantiate,
        limit=limit,
        plan=plan,
        progress=progress,
        parts=parts,
    )


def needs_data(spec: Spec) -> bool:
    """Say whether the model cannot be built without seeing its data."""
    if spec.graph.whole:
        return False
    return any(not item.known for item in spec.graph.inputs.values()) or any(
        component.learns for component in spec.graph.components()
    )


def build(spec: Spec, data: Prepared | None) -> keras.Model:
    """Build the model of a spec and compile it, if the spec says how.

    Args:
        spec: The spec.
        data: Its data; may be left out if the model does not depend on it.

    Raises:
        SpecError: Keras refuses something.
    """
    names = list(spec.graph.inputs)
    dtypes = {name: _dtype(data, name) for name in names} if data else None
    if problems := texts_among_numbers(spec.graph, dtypes):
        raise SpecError(problems)
    with precision(spec.runtime):
        model = build_model(
            spec.graph,
            name=spec.name,
            shapes={name: data.shape(name) for name in names} if data else None,
            dtypes=dtypes,
            rows=data.train if data else None,
        )
        try:
            with without_memory():
                check_savable(model, spec.graph)
        except SpecError as error:
            if not wanted_memory(error):
                raise
            check_savable(model, spec.graph)
        if spec.compile is not None:
            compile_model(model, spec.compile, spec.graph)
    return model


def sketch(spec: Spec, folder: Path) -> keras.Model:
    """Build the model of a spec only to look at it: if it does not depend on data, its weights take no memory.

    Args:
        spec: The spec.
        folder: Folder that relative paths of the data start from.

    Raises:
        SpecError: Keras refuses something; or the model depends on data that is not what the spec says.
    """
    keras.utils.set_random_seed(0)
    if needs_data(spec) and spec.data is not None:
        return build(spec, read_data(spec, folder=folder, seed=0, limit=_SKETCH_ROWS))
    with precision(spec.runtime):
        try:
            with without_memory():
                model = build_model(spec.graph, name=spec.name, filled=False)
                check_savable(model, spec.graph)
        except SpecError as error:
            if not wanted_memory(error):
                raise
            return build(spec, None)
        if spec.compile is not None:
            compile_model(model, spec.compile, spec.graph)
    return model


def _dtype(data: Prepared, name: str) -> str:
    array = data.train.sample.x[name]
    return "string" if array.dtype == object else "float32" if array.dtype.kind == "u" else str(array.dtype)

"""Models that a spec does not write out: saved ones, and those of `keras.applications`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras

from kspec.data.hdf5_checks import UnsafeFileError
from kspec.engine.building.instantiate import instantiate
from kspec.engine.building.weights import check_finite
from kspec.engine.building.whole_files import check_whole
from kspec.engine.faults import first_line
from kspec.spec.components import LEARNT
from kspec.spec.graph import Graph
from kspec.spec.problems import Problem, SpecError, did_you_mean
from kspec.spec.whole_models import ApplicationSpec, SavedModelSpec


def make_whole(thing: ApplicationSpec | SavedModelSpec, *, fed: Sequence[Any] = ()) -> keras.Model:
    """Build an application, or load a saved model, always in Keras' safe mode.

    Args:
        thing: The model.
        fed: Symbolic tensors that it will be fed; an application that takes images of any size is built for theirs.

    Returns:
        The model, with the inner results as outputs that the spec taps, and what it freezes frozen.

    Raises:
        SpecError: It cannot be had, or has no such layer.
    """
    model = _application(thing, fed) if isinstance(thing, ApplicationSpec) else load_model(thing)
    if thing.trainable_from is not None:
        _thaw_from(model, thing)
    if thing.outputs:
        layers = [_layer(model, name, (*thing_path(thing), "outputs")) for name in thing.outputs]
        results = [layer.output for layer in layers]
        model = keras.Model(model.inputs, results if len(results) > 1 else results[0], name=model.name)
    return model


def whole_as_model(graph: Graph, name: str) -> keras.Model:
    """Return a saved model or an application as the model itself, its inputs and outputs as the graph calls them."""
    (node,) = graph.nodes
    if not isinstance(node.thing, ApplicationSpec | SavedModelSpec):
        raise TypeError(f"{node.kind} is no whole model")
    model = make_whole(node.thing)
    if node.trainable is not None:
        model.trainable = node.trainable
    if graph.several_inputs or graph.several_outputs:
        inputs: Any = dict(zip(graph.inputs, model.inputs, strict=True))
        outputs: Any = dict(zip(graph.outputs, model.outputs, strict=True))
        model = keras.Model(
            inputs if graph.several_inputs else model.inputs[0],
            outputs if graph.several_outputs else model.outputs[0],
            name=name,
        )
    model.name = name
    return model


def thing_path(thing: ApplicationSpec | SavedModelSpec) -> tuple[str | int, ...]:
    """Return the place of the mapping in which a whole model stands."""
    return thing.path if isinstance(thing, ApplicationSpec) else thing.path[:-1]


def load_model(thing: SavedModelSpec) -> keras.Model:
    """Load a saved model without its compile settings.

    Raises:
        SpecError: Keras refuses the file.
    """
    file = Path(thing.file)
    try:
        if file.suffix.lower() == ".json":
            config = json.loads(file.read_text(encoding="utf-8"))
            if isinstance(config, dict):
                config.pop("compile_config", None)
            model = keras.saving.deserialize_keras_object(config, safe_mode=True)
        else:
            check_whole(file)
            model = keras.saving.load_model(file, compile=False, safe_mode=True)
    except UnsafeFileError as error:
        message = f"`{file.name}` is not loaded: {error.message}"
        raise SpecError([Problem("unsafe-file", thing.path, message, error.hint)]) from error
    except Exception as error:  # whatever a file makes Keras raise is about the file
        message = f"`{file.name}` cannot be loaded: {first_line(error)}"
        raise SpecError([Problem("bad-model-file", thing.path, message)]) from error
    _check_learnt(model, thing, file)
    if not isinstance(model, keras.Model) or not model.built:
        message = f"`{file.name}` is no model whose inputs are known"
        raise SpecError([Problem("bad-model-file", thing.path, message, "save it after it was built")])
    check_finite(model, thing.file, thing.path)
    return model


def _check_learnt(model: Any, thing: SavedModelSpec, file: Path) -> None:
    """Refuse the JSON of a model with a layer that had learnt from data: what it learnt is not in such a file.

    Keras builds it all the same; a Normalization then changes nothing, a StringLookup knows no word.
    """
    if file.suffix.lower() != ".json" or not isinstance(model, keras.Model):
        return
    for layer in model._flatten_layers():
        config = layer.get_config() if hasattr(layer, "adapt") else None
        if config is not None and all(config.get(name) is None for name in LEARNT):
            message = f"`{file.name}` has no weights, and what its layer `{layer.name}` learnt is lost"
            raise SpecError([Problem("not-learnt", thing.path, message, "load the .keras file of that model")])


def _application(thing: ApplicationSpec, fed: Sequence[Any]) -> keras.Model:
    component = thing.component
    arguments = component.arguments
    if len(fed) == 1 and arguments.get("input_shape") is None and arguments.get("include_top", True) is False:
        shape = tuple(fed[0].shape[1:])
        if all(size is not None for size in shape):
            component = replace(component, arguments={**arguments, "input_shape": list(shape)})
    return instantiate(component)


def _thaw_from(model: keras.Model, thing: ApplicationSpec | SavedModelSpec) -> None:
    """Freeze all layers before the one that training starts from."""
    first = _layer(model, str(thing.trainable_from), (*thing_path(thing), "trainable", "from"))
    for layer in model.layers[: model.layers.index(first)]:
        layer.trainable = False


def _layer(model: keras.Model, name: str, path: tuple[str | int, ...]) -> keras.layers.Layer:
    names = [layer.name for layer in model.layers]
    if name not in names:
        message = f"the model has no layer `{name}`"
        hint = did_you_mean(name, names) or f"its last ones are {', '.join(f'`{each}`' for each in names[-4:])}"
        raise SpecError([Problem("unknown-layer", path, message, hint)])
    return model.get_layer(name)

"""Everything public that Keras offers can be written in a spec: read by kspec, then made and called by Keras.

What a spec cannot hold stands in the closed list of refusals, each with its reason; a test finds what is in neither.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import keras
import pytest

from kspec.catalogue import Component, load
from kspec.catalogue.refused import REFUSED
from kspec.engine import introspect
from kspec.engine.building.build import build
from kspec.engine.building.instantiate import instantiate
from kspec.engine.building.weightless import without_memory
from kspec.spec.checker import Checker
from kspec.spec.checking import read_spec
from kspec.spec.component_reader import ComponentReader
from kspec.spec.problems import SpecError
from kspec.spec.reading import read_text
from kspec.spec.spec import Spec

CATALOGUE = load()

pytestmark = pytest.mark.skipif(
    keras.__version__ != CATALOGUE.version,
    reason=f"the catalogue is of Keras {CATALOGUE.version}, and {keras.__version__} is installed",
)


@pytest.fixture(scope="module", autouse=True)
def names_start_anew() -> Iterator[None]:
    """Leave Keras' counters of names as a fresh process has them."""
    yield
    keras.backend.clear_session()


ARGUMENTS = {
    "activation": "relu",
    "axes": "1",
    "backup_dir": "backup",
    "boundaries": "[10]",
    "cell": "{LSTMCell: 3}",
    "cells": "[{LSTMCell: 3}, {GRUCell: 3}]",
    "decay_rate": "0.9",
    "decay_steps": "10",
    "default_optimizer": "adam",
    "device": "/cpu:0",
    "dims": "[2, 1]",
    "directory": "saved",
    "equation": "'ab,bc->ac'",
    "factor": "0.2",
    "filename": "log.csv",
    "filepath": "saved.keras",
    "filters": "2",
    "first_decay_steps": "10",
    "head_dim": "2",
    "height": "4",
    "height_factor": "0.2",
    "initial_learning_rate": "0.1",
    "inner_optimizer": "adam",
    "input_dim": "9",
    "kernel_size": "2",
    "key_dim": "2",
    "layer": "{Dense: 3}",
    "layers": "[RandomFlip, {Rescaling: 0.1}]",
    "max_number": "3",
    "n": "2",
    "num_bins": "4",
    "num_classes": "3",
    "num_heads": "2",
    "num_key_value_heads": "1",
    "num_query_heads": "2",
    "optimizer_map": "{dense: sgd, other: {Adam: 0.1}}",
    "output_dim": "3",
    "output_shape": "[3]",
    "output_size": "2",
    "pool_size": "2",
    "precision": "0.5",
    "rate": "0.2",
    "recall": "0.5",
    "scale": "0.1",
    "schedule": "{ExponentialDecay: {initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.9}}",
    "sensitivity": "0.5",
    "specificity": "0.5",
    "stddev": "0.2",
    "target_class_ids": "[0]",
    "target_shape": "[2, 12]",
    "units": "3",
    "values": "[0.1, 0.01]",
    "width": "4",
    "width_factor": "0.2",
}
"""What is written for an argument that must be given."""

MORE = {
    "Bidirectional": {"layer": "{LSTM: 3}"},
    "CategoryEncoding": {"num_tokens": "9"},
    "Discretization": {"bin_boundaries": "[0.0, 1.0]"},
    "GroupNormalization": {"groups": "1"},
    "IntegerLookup": {"vocabulary": "[3, 4]"},
    "MultiOptimizer": {"optimizer_map": "{OptimizerMap: {default_optimizer: adam, optimizer_map: {dense/.*: sgd}}}"},
    "Normalization": {"mean": "0.0", "variance": "1.0"},
    "RandomPosterization": {"factor": "4"},
    "StringLookup": {"vocabulary": "[a, b]"},
    "SwapEMAWeights": {"swap_on_epoch": "true"},
    "TextVectorization": {"vocabulary": "[a, b]"},
}
"""What is written for a component besides: what Keras wants all the same, or what it would otherwise learn."""

INPUTS = {
    "CategoryEncoding": "{shape: [8], dtype: int32}",
    "ConvLSTM1D": "{shape: [4, 8, 3]}",
    "ConvLSTM2D": "{shape: [4, 8, 8, 3]}",
    "ConvLSTM3D": "{shape: [4, 8, 8, 8, 3]}",
    "Discretization": "{shape: [8]}",
    "EinsumDense": "{shape: [8]}",
    "Embedding": "{shape: [8], dtype: int32}",
    "HashedCrossing": "{shape: [1], dtype: string}",
    "Hashing": "{shape: [8], dtype: string}",
    "IntegerLookup": "{shape: [8], dtype: int64}",
    "MelSpectrogram": "{shape: [16000]}",
    "RepeatVector": "{shape: [8]}",
    "ReversibleEmbedding": "{shape: [8], dtype: int32}",
    "STFTSpectrogram": "{shape: [1600, 1]}",
    "StringLookup": "{shape: [8], dtype: string}",
    "TextVectorization": "{shape: [1], dtype: string}",
}
"""What a layer is fed where its name does not tell."""

CELLS = ("GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells")
"""Layers that are called through a recurrent layer."""

NOT_CALLED = {
    "Equalization": "Keras gives its symbolic input back as its output, which no model can hold",
    "MaxNumBoundingBoxes": "it is fed a mapping of boxes and labels, which no input of a spec is",
}
"""Layers that are made and not called, each with the reason."""

NOT_MADE = {
    "OrbaxCheckpoint": "it wants the package orbax-checkpoint, which kspec does not depend on",
}
"""What is read and not made, each with the reason."""


def components(*families: str) -> Any:
    """Parametrize a test by every component of families."""
    found = [CATALOGUE.component(family, name) for family in families for name in CATALOGUE.names(family)]
    unique = {(item.family, item.name): item for item in found if item}
    return pytest.mark.parametrize("component", unique.values(), ids=lambda item: f"{item.family}.{item.name}")


def arguments(component: Component) -> str:
    """Return what is written behind a component's name."""
    given = {name: ARGUMENTS[name] for name in component.required if name in ARGUMENTS}
    given |= MORE.get(component.name, {})
    return f"{{{', '.join(f'{name}: {value}' for name, value in given.items())}}}"


def written(component: Component) -> str:
    """Return a component as a spec would have it, with all that it must be given."""
    inside = arguments(component)
    return component.name if inside == "{}" else f"{{{component.name}: {inside}}}"


def spec_of(text: str) -> Spec:
    """Return the spec that a text is; a problem in it fails the test."""
    reading = read_spec(read_text("spec.yaml", text), CATALOGUE)
    assert reading.spec is not None, [str(problem) for problem in reading.problems]
    return reading.spec


def compiled(optimizer: str = "sgd", loss: str = "mse", metrics: str = "[]") -> keras.Model:
    """Return a small model, compiled as written, whose shapes suit any loss and metric."""
    text = f"""
model: {{input: [8], layers: [{{Dense: 3}}]}}
compile: {{optimizer: {optimizer}, loss: {loss}, metrics: {metrics}}}
"""
    return build(spec_of(text), None)


def read(text: str, family: str) -> Any:
    """Return the component that a text is where one of this family is wanted; a problem fails the test."""
    checker = Checker()
    found = ComponentReader(CATALOGUE, checker).read(read_text("component.yaml", text).data(), (), family)
    assert not checker.problems, [str(problem) for problem in checker.problems]
    return found


def kind_of(component: Component) -> type:
    """Return the class that Keras has for a component."""
    found = getattr(importlib.import_module(component.module), component.name)
    assert isinstance(found, type)
    return found


def input_of(layer: Component) -> str:
    """Return an input that suits a layer."""
    axes = re.search(r"([123])D(Transpose)?$", layer.name)
    size = int(axes[1]) if axes else 2 if "data" in layer.call else 1
    return INPUTS.get(layer.name, f"{{shape: [{'8, ' * size}3]}}")


def step_of(layer: Component) -> str:
    """Return a step that calls a layer, fed with `a`, and with `b` where it wants two inputs."""
    if layer.name in CELLS:
        return f"{{RNN: {written(layer)}}}"
    step = f"{layer.name}: {arguments(layer)}"
    if layer.inputs == "list":
        return f"{{{step}, from: [a, b]}}"
    if layer.inputs == "several":
        return f"{{{step}, from: a, call: {{{layer.call_required[1]}: b}}}}"
    return f"{{{step}}}"


@components("layers")
def test_a_layer_is_made_and_called(component: Component) -> None:
    if component.name in NOT_CALLED:
        assert isinstance(instantiate(read(written(component), "layers")), kind_of(component))
        return
    names = "a" if component.inputs == "one" or component.name in CELLS else "ab"
    inputs = ", ".join(f"{name}: {input_of(component)}" for name in names)
    model = build(spec_of(f"model: {{inputs: {{{inputs}}}, layers: [{step_of(component)}]}}"), None)
    made = [part for layer in model.layers for part in (layer, getattr(layer, "cell", None))]
    assert any(isinstance(part, kind_of(component)) for part in made)
    assert model.outputs[0].shape[0] is None


def test_the_layers_that_cannot_be_called_say_so() -> None:
    spec = spec_of("model: {input: [8, 8, 3], layers: [Equalization]}")
    with pytest.raises(SpecError, match="Keras cannot put it into a model"):
        build(spec, None)


@components("optimizers")
def test_an_optimizer_is_compiled_with(component: Component) -> None:
    if component.name == "OptimizerMap":
        inner = compiled(optimizer=f"{{MultiOptimizer: {written(component)}}}").optimizer
        assert [type(optimizer) for optimizer in inner.optimizers] == [keras.optimizers.Adam]
        return
    assert isinstance(compiled(optimizer=written(component)).optimizer, kind_of(component))


@components("schedules")
def test_a_schedule_is_a_learning_rate(component: Component) -> None:
    optimizer = compiled(optimizer=f"{{SGD: {{learning_rate: {written(component)}}}}}").optimizer
    assert isinstance(optimizer._learning_rate, kind_of(component))


@components("losses")
def test_a_loss_is_compiled_with(component: Component) -> None:
    assert isinstance(compiled(loss=written(component)).loss, kind_of(component))


@components("metrics")
def test_a_metric_is_compiled_with(component: Component) -> None:
    model = compiled(metrics=f"[{written(component)}]")
    assert isinstance(model._compile_metrics._user_metrics[0], kind_of(component))


@components("callbacks")
def test_a_callback_is_made(component: Component, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (callback,) = spec_of(f"model: {{input: [8], layers: [Flatten]}}\ncallbacks: [{written(component)}]").callbacks
    if component.name not in NOT_MADE:
        assert isinstance(instantiate(callback), kind_of(component))


WITH_ARGUMENTS = {"threshold": "it needs arguments, and a word has none"}
"""Activations that no word can stand for, each with the reason."""

PLACES = {
    "regularizers": "kernel_regularizer",
    "initializers": "kernel_initializer",
    "constraints": "kernel_constraint",
    "activations": "activation",
}
"""Arguments of Dense that take a family."""


@components("regularizers", "initializers", "constraints")
def test_an_argument_of_a_layer_is_made(component: Component) -> None:
    place = PLACES[component.family]
    layer = instantiate(read(f"{{Dense: {{units: 2, {place}: {written(component)}}}}}", "layers"))
    assert isinstance(getattr(layer, place), kind_of(component))


WORDS = [
    (family, word)
    for family in ("activations", "regularizers", "initializers", "constraints", "optimizers", "losses", "metrics")
    for word in CATALOGUE.words(family)
    if word not in WITH_ARGUMENTS
]


@pytest.mark.parametrize(("family", "word"), WORDS, ids=lambda value: value)
def test_a_word_is_what_keras_makes_of_it(family: str, word: str) -> None:
    if family in PLACES:
        layer = instantiate(read(f"{{Dense: {{units: 2, {PLACES[family]}: {word}}}}}", "layers"))
        assert getattr(layer, PLACES[family]) is not None
    elif family == "optimizers":
        assert isinstance(compiled(optimizer=word).optimizer, keras.optimizers.Optimizer)
    elif family == "losses":
        assert compiled(loss=word).loss is not None
    else:
        assert compiled(metrics=f"[{word}]")._compile_metrics is not None


@components("activations")
def test_an_activation_is_a_layer_of_its_own_too(component: Component) -> None:
    if component.name in WITH_ARGUMENTS:
        assert component.required
        return
    model = build(spec_of(f"model: {{input: [8], layers: [{{Activation: {component.name}}}]}}"), None)
    assert model.layers[-1].activation is getattr(keras.activations, component.name)


SMALLEST = (
    "ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionResNetV2", "InceptionV3",
    "MobileNet", "MobileNetV2", "MobileNetV3Small", "NASNetMobile", "ResNet50", "ResNet50V2", "VGG16", "Xception",
)  # fmt: skip
"""Of every architecture one, which is built; its larger sisters only differ in their numbers."""


@components("applications")
def test_an_application_is_made(component: Component) -> None:
    wanted = read(f"{{{component.name}: {{weights: null, include_top: true, classes: 7}}}}", "applications")
    function = getattr(importlib.import_module(component.module), component.name)
    assert set(component.arguments) == set(inspect.signature(function).parameters)
    assert wanted.arguments == {"weights": None, "include_top": True, "classes": 7}
    if component.name in SMALLEST:
        with without_memory():
            model = instantiate(wanted)
        assert model.output_shape == (None, 7)


@components("strategies")
def test_a_strategy_is_made(component: Component) -> None:
    assert isinstance(instantiate(read(written(component), "strategies")), kind_of(component))


@pytest.mark.parametrize("family", introspect.CLASSES)
def test_every_public_class_is_in_the_catalogue_or_refused(family: str) -> None:
    for name, _ in inspect.getmembers(importlib.import_module(introspect.CLASSES[family]), inspect.isclass):
        known = CATALOGUE.component(family, name) or CATALOGUE.word(family, name)
        assert bool(known) != bool(REFUSED.get(name)), name


@pytest.mark.parametrize("family", ["ops", "ops.image", "ops.linalg", "ops.nn", "ops.numpy", "activations"])
def test_every_public_function_is_in_the_catalogue_or_refused(family: str) -> None:
    family, _, part = family.partition(".")
    base = importlib.import_module(f"keras.{family}")
    namespace = getattr(base, part) if part else base
    for name, function in inspect.getmembers(namespace, inspect.isfunction):
        if name not in ("get", "serialize", "deserialize"):
            # What `keras.ops` itself has is called by its short name.
            known = name if getattr(base, name, None) is function else f"{part}.{name}"
            assert bool(CATALOGUE.component(family, known)) != bool(REFUSED.get(f"{family}.{known}")), name


def test_every_application_and_strategy_is_in_the_catalogue_or_refused() -> None:
    for name, _ in inspect.getmembers(keras.applications, inspect.isfunction):
        assert CATALOGUE.component("applications", name), name
    distribute = importlib.import_module("tensorflow").distribute
    for name, kind in inspect.getmembers(distribute, inspect.isclass):
        if issubclass(kind, distribute.Strategy):
            assert bool(CATALOGUE.component("strategies", name)) != bool(REFUSED.get(name)), name


def test_what_is_refused_exists_and_has_a_reason() -> None:
    spaces = [importlib.import_module(module) for module in introspect.CLASSES.values()]
    spaces.append(importlib.import_module("tensorflow").distribute)
    for name, reason in REFUSED.items():
        family, _, function = name.rpartition(".")
        assert hasattr(keras.ops, function) if family else any(hasattr(space, name) for space in spaces), name
        assert len(reason.split()) > 4, name

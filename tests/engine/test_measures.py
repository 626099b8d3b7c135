"""The names and directions that kspec tells of metrics without Keras are those that Keras gives them."""

from __future__ import annotations

import re
from textwrap import dedent

import keras
import numpy as np
import pytest

from kspec import catalogue
from kspec.engine.building.compiling import compile_model
from kspec.engine.building.model import build_model
from kspec.spec.checking import read_spec
from kspec.spec.components import ComponentSpec
from kspec.spec.measures import better, measures_of, metric_name
from kspec.spec.reading import read_text
from kspec.spec.spec import Spec

TWO = """
model:
  inputs: {x: {shape: [4]}}
  layers:
    - Dense: 8
      name: trunk
    - Dense: {units: 3, activation: softmax}
      name: kind
    - Dense: 1
      name: size
      from: trunk
  outputs: [kind, size]
"""
ONE = """
model:
  input: {shape: [4]}
  layers:
    - Dense: {units: 3, activation: softmax}
"""


def spec_of(text: str) -> Spec:
    reading = read_spec(read_text("spec.yaml", dedent(text)), catalogue.load())
    assert reading.spec is not None, reading.problems
    return reading.spec


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        (ONE, "{loss: categorical_crossentropy}"),
        (ONE, "{loss: categorical_crossentropy, metrics: [acc, AUC, mse, {AUC: {name: area}}]}"),
        (ONE, "{loss: kld, metrics: [accuracy, AUC, AUC], weighted_metrics: [accuracy, AUC, AUC]}"),
        (ONE, "{loss: mse, metrics: [huber, Huber, R2Score, TopKCategoricalAccuracy, log_cosh]}"),
        (TWO, "{loss: {kind: kld, size: mse}, metrics: {kind: [accuracy, AUC], size: [AUC, mae]}}"),
        (TWO, "{loss: {kind: categorical_crossentropy, size: null}, metrics: {kind: accuracy}}"),
        (TWO, "{loss: mse, metrics: {size: mae}, weighted_metrics: {size: [mae, mae], kind: [mse]}}"),
        (TWO, "{loss: [kld, mse], metrics: [[mse], null]}"),
        (TWO, "{loss: mse, metrics: mae}"),
    ],
)  # fmt: skip
def test_the_names_are_those_of_keras(model: str, settings: str) -> None:
    """The second of two models in one process has the same names as the first."""
    spec = spec_of(f"{model}\ncompile: {settings}")
    assert spec.compile is not None
    expected = measures_of(spec.compile, list(spec.graph.outputs))
    assert expected.complete
    for _ in range(2):
        built = build_model(spec.graph, name="named")
        compile_model(built, spec.compile, spec.graph)
        x = np.ones((2, 4), "float32")
        y = built.predict(x, verbose=0)
        found = built.evaluate(x, y, return_dict=True, verbose=0)
        assert set(found) == set(expected.better)


def test_the_directions_are_those_of_keras() -> None:
    known = catalogue.load()
    needed = {"num_classes": 2, "target_class_ids": [0]}
    told, real = {}, {}
    for name in known.names("metrics"):
        component = known.component("metrics", name)
        assert component is not None
        arguments = {argument: needed.get(argument, 0.5) for argument in component.required}
        metric = getattr(keras.metrics, component.name)(**arguments)
        written = ComponentSpec(component)
        told[name] = (better(written), metric_name(written))
        way = {"up": "max", "down": "min", None: None}[getattr(metric, "_direction", None)]
        real[name] = (way, re.sub(r"_\d+$", "", metric.name))  # without the count over the whole process
    assert told == real

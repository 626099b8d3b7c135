"""Numbers that make no sense are refused at once; every number that Keras itself uses is let through."""

from __future__ import annotations

import pytest
from reading_texts import read

from kspec import catalogue
from kspec.catalogue import Argument

SPEC = """
model:
  input: {{shape: [8, 8, 3]}}
  layers:
    - {layer}
    - Flatten
    - Dense: 1
compile: {{optimizer: {optimizer}, loss: mse}}
"""


def codes(*, layer: str = "ReLU", optimizer: str = "adam", more: str = "") -> list[str]:
    return [problem.code for problem in read(SPEC.format(layer=layer, optimizer=optimizer) + more).problems]


@pytest.mark.parametrize(
    "layer",
    [
        "Dense: 0", "Dense: -3", "Conv2D: {filters: -1, kernel_size: 3}", "Conv2D: {filters: 0, kernel_size: 3}",
        "Conv2D: {filters: 8, kernel_size: 0}", "Conv2D: {filters: 8, kernel_size: [3, 0]}",
        "Conv2D: {filters: 8, kernel_size: 3, strides: 0}", "Conv2D: {filters: 8, kernel_size: 3, strides: [1, -1]}",
        "Conv2D: {filters: 8, kernel_size: 3, dilation_rate: 0}", "MaxPooling2D: 0",
        "MaxPooling2D: {pool_size: 2, strides: 0}", "UpSampling2D: 0", "ZeroPadding2D: -1",
        "BatchNormalization: {momentum: 99}", "BatchNormalization: {epsilon: -0.1}", "Dropout: 20", "Dropout: -0.1",
        "GaussianNoise: -1.0", "Resizing: {height: 0, width: 8}", "Dense: {units: 4, kernel_regularizer: {L2: -0.1}}",
        "Dense: {units: 4, kernel_initializer: {RandomNormal: {stddev: -1.0}}}",
        "SeparableConv2D: {filters: 8, kernel_size: 3, depth_multiplier: 0}",
    ],
)  # fmt: skip
def test_layers(layer: str) -> None:
    assert codes(layer=f"{{{layer}}}") == ["out-of-range"]


@pytest.mark.parametrize(
    "layer", ["Embedding: {input_dim: 0, output_dim: 4}", "Embedding: {input_dim: 4, output_dim: 0}"]
)
def test_embeddings(layer: str) -> None:
    assert codes(layer=f"{{{layer}}}") == ["out-of-range"]


@pytest.mark.parametrize(
    "arguments",
    [
        "learning_rate: 0", "learning_rate: -0.1", "beta_1: 9", "beta_1: 1.0", "beta_2: -0.1", "clipnorm: -1",
        "clipvalue: 0", "weight_decay: -0.1", "gradient_accumulation_steps: 1", "gradient_accumulation_steps: 0",
        "use_ema: true, ema_momentum: 99", "use_ema: true, ema_overwrite_frequency: 0", "loss_scale_factor: 0",
        "learning_rate: {CosineDecay: {initial_learning_rate: -0.1, decay_steps: 9}}",
        "learning_rate: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: 0}}",
    ],
)  # fmt: skip
def test_optimizers(arguments: str) -> None:
    found = codes(optimizer=f"{{Adam: {{{arguments}}}}}")
    assert [code for code in found if code != "unused-average"] == ["out-of-range"]


@pytest.mark.parametrize(
    "more",
    [
        "fit: {epochs: 0}", "fit: {epochs: -1}", "fit: {batch_size: 0}", "fit: {validation_split: -20}",
        "fit: {validation_split: 1.5}", "fit: {validation_split: -0.2}", "fit: {steps_per_epoch: 0}",
        "callbacks: [{ReduceLROnPlateau: {factor: 1.0}}]", "callbacks: [{ReduceLROnPlateau: {factor: 0}}]",
        "callbacks: [{EarlyStopping: {patience: -1, restore_best_weights: true}}]",
    ],
)  # fmt: skip
def test_fit_and_callbacks(more: str) -> None:
    assert codes(more=more) == ["out-of-range"]


@pytest.mark.parametrize(
    ("layer", "optimizer"),
    [
        ("{Dropout: 0}", "{SGD: {learning_rate: 10.0, momentum: 0}}"),
        ("{Dropout: 0.5}", "{Adam: {beta_1: 0, weight_decay: 0, clipnorm: 0.1}}"),
        ("{MaxPooling2D: {pool_size: 1, strides: null}}", "{Adam: {gradient_accumulation_steps: null}}"),
        ("{BatchNormalization: {momentum: 0}}", "{Adam: {learning_rate: {CosineDecay: {initial_learning_rate: 0.0, "
         "decay_steps: 9, warmup_target: 0.1, warmup_steps: 3}}}}"),
        ("{ZeroPadding2D: [[0, 1], [1, 0]]}", "{RMSprop: {rho: 1, momentum: 0.9}}"),
    ],
)  # fmt: skip
def test_what_has_a_meaning_is_let_through(layer: str, optimizer: str) -> None:
    assert codes(layer=layer, optimizer=optimizer) == []


def test_every_default_of_keras_lies_in_its_range() -> None:
    known = catalogue.load()
    components = [known.component(family, name) for family in known.families for name in known.names(family)]
    wrong = [
        (component.name, argument.name, argument.default)
        for component in components
        if component
        for argument in component.arguments.values()
        if not all(_within(argument, number) for number in _numbers(argument.default))
    ]
    assert wrong == []


def _numbers(value: object) -> list[float]:
    if isinstance(value, list | tuple):
        return [number for item in value for number in _numbers(item)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def _within(argument: Argument, number: float) -> bool:
    low, high = argument.minimum, argument.maximum
    above = low is None or (number > low if argument.above else number >= low)
    return above and (high is None or (number < high if argument.below else number <= high))

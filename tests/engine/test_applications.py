"""Large models written out with blocks are those of keras.applications: layer by layer, and in what they compute."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

import kspec

SPECS = Path(__file__).parents[1] / "specs" / "valid"


@pytest.mark.parametrize(
    ("spec", "application"),
    [("resnet50", keras.applications.ResNet50), ("inception_v3", keras.applications.InceptionV3)],
)
def test_a_spec_is_the_application(spec: str, application: object) -> None:
    assert kspec.validate(SPECS / f"{spec}.yaml") == []
    ours = kspec.build(SPECS / f"{spec}.yaml")
    theirs = application(weights=None)
    assert ours.count_params() == theirs.count_params()
    assert layers(ours) == layers(theirs)
    assert [weight.trainable for weight in ours.weights] == [weight.trainable for weight in theirs.weights]
    ours.set_weights(theirs.get_weights())
    images = np.random.default_rng(0).random((1, *theirs.input_shape[1:]), dtype="float32")
    np.testing.assert_array_equal(ours(images), theirs(images))


def layers(model: keras.Model) -> list[tuple[str, tuple[int | None, ...], list[tuple[int, ...]]]]:
    """Return class, output shape and shapes of the weights of every layer, in the order of the model."""
    return [
        (type(layer).__name__, tuple(layer.output.shape), [tuple(weight.shape) for weight in layer.weights])
        for layer in model.layers
    ]

"""Adam in one operation: the same rule as Keras', in another rounding."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import kspec
from kspec.engine.stepping.fused import fused, fuses
from kspec.runs.events import Notice

SPEC = """
seed: 3
data: {source: {npz: rows.npz}}
model:
  layers:
    - Dense: {units: 400, activation: relu}
    - Dropout: 0.2
    - Dense: {units: 256, activation: relu}
    - Dense: 3
compile: {optimizer: {OPTIMIZER: {learning_rate: 0.0005}}, loss: {SparseCategoricalCrossentropy: true}JIT}
fit: {epochs: 2, batch_size: 4}
"""


@pytest.fixture
def trained(tmp_path):
    x = np.random.default_rng(0).normal(size=(480, 10)).astype(np.float32)
    np.savez(tmp_path / "rows.npz", x=x, y=x[:, :3].argmax(axis=1))

    def trained(optimizer, jit="", observe=lambda event: None, **overrides):
        text = SPEC.replace("OPTIMIZER", optimizer).replace("JIT", f", jit_compile: {jit}" if jit else "")
        (tmp_path / "spec.yaml").write_text(text)
        overrides = {name.replace("__", "."): value for name, value in overrides.items()}
        return kspec.train(tmp_path / "spec.yaml", runs=tmp_path / "runs", overrides=overrides, observe=observe)

    return trained


@pytest.mark.parametrize("optimizer", ["Adam", "AdamW"])
def test_it_learns_what_keras_adam_learns(trained, optimizer):
    said = []
    run, exact = trained(optimizer, observe=said.append), trained(optimizer, "false")
    assert run.manifest.runtime["steps"]["fused"] and "fused" not in exact.manifest.runtime["steps"]
    assert any(isinstance(event, Notice) and "one operation" in event.text for event in said)
    np.testing.assert_allclose(run.history.series("loss"), exact.history.series("loss"), atol=1e-4)
    pairs = list(zip(run.model(last=True).get_weights(), exact.model(last=True).get_weights(), strict=True))
    assert any((one != other).any() for one, other in pairs)  # or else nothing was fused
    for one, other in pairs:
        np.testing.assert_allclose(one, other, atol=2e-3)


@pytest.mark.parametrize(
    ("optimizer", "overrides"),
    [
        ("SGD", {}),
        ("Adam", {"compile__optimizer.Adam.amsgrad": True}),
        ("Adam", {"fit__batch_size": 300}),
        ("Adam", {"fit__steps_per_epoch": 20}),
        ("Adam", {"model__layers.0.Dense.units": 8}),
    ],
)
def test_other_trainings_keep_the_bits_of_keras(trained, optimizer, overrides):
    assert "fused" not in trained(optimizer, fit__epochs=1, **overrides).manifest.runtime["steps"]


def test_rows_of_an_embedding_are_left_to_keras():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Embedding(10, 4), keras.layers.Flatten()])
    optimizer = keras.optimizers.Adam(0.1)
    optimizer.build(model.trainable_variables)
    before = model.get_weights()[0]
    gradient = tf.IndexedSlices(tf.ones((1, 4)), tf.constant([2]), tf.constant([10, 4]))
    with fused(optimizer):
        optimizer.apply([gradient], model.trainable_variables)
    assert (model.get_weights()[0] != before).any(axis=1).tolist() == [number == 2 for number in range(10)]
    assert "update_step" not in vars(optimizer)


def test_beside_convolutions_it_does_not_pay(trained, tmp_path):
    from kspec.commands.opening import open_spec

    trained("Adam", fit__epochs=1, fit__steps_per_epoch=1)
    spec = open_spec(tmp_path / "spec.yaml").spec
    plain = keras.Sequential([keras.Input((8, 8)), keras.layers.Flatten(), keras.layers.Dense(2000)])
    heavy = keras.Sequential(
        [keras.Input((8, 8)), keras.layers.Conv1D(8, 3), keras.layers.Flatten(), keras.layers.Dense(4000)]
    )
    for model in (plain, heavy):
        model.compile(keras.optimizers.Adam(), "mse")
    assert fuses(spec, plain, 480) and not fuses(spec, heavy, 480)

"""What `kspec bench` measures: the training that `kspec train` does, beside Keras' own, and the arithmetic in it."""

import json
import os
import re
from pathlib import Path

import keras
import numpy as np
import pytest
from typer.testing import CliRunner

from kspec.cli.app import app
from kspec.commands.bench import bench, open_to_bench
from kspec.commands.train import train
from kspec.engine.benching import bench as measuring
from kspec.engine.benching.arithmetic import count_operations

SPEC = """
name: small
seed: 3
data:
  source: {npz: rows.npz}
  inputs: {x: {field: x}, z: {field: z}}
  targets: {a: y, b: z}
model:
  inputs: {x: {shape: [5]}, z: {shape: [3]}}
  layers:
    - Concatenate:
      from: [x, z]
    - Dense: {units: 8, activation: relu}
    - Dropout: 0.2
      name: body
    - Dense: {units: 2, activation: softmax}
      from: body
      name: a
    - Dense: 3
      from: body
      name: b
  outputs: [a, b]
compile: {loss: {a: sparse_categorical_crossentropy, b: mse}}
fit: {batch_size: 16, validation_split: 0.2, class_weight: {a: {0: 1, 1: 3}}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a spec of two inputs, two outputs and class weights, in which commands are run."""
    random = np.random.default_rng(0)
    x = random.normal(size=(125, 5)).astype(np.float32)
    folder = tmp_path_factory.mktemp("bench")
    np.savez(folder / "rows.npz", x=x, y=(x.sum(axis=1) > 0).astype(np.int64), z=x[:, :3] ** 2)
    (folder / "spec.yaml").write_text(SPEC)
    before = Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(before)


def test_both_ways_learn_what_a_training_learns(folder):
    found = bench(open_to_bench("spec.yaml"), epochs=2)
    trained = train("spec.yaml", epochs=3, runs=folder / "trained").history.series("loss")
    assert found.kspec.loss == pytest.approx(trained[-1], rel=1e-6)  # the first epoch is not counted
    assert found.fit.loss == found.kspec.loss
    assert len(found.kspec.seconds) == len(found.fit.seconds) == len(found.kspec.validation) == 2
    assert found.ratio.least <= found.ratio.median <= found.ratio.most
    assert (found.path.kind, found.path.rule) == ("loop", "`Dropout` would draw other random numbers than in Keras")
    assert (found.size.rows, found.size.steps, found.size.all_steps) == (100, 7, 7)
    assert list(found.to_first_step) == ["start", "data", "build", "first call"]
    dense = 8 * 8 * 2 + 8 * (2 + 3) * 3  # no gradient is wanted of what goes in
    assert found.arithmetic.row == 2 * dense
    assert found.arithmetic.achieved == pytest.approx(2 * dense * 100 / found.epoch.median)
    assert found.arithmetic.peak > found.arithmetic.achieved
    assert not (folder / "runs").exists()


def test_streams_are_timed_with_what_they_wait_for(folder):
    result = CliRunner().invoke(app, ["bench", "spec.yaml", "--set", "runtime.memory=1 kB", "--epochs", "1"])
    assert result.exit_code == 0, result.output
    lines = {line[:11].strip(): line[12:] for line in result.stdout.splitlines()}
    assert lines["steps"] == "many in one call of TensorFlow, over rows read meanwhile"
    assert 0 < float(re.fullmatch(r"for rows: (.+)% of the time", lines["waiting"])[1]) < 100
    assert lines["Keras' fit"].startswith("not timed: rows that do not fit into memory")
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_long_epochs_are_shortened(folder, monkeypatch):
    monkeypatch.setattr(measuring, "LONGEST", 1e-6)
    found = bench(open_to_bench("spec.yaml"), epochs=1)
    assert (found.size.steps, found.size.rows, found.size.all_steps) == (1, 16, 7)
    assert "epochs have 1 of 7 steps, and no validation" in found.notices[0]
    assert found.fit.loss == found.kspec.loss


def test_the_command_writes_a_record(folder):
    run = train("spec.yaml", epochs=1, runs=folder / "trained")
    asked = ["bench", run.path.name, "--runs", "trained", "--steps", "3", "--epochs", "1", "--no-against-fit"]
    result = CliRunner().invoke(app, [*asked, "--json", "--set", "callbacks=[TerminateOnNaN]"])
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert record["name"] == run.path.name
    assert (record["size"]["steps"], record["fit"], record["without_fit"]) == (3, None, "not asked for")
    assert record["rows_per_second"] == pytest.approx(48 / record["epoch"]["median"])
    assert any("TerminateOnNaN is to see every step" in text for text in record["notices"])


LAYERS = keras.layers
IMAGE = 6 * 6 * 8  # what a filter of 3 by 3 leaves of 8 by 8 pixels, for 8 channels


@pytest.mark.parametrize(
    ("shape", "layers", "products"),
    [
        # A layer that is fed data takes two products of its size, any other one three.
        ((8, 8, 3), [LAYERS.Conv2D(8, 3), LAYERS.Flatten()], 2 * IMAGE * 27 + 3 * IMAGE),
        ((8, 8, 3), [LAYERS.Reshape((8, 8, 3)), LAYERS.Conv2D(8, 3), LAYERS.Flatten()], 2 * IMAGE * 27 + 3 * IMAGE),
        (
            (8, 8, 3),
            [LAYERS.Conv2D(8, 3), LAYERS.DepthwiseConv2D(3), LAYERS.Flatten()],
            2 * IMAGE * 27 + 3 * (4 * 4 * 8) * (9 + 1),
        ),
        # Of the first step no gradient of the state before it is wanted.
        ((7, 4), [LAYERS.LSTM(5)], 2 * 7 * 4 * 20 + (3 * 7 - 1) * 5 * 20 + 3 * 5),
        ((7, 4), [LAYERS.EinsumDense("...tf,fg->...tg", (7, 5)), LAYERS.Flatten()], 2 * 7 * 4 * 5 + 3 * 35),
    ],
)
def test_products_are_counted_as_by_hand(shape, layers, products):
    model = keras.Sequential([keras.Input(shape), *layers, LAYERS.Dense(1)])
    model.compile("adam", "mse")
    batch = np.ones((3, *shape), np.float32), np.ones((3, 1), np.float32)
    assert count_operations(model, batch) == (3 * 2 * products, "")


def test_what_cannot_be_counted_says_why():
    model = keras.Sequential([keras.Input((2,)), LAYERS.Rescaling(2.0), LAYERS.Normalization(), LAYERS.PReLU()])
    model.compile("adam", "mse")
    batch = np.ones((3, 2), np.float32), np.ones((3, 2), np.float32)
    assert count_operations(model, batch) == (None, "it has no matrix products and no convolutions")

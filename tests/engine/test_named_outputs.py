"""Losses and metrics belong to the outputs that they are named for, in whatever order anything is written."""

import itertools

import numpy as np
import pytest

from kspec.commands.opening import open_spec
from kspec.engine.building.build import build, read_data
from kspec.engine.feeding import feed_of

OUTPUTS = {
    "alpha": ("{Dense: {units: 3, activation: softmax, name: alpha}}", "sparse_categorical_crossentropy", "accuracy"),
    "mid": ("{Dense: {units: 1, name: mid}}", "mse", "mae"),
    "zeta": ("{Dense: {units: 1, activation: sigmoid, name: zeta}}", "binary_crossentropy", "binary_accuracy"),
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    random = np.random.default_rng(0)
    rows = {
        "x": random.normal(size=(50, 4)).astype(np.float32), "alpha": random.integers(0, 3, 50),
        "mid": random.normal(size=50).astype(np.float32), "zeta": random.integers(0, 2, 50).astype(np.float32),
    }  # fmt: skip
    file = tmp_path_factory.mktemp("rows") / "rows.npz"
    np.savez(file, **rows)
    return file, rows


def spec_of(file, order):
    """Return a spec with three outputs, in an order in the model, and in two others where they are compiled and fed."""
    first, second, third = order
    layers = "\n".join(
        f"    - {{Dense: {{units: 5}}, name: to_{name}, from: x}}\n    - {OUTPUTS[name][0]}" for name in order
    )
    targets = ", ".join(f"{name}: {name}" for name in reversed(order))
    losses = ", ".join(f"{name}: {OUTPUTS[name][1]}" for name in (third, first, second))
    metrics = ", ".join(f"{name}: [{OUTPUTS[name][2]}]" for name in (second, third, first))
    return f"""
seed: 3
data: {{source: {{npz: {file}}}, inputs: {{x: x}}, targets: {{{targets}}}}}
model:
  inputs: {{x: [4]}}
  outputs: [{", ".join(order)}]
  layers:
{layers}
compile: {{optimizer: {{SGD: 0.1}}, loss: {{{losses}}}, metrics: {{{metrics}}}}}
fit: {{epochs: 1, batch_size: 16, validation_split: 0.4}}
"""


def by_hand(rows, predicted):
    """Return the losses and metrics of the last twenty rows, computed by NumPy."""
    alpha, mid, zeta = rows["alpha"][30:], rows["mid"][30:], rows["zeta"][30:]
    likely, value, chance = predicted["alpha"][30:], predicted["mid"][30:, 0], predicted["zeta"][30:, 0]
    return {
        "alpha_loss": -np.log(likely[np.arange(20), alpha]).mean(),
        "alpha_accuracy": (likely.argmax(axis=1) == alpha).mean(),
        "mid_loss": ((value - mid) ** 2).mean(),
        "mid_mae": np.abs(value - mid).mean(),
        "zeta_loss": -(zeta * np.log(chance) + (1 - zeta) * np.log(1 - chance)).mean(),
        "zeta_binary_accuracy": ((chance > 0.5) == zeta).mean(),
    }


@pytest.mark.parametrize("order", list(itertools.permutations(OUTPUTS)), ids="-".join)
def test_three_outputs_in_any_order(rows, order, tmp_path):
    file, values = rows
    (tmp_path / "spec.yaml").write_text(spec_of(file, order), encoding="utf-8")
    spec = open_spec(tmp_path / "spec.yaml").spec
    data = read_data(spec, folder=tmp_path, seed=3)
    model = build(spec, data)
    x, y, *_ = feed_of(data.parts["validation"].sample, model, spec)
    found = model.evaluate(x, y, batch_size=20, return_dict=True, verbose=0)
    predicted = {name: np.asarray(value) for name, value in model(values["x"]).items()}
    expected = by_hand(values, predicted)
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-5)
    assert found["loss"] == pytest.approx(sum(value for name, value in expected.items() if "loss" in name), abs=1e-5)

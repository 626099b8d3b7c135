"""Weights of rows weigh whole rows, also where the loss has a number for every step of a sequence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import kspec

SPEC = """
data: {{source: {{npz: rows.npz}}, inputs: x, targets: y, sample_weight: w}}
model:
  layers:
    - Dense: {{units: 4, activation: tanh}}
    - Dense: {{units: {units}, activation: {activation}}}
compile: {{optimizer: {{SGD: 1e-9}}, loss: {loss}, weighted_metrics: [{metric}]}}
fit: {{batch_size: {batch_size}}}
"""
STEPS, ROWS = 5, 40


@pytest.mark.parametrize("batch_size", [STEPS, 8])
@pytest.mark.parametrize(
    ("units", "activation", "loss", "metric"),
    [(1, "linear", "mse", "mae"), (3, "softmax", "sparse_categorical_crossentropy", "accuracy")],
)
def test_rows_that_weigh_nothing_do_not_count(
    units: int, activation: str, loss: str, metric: str, batch_size: int, tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, STEPS, 3)).astype("float32")
    y = random.normal(size=(ROWS, STEPS, 1)) if units == 1 else random.integers(0, 3, (ROWS, STEPS))
    weights = (np.arange(ROWS) % 4 == 0).astype("float32")
    np.savez(tmp_path / "rows.npz", x=x, y=y, w=weights)
    spec = tmp_path / "spec.yaml"
    text = SPEC.format(units=units, activation=activation, loss=loss, metric=metric, batch_size=batch_size)
    spec.write_text(text, encoding="utf-8")
    run = kspec.train(spec, runs=tmp_path / "runs")

    chosen = weights > 0
    model = run.model(last=True)
    model.compile(loss=loss, metrics=[metric])
    expected = model.evaluate(x[chosen], y[chosen], verbose=0, return_dict=True)
    (row,) = run.history.rows
    assert row["loss"] == pytest.approx(expected["loss"] * weights.mean(), rel=1e-4)
    assert row[metric] == pytest.approx(expected[metric], rel=1e-4)

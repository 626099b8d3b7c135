"""Losses of weighted rows, held against the same sums in NumPy, for every way to weigh."""

import itertools

import numpy as np
import pytest

from kspec import catalogue
from kspec.data.prepare import prepare
from kspec.engine.building.build import build
from kspec.engine.building.instantiate import instantiate
from kspec.engine.feeding import feed_of
from kspec.engine.predicting.judging import Judge
from kspec.spec.checking import read_spec
from kspec.spec.reading import read_text

ROWS, CLASSES = 60, 3
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(ROWS, 4)).astype(np.float32)
KINDS = RANDOM.choice(CLASSES, ROWS, p=[0.6, 0.3, 0.1])
AMOUNT = RANDOM.normal(size=ROWS).astype(np.float32)
TRUST = RANDOM.uniform(0, 2, ROWS).astype(np.float32)
AGE = RANDOM.integers(0, 100, ROWS)

CLASS_WEIGHTS = {
    "none": ("null", np.ones(ROWS)),
    "by label": ("{1: 2.5, 2: 0.25}", np.array([1.0, 2.5, 0.25])[KINDS]),
    "balanced": ("balanced", (ROWS / (CLASSES * np.bincount(KINDS)))[KINDS]),
}
FIELDS = {"none": ("null", np.ones(ROWS)), "field": ("trust", TRUST)}
RULES = {
    "none": ("[]", np.ones(ROWS)),
    "rules": (
        "[{when: {age: {min: 18, max: 64}}, weight: 3.0}, {when: {kind: [0, 2]}, weight: 0.5}]",
        np.where((AGE >= 18) & (AGE <= 64), 3.0, 1.0) * np.where(np.isin(KINDS, [0, 2]), 0.5, 1.0),
    ),
}
EVERY = list(itertools.product(CLASS_WEIGHTS, FIELDS, RULES))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    arrays = {"x": X, "kind": KINDS, "one_hot": np.eye(CLASSES, dtype=np.float32)[KINDS], "amount": AMOUNT}
    np.savez(folder / "rows.npz", **arrays, trust=TRUST, age=AGE)
    return folder


def weighted(folder, text):
    """Return what Keras makes of all training rows in one batch, beside what the model says and what is true."""
    document = read_text("spec.yaml", text)
    reading = read_spec(document, catalogue.load())
    assert reading.spec is not None, [str(problem) for problem in reading.problems]
    spec = reading.spec
    data = prepare(spec, spec.data, folder=folder, seed=0, make_layer=instantiate)
    model = build(spec, data)
    x, y, *weights = feed_of(data.train, model, spec)
    rows = {"sample_weight": weights[0] if weights else None, "batch_size": ROWS}
    return model.evaluate(x, y, **rows, verbose=0, return_dict=True), Judge(spec, model, batch_size=ROWS)(
        data.train, list(spec.graph.outputs)
    )[1]


def crossentropy(probabilities):
    return -np.log(probabilities[np.arange(ROWS), KINDS].astype(np.float64))


@pytest.mark.parametrize("form", ["sparse", "one-hot"])
@pytest.mark.parametrize(("by_class", "field", "rules"), EVERY)
def test_one_output(folder, form, by_class, field, rules):
    loss, target = (
        ("sparse_categorical_crossentropy", "kind") if form == "sparse" else ("categorical_crossentropy", "one_hot")
    )
    found, given = weighted(
        folder,
        f"""
data: {{source: {{npz: rows.npz}}, inputs: x, targets: {target}, sample_weight: {FIELDS[field][0]}}}
model: {{input: {{shape: [4]}}, layers: [{{Dense: {{units: 3, activation: softmax, name: kinds}}}}]}}
compile: {{loss: {loss}, run_eagerly: true}}
fit: {{class_weight: {CLASS_WEIGHTS[by_class][0]}, sample_weight: {RULES[rules][0]}}}
""",
    )
    weights = CLASS_WEIGHTS[by_class][1] * FIELDS[field][1] * RULES[rules][1]
    expected = (crossentropy(given.outputs["kinds"]) * weights).sum() / ROWS
    assert found["loss"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("by_class", "field", "rules"), EVERY)
def test_two_outputs(folder, by_class, field, rules):
    class_weight = "null" if by_class == "none" else f"{{kinds: {CLASS_WEIGHTS[by_class][0]}}}"
    losses = "{kinds: sparse_categorical_crossentropy, amount: mse}"
    found, given = weighted(
        folder,
        f"""
data:
  source: {{npz: rows.npz}}
  inputs: x
  targets: {{kinds: kind, amount: amount}}
  sample_weight: {"null" if field == "none" else "{amount: trust}"}
model:
  input: {{shape: [4], name: x}}
  layers:
    - Dense: {{units: 3, activation: softmax, name: kinds}}
    - Dense: {{units: 1, name: amount}}
      from: x
  outputs: [kinds, amount]
compile: {{loss: {losses}, loss_weights: {{kinds: 1.0, amount: 0.3}}, run_eagerly: true}}
fit: {{class_weight: {class_weight}, sample_weight: {RULES[rules][0]}}}
""",
    )
    kinds = crossentropy(given.outputs["kinds"]) * CLASS_WEIGHTS[by_class][1] * RULES[rules][1]
    amount = (given.outputs["amount"][:, 0].astype(np.float64) - AMOUNT) ** 2 * FIELDS[field][1] * RULES[rules][1]
    assert found["loss"] == pytest.approx(kinds.mean() + 0.3 * amount.mean(), rel=1e-6)

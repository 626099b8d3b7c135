"""Judging: loss, metrics and predictions from one look at the rows, held against `evaluate` and `predict` of Keras."""

import keras
import numpy as np
import pytest

import kspec
from kspec import catalogue
from kspec.data.prepare import prepare
from kspec.engine.building.build import build
from kspec.engine.building.instantiate import instantiate
from kspec.engine.feeding import feed_of
from kspec.engine.predicting.judging import Judge
from kspec.engine.predicting.step_rows import judged_at_once, predicted_at_once
from kspec.spec.checking import read_spec
from kspec.spec.reading import read_text

ROWS = 203

DENSE = """
  layers:
    - Dense: {units: 8, activation: relu}
    - BatchNormalization
    - Dropout: 0.3
    - LAYER
    - Dense: {units: 1, activation: sigmoid}
"""
PLAIN = f"""
data: {{source: {{npz: rows.npz}}, inputs: x, targets: yes, sample_weight: w}}
model:{DENSE}
compile: {{loss: LOSS, metrics: METRICS, weighted_metrics: [AUC]}}
fit: {{batch_size: 16, validation_batch_size: 24}}
"""
USUAL = {"LAYER": "LayerNormalization", "LOSS": "binary_crossentropy", "METRICS": "[accuracy, Precision]"}
SEVERAL = """
data: {source: {npz: rows.npz}, inputs: x, targets: {kind: kind, amount: amount}}
model:
  layers:
    - Dense: {units: 8, activation: tanh}
      name: hidden
    - Dense: {units: 3, activation: softmax}
      name: kind
    - Dense: 1
      from: hidden
      name: amount
  outputs: [kind, amount]
compile: {loss: {kind: sparse_categorical_crossentropy, amount: mse}, metrics: {kind: accuracy, amount: mae}}
fit: {batch_size: 16}
"""
MASKED = """
data: {source: {npz: rows.npz}, inputs: ids, targets: each}
model:
  layers:
    - Embedding: {input_dim: 9, output_dim: 4, mask_zero: true}
    - Dense: {units: 1, activation: sigmoid}
compile: {loss: binary_crossentropy, weighted_metrics: [accuracy]}
fit: {batch_size: 16}
"""

PICTURES = """
data: {source: {npz: rows.npz}, inputs: {field: picture, preprocess: [{Rescaling: 0.01}]}, targets: kind}
model: {layers: [Flatten, {Dense: {units: 3, activation: softmax}}]}
compile: {loss: sparse_categorical_crossentropy, metrics: accuracy}
fit: {batch_size: 16}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judging")
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, 6)).astype(np.float32)
    ids = random.integers(0, 9, (ROWS, 5))
    arrays = {"x": x, "yes": (x.sum(axis=1) > 0).astype(np.float32), "kind": random.integers(0, 3, ROWS)}
    arrays |= {"amount": random.normal(size=ROWS).astype(np.float32), "w": random.uniform(0, 2, ROWS), "ids": ids}
    arrays["picture"] = random.integers(0, 256, (ROWS, 4, 4, 1), np.uint8)
    np.savez(folder / "rows.npz", **arrays, each=(ids % 2).astype(np.float32)[..., None])
    return folder


def made(folder, text, **changes):
    """Return a spec, its data and its model, whose weights are as they were drawn."""
    for name, value in changes.items():
        text = text.replace(name, value)
    reading = read_spec(read_text("spec.yaml", text), catalogue.load())
    assert reading.spec is not None, [str(problem) for problem in reading.problems]
    data = prepare(reading.spec, reading.spec.data, folder=folder, seed=0, make_layer=instantiate)
    keras.utils.set_random_seed(1)
    return reading.spec, data, build(reading.spec, data)


SPECS = {
    "rows that add up": (PLAIN, USUAL, 16_384),
    "a size that is said": (PLAIN + "evaluate: {batch_size: 10}\n", USUAL, 10),
    "several outputs": (SEVERAL, {}, 16),
    "pictures of bytes": (PICTURES, {}, 16_384),
    "a mask": (MASKED, {}, 16),
    "a loss of a batch": (PLAIN, USUAL | {"LOSS": "Dice"}, 24),
    "a sum": (PLAIN, USUAL | {"LOSS": "{BinaryCrossentropy: {reduction: sum}}"}, 24),
    "penalties": (PLAIN, USUAL | {"LAYER": "ActivityRegularization: {l1: 0.1}"}, 24),
    "an op over rows": (PLAIN, USUAL | {"LAYER": "ops.cumsum: {axis: 0}"}, 24),
    "one array after another": (PLAIN + "runtime: {memory: 1 kB}\n", USUAL, 24),
}


@pytest.mark.parametrize("name", SPECS)
def test_judging_gives_what_keras_gives(folder, name):
    text, changes, size = SPECS[name]
    spec, data, model = made(folder, text, **changes)
    assert judged_at_once(spec, model) == size
    found, said = Judge(spec, model)(data.train, list(spec.graph.outputs))
    held = next(iter(data.train.pieces()))
    x, y, *weights = keras.tree.map_structure(np.asarray, feed_of(held, model, spec))
    wanted = model.evaluate(
        x, y, sample_weight=weights[0] if weights else None, batch_size=size, verbose=0, return_dict=True
    )
    assert found.keys() == wanted.keys()
    for metric, value in wanted.items():
        assert found[metric] == pytest.approx(value, abs=1e-6), metric
    outputs = model.predict(x, batch_size=size, verbose=0)
    for output, values in (outputs if isinstance(outputs, dict) else {"output": outputs}).items():
        np.testing.assert_allclose(next(iter(said.outputs.values())) if output == "output" else said.outputs[output],
                                   values, atol=1e-6)  # fmt: skip
    for output, targets in held.y.items():
        np.testing.assert_array_equal(said.targets[output], targets)
        if weights:
            np.testing.assert_array_equal(said.weights[output], held.weights[output])


def test_a_model_is_judged_again_from_nothing(folder):
    spec, data, model = made(folder, PLAIN, **USUAL)
    judge = Judge(spec, model)
    first, _ = judge(data.train, [])
    again, _ = judge(data.train, ["output"])
    assert first == again
    assert judge(data.train.take(slice(50)), [])[0] != first


def test_callbacks_see_every_step(folder):
    seen = []

    class Watch(keras.callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            seen.append(batch)

    spec, data, model = made(folder, PLAIN, **USUAL)
    found, _ = Judge(spec, model, callbacks=[Watch()])(data.train, [])
    assert seen == list(range(-(-ROWS // 24)))
    assert found == pytest.approx(Judge(spec, model)(data.train, [])[0], abs=1e-6)


@pytest.mark.parametrize("text", [PLAIN, SEVERAL])
def test_validation_rows_are_judged_as_in_training(folder, tmp_path, text):
    for name, value in USUAL.items():
        text = text.replace(name, value)
    text = text.replace("npz: rows.npz", f"npz: {folder / 'rows.npz'}")
    text = text.replace("fit: {", "fit: {epochs: 2, validation_split: 0.4, ")
    (tmp_path / "spec.yaml").write_text(f"seed: 4\n{text}")
    run = kspec.train(tmp_path / "spec.yaml", runs=tmp_path)
    best = next(row for row in run.history.rows if row["epoch"] == run.manifest.best["epoch"])
    logged = {name.removeprefix("val_"): value for name, value in best.items() if name.startswith("val_")}
    assert kspec.evaluate(run, part="validation") == pytest.approx(logged, abs=1e-6)
    assert {name: run.results[f"validation.{name}"] for name in logged} == pytest.approx(logged, abs=1e-6)


def test_how_many_rows_are_predicted_at_once(folder):
    for changes, size in (
        ({}, 16_384),
        ({"LAYER": "Dense: 300000"}, 256),
        ({"LAYER": "Dense: 20000"}, 512),
        ({"LAYER": "ops.cumsum: {axis: 0}"}, 256),
    ):
        spec, _, model = made(folder, PLAIN, **(USUAL | changes))
        assert predicted_at_once(spec, model) == size, changes
    spec, _, model = made(folder, PLAIN + "runtime: {memory: 100 kB}\n", **USUAL)
    assert predicted_at_once(spec, model) == 256
    spec, _, model = made(folder, PLAIN + "predict: {batch_size: 7}\n", **USUAL)
    assert predicted_at_once(spec, model) == 7

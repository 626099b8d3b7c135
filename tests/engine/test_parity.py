"""A spec's model trains exactly as the Keras program that a user would write by hand.

The hand-written programs below know nothing of kspec but the published rule of the row order.
"""

from pathlib import Path

import numpy as np
import pytest

import kspec

SEED = 11
EPOCHS = 2
BATCH = 32


def write(folder: Path, text: str) -> Path:
    path = folder / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def fit_by_hand(model, x, y, *, rows, weights=None):
    """Train epoch by epoch with Keras' own `fit`, the rows put in order by hand, and return the history."""
    pick = lambda data, order: {k: v[order] for k, v in data.items()} if isinstance(data, dict) else data[order]  # noqa: E731
    history: dict[str, list[float]] = {}
    for epoch in range(EPOCHS):
        order = np.random.default_rng([SEED, epoch]).permutation(rows)
        found = model.fit(
            pick(x, order),
            pick(y, order),
            sample_weight=None if weights is None else pick(weights, order),
            batch_size=BATCH,
            shuffle=False,
            verbose=0,
        )
        for name, values in found.history.items():
            history.setdefault(name, []).extend(values)
    return history


def assert_same(run, model, history):
    trained = run.model(last=True)
    for ours, theirs in zip(trained.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for name, values in history.items():
        np.testing.assert_array_equal(np.float32(run.history.series(name)), np.float32(values), err_msg=name)


def digits():
    from sklearn.datasets import load_digits

    found = load_digits()
    x = np.round(found.images / 16 * 255).astype("uint8")
    return x, found.target.astype("int64")


@pytest.fixture
def digits_npz(tmp_path):
    x, y = digits()
    np.savez(tmp_path / "digits.npz", x=x, y=y)
    return x, y


def test_mlp_with_dropout(tmp_path, digits_npz):
    import keras

    x, y = digits_npz
    spec = write(
        tmp_path,
        f"""
seed: {SEED}
data:
  source: {{npz: digits.npz}}
  inputs: {{field: x, preprocess: [{{Rescaling: 0.00392156862745098}}, {{Reshape: [64]}}]}}
model:
  input: {{shape: [64]}}
  layers:
    - Dense: {{units: 32, activation: relu, kernel_regularizer: {{L2: 1e-4}}}}
    - Dropout: 0.3
    - Dense: {{units: 10, activation: softmax}}
compile: {{optimizer: {{Adam: {{learning_rate: 0.01}}}}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}}
fit: {{epochs: {EPOCHS}, batch_size: {BATCH}}}
""",
    )
    run = kspec.train(spec, runs=tmp_path / "runs")

    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(32, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-4)),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    scaled = (x.astype("float32") * np.float32(0.00392156862745098)).reshape(-1, 64)
    assert_same(run, model, fit_by_hand(model, scaled, y, rows=len(x)))


def test_cnn_with_batch_normalization_and_validation(tmp_path, digits_npz):
    import keras

    x, y = digits_npz
    spec = write(
        tmp_path,
        f"""
seed: {SEED}
data:
  source: {{npz: digits.npz}}
  inputs: {{field: x, preprocess: [{{Reshape: [8, 8, 1]}}]}}
model:
  layers:
    - Conv2D: {{filters: 8, kernel_size: 3, padding: same, activation: relu}}
    - BatchNormalization
    - MaxPooling2D: 2
    - Flatten
    - Dense: {{units: 10}}
compile:
  optimizer: {{SGD: {{learning_rate: 0.01, momentum: 0.9, nesterov: true}}}}
  loss: {{SparseCategoricalCrossentropy: {{from_logits: true}}}}
  metrics: [SparseCategoricalAccuracy]
fit: {{epochs: {EPOCHS}, batch_size: {BATCH}, validation_split: 0.2}}
""",
    )
    run = kspec.train(spec, runs=tmp_path / "runs")

    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True),
        loss,
        metrics=[keras.metrics.SparseCategoricalAccuracy()],
    )
    images = x[..., None].astype("float32")
    cut = int(len(x) * (1 - 0.2))
    history = fit_by_hand(model, images[:cut], y[:cut], rows=cut)
    assert_same(run, model, history)
    judged = model.evaluate(images[cut:], y[cut:], batch_size=BATCH, verbose=0, return_dict=True)
    assert run.history.rows[-1]["val_loss"] == pytest.approx(judged["loss"], abs=1e-6)


def test_two_inputs_two_outputs_shared_by_name(tmp_path):
    import keras

    random = np.random.default_rng(0)
    words = random.integers(0, 50, (300, 12)).astype("int32")
    extra = random.normal(size=(300, 5)).astype("float32")
    label = (extra[:, 0] > 0).astype("float32")
    number = extra.sum(axis=1)
    np.savez(tmp_path / "rows.npz", words=words, extra=extra, label=label, number=number)
    spec = write(
        tmp_path,
        f"""
seed: {SEED}
data:
  source: {{npz: rows.npz}}
  inputs: {{words: words, extra: extra}}
  targets: {{label: label, number: number}}
model:
  inputs:
    words: {{shape: [12], dtype: int32}}
    extra: {{shape: [5]}}
  layers:
    - Embedding: {{input_dim: 50, output_dim: 8}}
      from: words
    - LSTM: 6
      name: encoded
    - Dense: {{units: 1, activation: sigmoid}}
      name: label
    - Concatenate:
      from: [encoded, extra]
    - Dense: {{units: 8, activation: relu}}
      repeat: 2
    - Dense: 1
      name: number
  outputs: [number, label]
compile:
  optimizer: rmsprop
  loss: {{label: binary_crossentropy, number: mse}}
  loss_weights: {{label: 0.2, number: 1.0}}
  metrics: {{label: [accuracy], number: [mae]}}
fit: {{epochs: {EPOCHS}, batch_size: {BATCH}, class_weight: {{label: {{1: 3.0}}}}}}
""",
    )
    run = kspec.train(spec, runs=tmp_path / "runs")

    keras.utils.set_random_seed(SEED)
    words_in = keras.Input((12,), dtype="int32", name="words")
    extra_in = keras.Input((5,), name="extra")
    embedded = keras.layers.Embedding(50, 8)(words_in)
    encoded = keras.layers.LSTM(6)(embedded)
    label_out = keras.layers.Dense(1, activation="sigmoid", name="label")(encoded)
    merged = keras.layers.Concatenate()([encoded, extra_in])
    for _ in range(2):
        merged = keras.layers.Dense(8, activation="relu")(merged)
    number_out = keras.layers.Dense(1, name="number")(merged)
    model = keras.Model({"words": words_in, "extra": extra_in}, {"number": number_out, "label": label_out})
    model.compile(
        "rmsprop",
        loss={"number": "mse", "label": "binary_crossentropy"},
        loss_weights={"number": 1.0, "label": 0.2},
        metrics={"number": ["mae"], "label": ["accuracy"]},
    )
    weights = {"number": np.ones(300, "float32"), "label": np.where(label == 1, 3.0, 1.0).astype("float32")}
    targets = {"number": number.astype("float32"), "label": label}
    history = fit_by_hand(model, {"words": words, "extra": extra}, targets, rows=300, weights=weights)
    assert_same(run, model, history)


def test_every_epoch_has_an_order_of_its_own(tmp_path):
    """Keras, once seeded, repeats one order for ever; the order here is told by a model that cannot learn."""
    import tensorflow as tf

    from kspec.data.order import TrainingRows, permutation

    rows = np.arange(10, dtype="float32")
    given = TrainingRows((rows, rows), batch_size=4, seed=3, shuffle=True)
    seen = []
    for epoch in range(3):
        given.begin(epoch)
        seen.append(np.concatenate([x.numpy() for x, _ in given.dataset]).astype(int).tolist())
        assert seen[-1] == permutation(3, epoch, 10).tolist()
    assert len({tuple(order) for order in seen}) == 3
    assert given.dataset.cardinality() == tf.constant(3, tf.int64)

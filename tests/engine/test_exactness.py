"""Weights, several outputs, schedules and callbacks: to the last bit what one call of `keras.Model.fit` gives.

The program written by hand knows nothing of kspec but the published rule of the row order.
"""

import keras
import numpy as np
import pytest

from kspec.commands.train import resume, train
from kspec.runs.events import EpochEnded

SEED, BATCH, EPOCHS, ROWS = 11, 16, 6, 200

SPEC = f"""
seed: {SEED}
data: {{train: {{npz: rows.npz}}, validation: {{npz: more.npz}}, inputs: x, targets: {{kind: kind, size: size}}WEIGHT}}
model:
  layers:
    - Dense: {{units: 16, activation: relu}}
    - Dropout: 0.2
      name: dropped
    - Dense: {{units: 3, activation: softmax}}
      name: kind
    - Dense: 1
      name: size
      from: dropped
  outputs: [kind, size]
compile:
  optimizer: {{Adam: {{learning_rate: RATE}}}}
  loss: {{kind: sparse_categorical_crossentropy, size: mse}}
  loss_weights: {{kind: 1.0, size: 0.5}}
  metrics: {{kind: [accuracy], size: [mae]}}
  jit_compile: false
fit: {{epochs: {EPOCHS}, batch_size: {BATCH}FIT}}
callbacks: [CALLBACKS]
"""
DECAY = "{ExponentialDecay: {initial_learning_rate: 0.02, decay_steps: 5, decay_rate: 0.9}}"
STOPPING = "{EarlyStopping: {monitor: val_loss, patience: 1, min_delta: 0.08, restore_best_weights: true}}"
PLATEAU = "{ReduceLROnPlateau: {monitor: val_loss, factor: 0.5, patience: 1, min_delta: 0.3}}"


def rows(seed, count):
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, 6)).astype(np.float32)
    kind = np.digitize(x[:, 0] + x[:, 1], [-0.5, 0.5])
    size = (x.sum(axis=1, keepdims=True) + random.normal(size=(count, 1))).astype(np.float32)
    return {"x": x, "kind": kind, "size": size, "w": random.uniform(0.5, 2, count).astype(np.float32)}


class InOrder(keras.utils.PyDataset):
    """Batches in the order of seed and epoch."""

    def __init__(self, data, by_class, by_row):
        super().__init__()
        self.data, self.epoch = data, 0
        weights = np.ones(len(data["x"]), np.float32)
        weights = weights * data["w"] if by_row else weights
        kind = weights * np.array(by_class, np.float32)[data["kind"]] if by_class else weights
        self.weights = {"kind": kind, "size": weights} if by_class or by_row else None

    def __len__(self):
        return -(-ROWS // BATCH)

    def __getitem__(self, step):
        chosen = np.random.default_rng([SEED, self.epoch]).permutation(ROWS)[step * BATCH : (step + 1) * BATCH]
        y = {name: self.data[name][chosen] for name in ("kind", "size")}
        if self.weights is None:
            return self.data["x"][chosen], y
        return self.data["x"][chosen], y, {name: values[chosen] for name, values in self.weights.items()}


def by_hand(rate, callbacks, by_class, by_row, validation_weights):
    keras.utils.set_random_seed(SEED)
    start = x = keras.Input((6,), name="x")
    x = keras.layers.Dense(16, activation="relu")(x)
    x = keras.layers.Dropout(0.2)(x)
    outputs = {
        "kind": keras.layers.Dense(3, activation="softmax", name="kind")(x),
        "size": keras.layers.Dense(1, name="size")(x),
    }
    model = keras.Model(start, outputs)
    model.compile(
        keras.optimizers.Adam(rate), {"kind": "sparse_categorical_crossentropy", "size": "mse"},
        loss_weights={"kind": 1.0, "size": 0.5}, metrics={"kind": ["accuracy"], "size": ["mae"]}, jit_compile=False,
    )  # fmt: skip
    other = rows(2, 50)
    validation = (other["x"], {"kind": other["kind"], "size": other["size"]})
    if validation_weights:
        validation = (*validation, {"kind": other["w"], "size": other["w"]})
    found = InOrder(rows(1, ROWS), by_class, by_row)
    counting = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: setattr(found, "epoch", epoch))
    history = model.fit(
        found, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[counting, *callbacks()],
        validation_data=validation, validation_batch_size=BATCH,
    )  # fmt: skip
    return model, history.history


@pytest.fixture
def spec(tmp_path):
    np.savez(tmp_path / "rows.npz", **rows(1, ROWS))
    np.savez(tmp_path / "more.npz", **rows(2, 50))

    def spec(rate="0.01", callbacks="", fit="", weight=""):
        text = SPEC.replace("RATE", rate).replace("CALLBACKS", callbacks).replace("FIT", fit).replace("WEIGHT", weight)
        (tmp_path / "spec.yaml").write_text(text)
        return tmp_path / "spec.yaml"

    return spec


def assert_same(run, model, history):
    rule = "`jit_compile: false` in the spec"
    assert run.manifest.runtime["steps"] == {"kind": "loop", "compiled": False, "rule": rule}
    for ours, theirs in zip(run.model(last=True).get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert len(run.history.rows) == len(history["loss"])
    for name, values in history.items():
        np.testing.assert_array_equal(np.float32(run.history.series(name)), np.float32(values), err_msg=name)


CASES = {
    "plain": ({}, list, 0.01, None, False),
    "a hook for every batch": ({"callbacks": "TerminateOnNaN"}, list, 0.01, None, False),
    "class weights": ({"fit": ", class_weight: {kind: {0: 2.0, 2: 0.5}}"}, list, 0.01, [2.0, 1.0, 0.5], False),
    "row weights": ({"weight": ", sample_weight: w"}, list, 0.01, None, True),
    "both": (
        {"weight": ", sample_weight: w", "fit": ", class_weight: {kind: {1: 3.0}}"}, list, 0.01,
        [1.0, 3.0, 1.0], True,
    ),
    "a schedule of steps": (
        {"rate": DECAY}, list, "decay", None, False,
    ),
    "a schedule by epochs": (
        {"callbacks": PLATEAU},
        lambda: [keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=1, min_delta=0.3)],
        0.01, None, False,
    ),
    "early stopping": (
        {"callbacks": STOPPING, "rate": "0.03"},
        lambda: [keras.callbacks.EarlyStopping("val_loss", patience=1, min_delta=0.08, restore_best_weights=True)],
        0.03, None, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_training_is_keras_fit_to_the_last_bit(name, spec, tmp_path):
    changes, callbacks, rate, by_class, by_row = CASES[name]
    run = train(spec(**changes), runs=tmp_path / "runs")
    if rate == "decay":
        rate = keras.optimizers.schedules.ExponentialDecay(0.02, 5, 0.9)
    model, history = by_hand(rate, callbacks, by_class, by_row, validation_weights=by_row)
    assert_same(run, model, history)
    if name == "early stopping":
        assert run.manifest.status == "stopped" and len(history["loss"]) < EPOCHS
    if "schedule" in name:
        assert len(set(run.history.series("learning_rate"))) > 1


@pytest.mark.parametrize("stopped", [1, 3])
def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(stopped, spec, tmp_path):
    def observe(event):
        if isinstance(event, EpochEnded) and event.epoch == stopped:
            raise KeyboardInterrupt

    path = spec(callbacks=f"{STOPPING.replace('0.08', '0.0')}, {PLATEAU}", fit=", class_weight: {kind: {0: 2.0}}")
    run = train(path, runs=tmp_path / "runs", observe=observe)
    assert run.manifest.status == "interrupted"
    run = resume(run.folder)
    callbacks = lambda: [  # noqa: E731
        keras.callbacks.EarlyStopping("val_loss", patience=1, restore_best_weights=True),
        keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=1, min_delta=0.3),
    ]
    model, history = by_hand(0.01, callbacks, [2.0, 1.0, 1.0], by_row=False, validation_weights=False)
    assert_same(run, model, history)

"""A run that is stopped after each of its epochs and goes on equals one that was never stopped, to the last bit."""

import hashlib
import random
from pathlib import Path

import keras
import numpy as np
import pytest

import kspec
from kspec.commands.train import resume, train
from kspec.engine.predicting.outputs import Predictor
from kspec.runs.events import EpochEnded
from kspec.runs.states import load_state

TABLE = """
seed: 11
data: {source: {npz: rows.npz}, inputs: {field: x, preprocess: [Normalization]}}
model: {layers: [LAYERS, {Dense: {units: 3, activation: softmax}}]}
compile: {optimizer: {Adam: 0.03}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: EPOCHS, batch_size: 16, validation_split: {split: 0.25, shuffle: true}FIT}
callbacks: [{CSVLogger: log.csv}CALLBACKS]
"""

MODELS = {
    "dropout": ("{Dense: 12}, {Dropout: 0.4}, {GaussianNoise: 0.1}", 3, "", ""),
    "batch-normalization": ("{Dense: 12}, BatchNormalization, ReLU", 3, "", ""),
    "augmentation": ("{Reshape: [4, 4, 1]}, {RandomFlip: horizontal}, {RandomRotation: 0.1}, RandomContrast: 0.2, "
                     "{Conv2D: {filters: 3, kernel_size: 2}}, Flatten", 3, "", ""),
    "recurrent-dropout": ("{Reshape: [4, 4]}, {LSTM: {units: 5, dropout: 0.2, recurrent_dropout: 0.3}}", 3, "", ""),
    "early-stopping": ("{Dense: 12}, {Dropout: 0.2}", 9, "",
                       ", {EarlyStopping: {monitor: val_loss, patience: 3, restore_best_weights: true}}"
                       ", {ReduceLROnPlateau: {monitor: val_loss, factor: 0.3, patience: 1}}"),
    "class-weight": ("{Dense: 12}, {Dropout: 0.2}", 3, ", class_weight: {0: 1.0, 1: 4.0, 2: 0.5}", ""),
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("no_pictures")


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """Rows whose targets are half chance, so that validation soon gets worse."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(96, 16)).astype(np.float32)
    y = np.where(draw.random(96) < 0.5, draw.integers(0, 3, 96), np.digitize(x[:, 0], [-0.4, 0.4]))
    np.savez(tmp_path / "rows.npz", x=x, y=y)
    return tmp_path / "spec.yaml"


def forget() -> None:
    """Leave nothing in this process that a run could go on with: it must find all of it in its folder."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(random.SystemRandom().randrange(2**31))


def stopping_after_one(event) -> None:
    if isinstance(event, EpochEnded):
        raise KeyboardInterrupt


def digests(run: kspec.Run) -> dict[str, str]:
    """Return a SHA-256 of everything that a run has come to: variables, optimizer, callbacks, generators, files."""
    state = load_state(run.folder)
    variables = {name: value for name, value in state.arrays.items() if name.startswith("variable/")}
    others = {name: value for name, value in state.arrays.items() if name not in variables}
    found = {
        "variables and optimizer": of_arrays(variables),
        "arrays of callbacks": of_arrays(others),
        "state of callbacks": repr(state.record["callbacks"]),
        "Python's and NumPy's generators": repr((state.record["python"], state.record["numpy"])),
        "stopped": repr(bool(state.record["stop"])),
        "history": repr([{name: cell for name, cell in row.items() if name != "seconds"} for row in run.history.rows]),
        "last model": of_arrays(dict(enumerate(run.model(last=True).get_weights()))),
        "best model": of_arrays(dict(enumerate(run.model().get_weights()))),
        "results": repr(run.results),
        "log": (run.path / "log.csv").read_text(),
        "status": run.manifest.status,
    }
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in found.items()}


def of_arrays(arrays) -> str:
    return repr([(name, value.dtype.str, value.shape, value.tobytes()) for name, value in arrays.items()])


def whole_and_stopped(spec: Path, text: str) -> tuple[kspec.Run, kspec.Run]:
    """Train once as a whole, and once stopped after every epoch."""
    spec.write_text(text)
    whole = train(spec, runs=spec.parent / "whole")
    forget()
    run = train(spec, runs=spec.parent / "stopped", observe=stopping_after_one)
    segments = 1
    while run.manifest.status == "interrupted":
        assert run.manifest.epochs_done == segments
        forget()
        run = resume(run.folder, observe=stopping_after_one)
        segments += 1
    assert segments >= len(whole.history.rows)
    return whole, run


@pytest.mark.parametrize("model", MODELS)
def test_a_run_stopped_after_every_epoch_equals_one_that_never_was(spec, model):
    layers, epochs, fit, callbacks = MODELS[model]
    text = TABLE.replace("LAYERS", layers).replace("EPOCHS", str(epochs)).replace("FIT", fit)
    whole, run = whole_and_stopped(spec, text.replace("CALLBACKS", callbacks))
    assert digests(run) == digests(whole)
    if model == "early-stopping":
        assert whole.manifest.status == "stopped"
        assert len(set(whole.history.series("learning_rate"))) > 1
        assert whole.manifest.best["epoch"] < len(whole.history.rows) < epochs


@pytest.mark.parametrize(
    "layer",
    ["{Bidirectional: {layer: {GRU: {units: 5, stateful: true}}}}",
     "{RNN: {cell: [{LSTMCell: 3}, {GRUCell: 2}], stateful: true}}"],
    ids=["both ways", "cells in a row"],
)  # fmt: skip
def test_what_layers_carry_to_the_next_batch_is_kept_and_judging_begins_without_it(spec, layer):
    text = TABLE.replace("model: {", "model: {inputs: {x: {shape: [16], batch_size: 12}}, ").replace(": 16,", ": 12,")
    text = (
        text.replace("LAYERS", f"{{Reshape: [4, 4]}}, {layer}")
        .replace("EPOCHS", "3")
        .replace("FIT", "")
        .replace("CALLBACKS", "")
    )
    whole, run = whole_and_stopped(spec, text)
    assert digests(run) == digests(whole)
    assert kspec.evaluate(run)["loss"] == run.results["validation.loss"]
    model, rows = run.model(), np.load(spec.parent / "rows.npz")["x"][:24]
    first, second = (Predictor(model, ["y"], 12)(rows)["y"] for _ in range(2))
    np.testing.assert_array_equal(first, second)

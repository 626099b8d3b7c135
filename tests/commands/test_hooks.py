"""Callbacks of a spec in evaluate and predict: those with hooks for it act, as in Keras, and no others."""

import pytest

import kspec

OWN = """
from pathlib import Path

import keras


class Diary(keras.callbacks.Callback):
    def __init__(self, filename):
        super().__init__()
        self.filename = filename

    def note(self, text):
        with Path(self.filename).open("a") as file:
            file.write(text + "\\n")

    def on_train_begin(self, logs=None):
        self.note("train")

    def on_test_begin(self, logs=None):
        self.note("test")

    def on_test_batch_end(self, batch, logs=None):
        self.note(f"test {batch} {sorted(logs)}")

    def on_predict_begin(self, logs=None):
        self.note("predict")

    def on_predict_batch_end(self, batch, logs=None):
        self.note(f"predict {batch} {logs['outputs'].shape}")

    def on_predict_end(self, logs=None):
        self.note("predicted")
"""

SPEC = """
data: {source: iris}
model: {layers: [{Dense: {units: 3, activation: softmax}}]}
compile: {optimizer: {Adam: {use_ema: true}}, loss: sparse_categorical_crossentropy}
fit: {epochs: 1, batch_size: 64}
evaluate: {batch_size: 16}
predict: {batch_size: 2}
callbacks:
  - {Diary: diary.txt}
  - CSVLogger: log.csv
  - SwapEMAWeights
"""


def test_hooks_of_evaluate_and_predict(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    run = kspec.train("spec.yaml", code=["own.py"], runs=tmp_path / "runs")
    diary, log = run.path / "diary.txt", (run.path / "log.csv").read_text()
    assert diary.read_text().splitlines() == ["train"]
    diary.unlink()
    judged = kspec.evaluate(run)
    assert judged["loss"] == pytest.approx(run.results["test.loss"], rel=1e-6)
    assert diary.read_text().splitlines() == ["test", "test 0 ['loss']", "test 1 ['loss']"]
    diary.unlink()
    kspec.predict(run, {"x": [[5.1, 3.5, 1.4, 0.2]] * 5})
    batches = ["predict 0 (2, 3)", "predict 1 (2, 3)", "predict 2 (1, 3)"]
    assert diary.read_text().splitlines() == ["predict", *batches, "predicted"]
    assert (run.path / "log.csv").read_text() == log

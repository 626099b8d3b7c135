"""Data that does not fit into memory: read anew each time, and trained on as any other."""

import json

import keras
import numpy as np
import pytest

import kspec
from kspec.commands.train import resume, train
from kspec.data import stream_order
from kspec.data.sources import csv_blocks
from kspec.engine import training
from kspec.engine.stepping import xla
from kspec.engine.stepping.paths import TrainingPath
from kspec.runs.events import BatchEnded
from kspec.spec.problems import SpecError

ROWS = 600

SPEC = """
seed: 3
data:
  train: {csv: rows.csv}
  test: {csv: test.csv}
  inputs:
    numbers: {field: [a, b], preprocess: [Normalization]}
    word: {field: word, preprocess: [{StringLookup: {output_mode: one_hot}}]}
  targets: kind
model:
  inputs: {numbers: {shape: [2]}, word: {}}
  layers:
    - Concatenate:
      from: [numbers, word]
    - Dense: {units: 16, activation: relu}
    - Dense: {units: 3, activation: softmax}
compile: {optimizer: {Adam: {learning_rate: 0.02}}, loss: sparse_categorical_crossentropy, weighted_metrics: [accuracy]}
fit:
  epochs: 4
  batch_size: 32
  class_weight: {low: 2.0, high: 1.0}
  validation_split: {split: 0.2, shuffle: true, stratify: kind}
runtime: {memory: MEMORY}
"""


def write(path, rows, seed):
    random = np.random.default_rng(seed)
    a, b = random.normal(5, 3, rows), random.normal(-2, 0.1, rows)
    words = np.array(["x", "y", "z"])[random.integers(0, 3, rows)]
    score = (a - 5) / 3 + (words == "x")
    kinds = np.select([score < -0.3, score < 0.6], ["low", "mid"], "high")
    lines = [f"{p},{q},{w},{k}" for p, q, w, k in zip(a, b, words, kinds, strict=True)]
    path.write_text("a,b,word,kind\n" + "\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streams")
    write(folder / "rows.csv", ROWS, 0)
    write(folder / "test.csv", 100, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_blocks, "BLOCK_BYTES", 2_000)
        patch.setattr(stream_order, "WINDOW_BYTES", 6_000)
        runs = {}
        for name, memory in (("streamed", "1 kB"), ("held", "1 GB")):
            (folder / f"{name}.yaml").write_text(SPEC.replace("MEMORY", memory), encoding="utf-8")
            runs[name] = kspec.train(folder / f"{name}.yaml", runs=folder / "runs")
        yield folder, runs


def test_a_stream_learns_what_memory_learns(trained):
    _, runs = trained
    streamed, held = runs["streamed"].manifest, runs["held"].manifest
    assert streamed.data["rows"] == held.data["rows"] == {"train": 480, "validation": 120, "test": 100}
    assert streamed.data["order"] != held.data["order"]
    assert streamed.data["fingerprints"] == held.data["fingerprints"]
    for run in runs.values():
        assert run.results["test.accuracy"] > 0.9
    layers = [
        [keras.saving.load_model(run.path / "preprocess" / f"input-{name}.keras").layers[-1] for run in runs.values()]
        for name in ("numbers", "word")
    ]
    np.testing.assert_allclose(layers[0][0].mean, layers[0][1].mean, rtol=1e-6)
    np.testing.assert_allclose(layers[0][0].variance, layers[0][1].variance, rtol=1e-5)
    assert layers[1][0].get_vocabulary() == layers[1][1].get_vocabulary()
    assert json.loads((runs["streamed"].path / "labels.json").read_text()) == {"dense_1": ["high", "low", "mid"]}


def test_rows_set_apart_are_the_same_and_kept(trained):
    _, runs = trained
    numbers = [np.load(run.path / "preprocess" / "validation_rows.npy") for run in runs.values()]
    np.testing.assert_array_equal(*numbers)
    assert len(numbers[0]) == 120
    assert (np.diff(numbers[0]) > 0).all()


def test_a_stream_is_judged_as_memory_is(trained):
    folder, runs = trained
    run = runs["streamed"]
    spec = folder / "streamed.yaml"
    judged = kspec.evaluate(run, data=str(folder / "test.csv"))
    assert judged["accuracy"] == pytest.approx(run.results["test.accuracy"], abs=1e-7)
    assert judged["loss"] == pytest.approx(run.results["test.loss"], abs=1e-6)
    assert spec.exists()


def test_the_same_seed_gives_the_same_history(trained, tmp_path):
    folder, runs = trained
    again = kspec.train(folder / "streamed.yaml", runs=tmp_path)
    for first, second in zip(runs["streamed"].history.rows, again.history.rows, strict=True):
        assert {k: v for k, v in first.items() if k != "seconds"} == {k: v for k, v in second.items() if k != "seconds"}


@pytest.mark.parametrize("compiled", [False, True])
def test_a_stream_goes_on_to_the_last_bit(trained, tmp_path, monkeypatch, compiled):
    folder, runs = trained
    whole = runs["streamed"]
    if compiled:
        monkeypatch.setattr(xla, "_STEPS", 1)
        whole = kspec.train(folder / "streamed.yaml", runs=tmp_path)
        for name in ("loss", "val_loss"):
            np.testing.assert_allclose(whole.history.series(name), runs["streamed"].history.series(name), atol=1e-4)

    def interrupt(event):
        if isinstance(event, BatchEnded) and event.epoch == 3 and event.step >= 2:
            raise KeyboardInterrupt

    run = train(folder / "streamed.yaml", runs=tmp_path, observe=interrupt)
    assert (run.manifest.status, run.manifest.epochs_done) == ("interrupted", 2)
    steps = run.manifest.runtime["steps"]
    assert (steps["kind"], steps["compiled"]) == ("loop", compiled)
    run = resume(run.folder)
    assert run.history.series("val_loss") == whole.history.series("val_loss")
    for one, other in zip(run.model(last=True).get_weights(), whole.model(last=True).get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("steps", [None, 7])
def test_windows_of_a_stream_are_learnt_as_fit_learns_them(trained, tmp_path, monkeypatch, steps):
    """The rows of an epoch come in several windows; the last batch has fewer rows, or is left out."""
    folder, _ = trained
    how = {"runs": tmp_path, "overrides": {"fit.steps_per_epoch": steps, "fit.epochs": 2, "fit.batch_size": 28}}
    looped = train(folder / "streamed.yaml", **how)
    assert looped.manifest.runtime["steps"]["kind"] == "loop"
    monkeypatch.setattr(training, "choose_path", lambda *_: TrainingPath("fit", "a test"))
    fitted = train(folder / "streamed.yaml", **how)
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert looped.history.series(name) == fitted.history.series(name), name
    for one, other in zip(looped.model(last=True).get_weights(), fitted.model(last=True).get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("row", "code", "message"),
    [
        ("nan,1,x,low", "missing-value", "`a` is missing in row 601 of the train data"),
        ("1,inf,x,low", "missing-value", "`b` is infinite in row 601 of the train data"),
        ("1,1,x,", "missing-value", "`kind` is missing or infinite in row 601 of the train data"),
        ("1,word,x,low", "bad-data", "line 602, column `b`: `word` among numbers"),
        ("1,1,x", "bad-data", "line 602: expected 4 cells, as in the header, found 3"),
    ],
)
def test_bad_rows_at_the_end_of_a_stream_stop_it(trained, tmp_path, row, code, message):
    folder, _ = trained
    text = (folder / "rows.csv").read_text(encoding="utf-8")
    (tmp_path / "rows.csv").write_text(text + row + "\n", encoding="utf-8")
    (tmp_path / "test.csv").write_text((folder / "test.csv").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "spec.yaml").write_text((folder / "streamed.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        kspec.train(tmp_path / "spec.yaml", runs=tmp_path / "runs")
    (problem,) = raised.value.problems
    assert problem.code == code
    assert message in problem.message
    assert not (tmp_path / "runs").exists()


def test_rows_that_grow_when_prepared_are_checked_by_all_of_them(tmp_path):
    """The rows fit into the memory that they may take, and do not once they are prepared."""
    labels = np.arange(3000) % 3
    labels[1502] = 7
    np.savez(tmp_path / "rows.npz", x=np.ones((3000, 50), np.uint8), y=labels)
    (tmp_path / "spec.yaml").write_text("""
data: {source: {npz: rows.npz}, inputs: {field: x, preprocess: [{Rescaling: 0.1}]}}
model: {layers: [{Dense: {units: 3, activation: softmax}}]}
compile: {loss: sparse_categorical_crossentropy}
runtime: {memory: 300 kB}
""")
    with pytest.raises(SpecError) as raised:
        kspec.train(tmp_path / "spec.yaml", runs=tmp_path / "runs")
    (problem,) = raised.value.problems
    assert problem.code == "target-mismatch"
    assert "in row 1,503 of the train data" in problem.message

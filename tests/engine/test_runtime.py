"""`runtime`: precision, devices, threads, determinism and memory, as they show in a run."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import kspec
from kspec.commands.train import resume, train
from kspec.runs.events import BatchEnded, Notice
from kspec.runs.tensors import read_tensors

SPEC = """
name: small
seed: 5
data:
  source: iris
  inputs: {field: x, preprocess: [Normalization]}
model:
  layers:
    - Dense: {units: 16, activation: relu}
    - BatchNormalization
    - Dropout: 0.2
    - Dense: {units: 3, activation: softmax}
compile: {optimizer: {Adam: 0.02}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 4, batch_size: 16, validation_split: {split: 0.25, shuffle: true, stratify: y}}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def metrics_of(run: kspec.Run) -> list[dict[str, float]]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in run.history.rows]


@pytest.mark.parametrize("precision", ["mixed_float16", "bfloat16", "float64"])
def test_precision(spec, tmp_path, precision):
    """The layers have it, the run says so; a resumed run equals a whole one; what is judged and predicted is plain."""
    overrides = {"runtime.precision": precision}
    whole = train(spec, runs=tmp_path / "whole", overrides=overrides)
    assert whole.manifest.runtime["precision"] == precision
    assert keras.config.dtype_policy().name == "float32"
    model = whole.model()
    assert model.layers[0].dtype_policy.name == precision

    def interrupt(event):
        if isinstance(event, BatchEnded) and event.epoch == 3 and event.step >= 2:
            raise KeyboardInterrupt

    run = resume(train(spec, runs=tmp_path / "runs", overrides=overrides, observe=interrupt).folder)
    assert run.manifest.status == "done"
    assert metrics_of(run) == metrics_of(whole)
    for ours, theirs in zip(run.model(last=True).get_weights(), whole.model(last=True).get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert kspec.evaluate(whole)["loss"] == pytest.approx(whole.results["test.loss"], rel=1e-3)
    probabilities = kspec.predict(whole, np.zeros((2, 4), "float32"))
    assert probabilities.dtype == (np.float64 if precision == "float64" else np.float32)
    assert kspec.build(spec, overrides=overrides).layers[0].dtype_policy.name == precision


def test_losses_are_scaled_where_floats_are_short(spec, tmp_path):
    run = train(spec, runs=tmp_path / "runs", overrides={"runtime.precision": "mixed_float16", "fit.epochs": 1})
    record, _ = read_tensors(run.path / "checkpoint" / "state.safetensors")
    names = record["variables"]
    assert any("dynamic_scale" in name for name in names)


def test_preprocessing_stays_exact(spec, tmp_path):
    """Only the model is less exact: what is fed to it is prepared in whole floats."""
    runs = [train(spec, runs=tmp_path / "runs", overrides={"runtime.precision": name, "fit.epochs": 1})
            for name in ("float32", "mixed_float16")]  # fmt: skip
    first, second = (sorted((run.path / "preprocess").rglob("*.keras")) for run in runs)
    for one, other in zip(first, second, strict=True):
        weights = [keras.saving.load_model(path).get_weights() for path in (one, other)]
        for ours, theirs in zip(*weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_more_data_than_memory_is_made_anew(spec, tmp_path):
    said = []
    for memory in ("3.5 kB", "3.6 KiB"):
        train(spec, runs=tmp_path / "runs", overrides=[f"runtime.memory={memory}", "fit.epochs=1"], observe=said.append)
    (notice,) = [event.text for event in said if isinstance(event, Notice) and event.severity == "note"]
    assert notice.startswith("more than 3.5 kB: test (")


def test_devices_that_are_not_there(spec, tmp_path):
    for strategy in ({"MirroredStrategy": {"devices": ["/cpu:0", "/gpu:7"]}}, {"OneDeviceStrategy": "nonsense"}):
        with pytest.raises(kspec.SpecError) as caught:
            kspec.train(spec, runs=tmp_path / "runs", overrides={"runtime.strategy": strategy})
        assert [problem.code for problem in caught.value.problems] == ["no-device"]
    assert kspec.validate(spec, overrides={"runtime.strategy": "MirroredStrategy"}) == []


@pytest.mark.parametrize("compiled", [False, True])
def test_one_device_of_a_strategy(spec, tmp_path, compiled):
    """It learns what a device without a strategy learns, and goes on in the middle of an epoch."""
    spec.write_text(SPEC.replace("    - Dropout: 0.2\n", ""))
    jit = {"compile.jit_compile": compiled}
    alone = train(spec, runs=tmp_path / "alone", overrides=jit)
    overrides = jit | {"runtime.strategy": {"OneDeviceStrategy": "/cpu:0"}}
    whole = train(spec, runs=tmp_path / "whole", overrides=overrides)
    rule = f"`jit_compile: {str(compiled).lower()}` in the spec"
    assert whole.manifest.runtime["steps"] == {"kind": "loop", "compiled": compiled, "rule": rule}

    def interrupt(event):
        if isinstance(event, BatchEnded) and event.epoch == 2 and event.step >= 2:
            raise KeyboardInterrupt

    run = resume(train(spec, runs=tmp_path / "runs", overrides=overrides, observe=interrupt).folder)
    assert metrics_of(run) == metrics_of(whole)
    exact = {"rtol": 0, "atol": 1e-5 if compiled else 0}
    for ours, theirs, plain in zip(*(of.model(last=True).get_weights() for of in (run, whole, alone)), strict=True):
        np.testing.assert_array_equal(ours, theirs)
        np.testing.assert_allclose(ours, plain, **exact)


def test_threads_come_too_late_for_a_tensorflow_at_work(spec, tmp_path):
    keras.ops.ones(1)
    with pytest.raises(kspec.SpecError) as caught:
        kspec.train(spec, runs=tmp_path / "runs", overrides={"runtime.threads": 7})
    assert [problem.code for problem in caught.value.problems] == ["too-late"]


PROGRAM = """
import json
from pathlib import Path
from unittest.mock import patch
import numpy as np
import kspec
from kspec.commands.train import resume, train
from kspec.engine import training
from kspec.engine.stepping.paths import TrainingPath
from kspec.runs.events import BatchEnded

two = {"MirroredStrategy": {"devices": ["/cpu:0", "/cpu:1"]}}
options = {"runtime": {"strategy": two, "threads": {"intra": 1, "inter": 2}, "deterministic": True}}

def interrupt(event):
    if isinstance(event, BatchEnded) and event.epoch == 3 and event.step >= 2:
        raise KeyboardInterrupt

def history(run):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in run.history.rows]

def refused(**changes):
    try:
        train("small.yaml", runs=Path("refused"), overrides=options | changes)
    except kspec.SpecError as error:
        return [str(problem) for problem in error.problems]

def same(run, other):
    weights = zip(run.model(last=True).get_weights(), other.model(last=True).get_weights(), strict=True)
    return history(run) == history(other) and all(map(np.array_equal, *zip(*weights)))

def fitted(**changes):
    looped = train("drawing.yaml", runs=Path("looped"), overrides=options | changes)
    with patch.object(training, "choose_path", lambda *_: TrainingPath("fit", "a test")):
        return same(looped, train("drawing.yaml", runs=Path("fitted"), overrides=options | changes))

whole = train("small.yaml", runs=Path("whole"), overrides=options)
run = resume(train("small.yaml", runs=Path("runs"), overrides=options, observe=interrupt).folder)
print(json.dumps({
    "runtime": whole.manifest.runtime,
    "same": same(run, whole),
    "as fit": fitted(),
    "streamed as fit": fitted(**{"runtime.memory": "2 kB", "fit.validation_split": 0, "fit.steps_per_epoch": 5}),
    "loss": [row["loss"] for row in whole.history.rows],
    "results": whole.results,
    "evaluated": kspec.evaluate(whole),
    "uneven": refused(**{"fit.batch_size": 15}),
    "rest": refused(**{"fit.batch_size": 86, "fit.validation_split": 0.275}),
}))
"""


def test_two_devices(spec, tmp_path):
    """They train as one does, and as Keras' `fit` has them train; threads are set and recorded; batches that cannot be
    shared are refused."""
    (tmp_path / "drawing.yaml").write_text(SPEC.replace("    - BatchNormalization\n", ""))
    spec.write_text(SPEC.replace("    - Dropout: 0.2\n", "").replace("    - BatchNormalization\n", ""))
    alone = train(spec, runs=tmp_path / "alone")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    onednn = found["runtime"].pop("onednn")
    assert onednn == alone.manifest.runtime["onednn"]
    assert found["runtime"] == {
        "precision": "float32", "deterministic": True, "threads": {"intra": 1, "inter": 2}, "memory": None, "gpus": [],
        "steps": {"kind": "loop", "compiled": False, "rule": "devices share the batches"},
        "strategy": "MirroredStrategy", "devices": ["CPU:0", "CPU:1"],
    }  # fmt: skip
    assert found["same"]
    assert found["as fit"]
    assert found["streamed as fit"]
    assert found["loss"] == pytest.approx([row["loss"] for row in alone.history.rows], rel=1e-3)
    assert found["results"]["test.loss"] == pytest.approx(alone.results["test.loss"], rel=1e-3)
    assert found["evaluated"]["loss"] == pytest.approx(found["results"]["test.loss"], abs=1e-6)
    assert "take 14 or 16" in found["uneven"][0]
    assert "the last batch of an epoch has 1 of 87 rows, too few for 2 devices" in found["rest"][0]
    assert "`steps_per_epoch: 1`" in found["rest"][0]

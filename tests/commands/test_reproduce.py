"""`kspec reproduce`: a run trained again is the same to the last bit, or what differs is told."""

import hashlib
import json
import math
import re
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from typer.testing import CliRunner

import kspec
from kspec.cli.app import app
from kspec.commands.reproduce import reproduce
from kspec.commands.train import train
from kspec.runs.events import EpochEnded
from kspec.runs.folder import RunFolder
from kspec.runs.history import History
from kspec.runs.reproduction import history_deviations, variable_deviations

pytestmark = pytest.mark.usefixtures("no_pictures")

SPEC = """
name: small
data: {source: {npz: rows.npz}}
model: {layers: [{Dense: {units: 8, activation: relu}}, {Dropout: 0.3}, {Dense: {units: 2, activation: softmax}}]}
compile: {optimizer: {Adam: 0.01}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 3, batch_size: 8, validation_split: 0.25}
"""


def rows(folder: Path, seed: int = 0) -> None:
    random = np.random.default_rng(seed)
    np.savez(folder / "rows.npz", x=random.normal(size=(48, 4)), y=np.arange(48) % 2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    rows(folder)
    (folder / "spec.yaml").write_text(SPEC)
    train(folder / "spec.yaml", runs=folder / "runs")
    return folder


@pytest.fixture
def run(trained, tmp_path, monkeypatch):
    """A copy of a finished run, whose spec has no seed."""
    shutil.copytree(trained, tmp_path / "home")
    monkeypatch.chdir(tmp_path / "home")
    return RunFolder(Path("runs/small-1"))


def invoke(*arguments: str):
    return CliRunner().invoke(app, ["reproduce", *arguments])


def test_it_is_identical(run, trained):
    done = invoke("small-1", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["identical"] is True
    assert (found["again"], found["epochs"]) == ("runs/small-2", [3, 3])
    assert found["surroundings"] == []
    model = keras.saving.load_model(run.model, compile=False)
    sha = hashlib.sha256()
    for variable in model.weights:
        values = variable.numpy()
        sha.update(f"{values.dtype.str}{values.shape}".encode() + values.tobytes())
    assert found["digests"]["last"] == [sha.hexdigest()] * 2
    assert json.loads(Path("runs/small-2/reproduction.json").read_text()) == found
    ours, theirs = (json.loads(Path(f"runs/small-{number}/run.json").read_text())["seed"] for number in (1, 2))
    assert ours == theirs


def test_what_differs_is_told_with_where_and_by_how_much(run, trained):
    """The data is other than it was, and so is a version; the plain screen and the exit code say so."""
    rows(trained, seed=1)  # `resolved.yaml` names it by its absolute path
    manifest = json.loads(run.manifest.read_text())
    manifest["versions"]["keras"] = "3.0.0"
    run.manifest.write_text(json.dumps(manifest))
    try:
        done = invoke("small-1", "--quiet")
    finally:
        rows(trained)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert "runs/small-1 trained again: differs" in lines
    assert any(re.fullmatch(r"first in epoch 1: (accuracy|loss) and [123] more", line) for line in lines)
    told = {line.split("  ")[0].strip(): line for line in lines}
    assert {"keras", "data of source", "val_loss", "dense/kernel"} <= {name.removeprefix("small/") for name in told}
    one, other = (History.from_csv(Path(f"runs/small-{number}/history.csv").read_text()) for number in (1, 2))
    apart = max(abs(a - b) for a, b in zip(one.series("val_loss"), other.series("val_loss"), strict=True))
    assert told["val_loss"].split()[-1] == f"{apart:.1e}"
    assert told["keras"].split()[1] == "3.0.0"


def test_an_edited_spec_is_a_difference(run):
    text = run.resolved.read_text()
    run.resolved.write_text(text.replace("Dropout: 0.3", "Dropout: 0.4"))
    found = reproduce(run).compared
    assert not found.identical
    assert [item.name for item in found.surroundings] == ["model.layers.1.Dropout"]


def test_an_unfinished_run_is_not_reproduced(tmp_path):
    rows(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)

    def stop(event):
        if isinstance(event, EpochEnded):
            raise KeyboardInterrupt

    run = train(tmp_path / "spec.yaml", runs=tmp_path / "runs", observe=stop)
    with pytest.raises(kspec.SpecError, match=r"it is interrupted; go on with it first: `kspec train --resume .*-1`"):
        reproduce(run.folder)


def test_the_first_and_the_largest_deviation():
    before = History([{"epoch": n, "loss": loss, "seconds": n} for n, loss in enumerate([1.0, 0.5, 0.4], start=1)])
    now = History([{"epoch": n, "loss": loss, "seconds": 9.0} for n, loss in enumerate([1.0, 0.4, 0.7], start=1)])
    (first,), (largest,) = history_deviations(before, now)
    assert (first.name, first.epoch, first.before, first.now) == ("loss", 2, 0.5, 0.4)
    assert (largest.epoch, largest.size) == (3, pytest.approx(0.3))
    assert history_deviations(before, before) == ([], [])
    nothing = History([{"epoch": 1, "loss": math.nan}])
    assert history_deviations(nothing, History([{"epoch": 1, "loss": math.nan}])) == ([], [])
    shorter = History(before.rows[:2])
    (first,), _ = history_deviations(before, shorter)
    assert (first.epoch, first.now, first.size) == (3, None, math.inf)


def test_variables_are_compared_bit_by_bit():
    values = np.array([1.0, -0.0, 3.0], np.float32)
    other = np.array([1.0, 0.0, 3.5], np.float32)
    (found,) = variable_deviations("last", [("kernel", values)], [("kernel", other)])
    assert (found.values, found.size, found.largest) == (2, 3, 0.5)
    assert variable_deviations("last", [("kernel", values)], [("kernel", values.copy())]) == []
    (found,) = variable_deviations("best", [("kernel", values)], [("kernel", other[:2])])
    assert found.largest == math.inf

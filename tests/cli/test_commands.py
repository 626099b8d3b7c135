"""The command line as a user types it: screens, files and exit codes. One run serves most of the tests."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

import kspec
from kspec.cli.app import app

SPEC = """
name: flowers
seed: 2
data:
  source: {csv: flowers.csv}
  targets: kind
model: {layers: [Normalization, {Dense: {units: 3, activation: softmax}}]}
compile: {optimizer: {Adam: 0.05}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 3, batch_size: 16, validation_split: {split: 0.3, shuffle: true, stratify: kind}}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with data, a spec and one run."""
    from sklearn.datasets import load_iris

    found = load_iris()
    folder = tmp_path_factory.mktemp("home with a space")
    names = [str(found.target_names[number]) for number in found.target]
    lines = ["a,b,c,d,kind", *(",".join([*map(str, row), name]) for row, name in zip(found.data, names, strict=True))]
    (folder / "flowers.csv").write_text("\n".join(lines) + "\n")
    (folder / "flowers.yaml").write_text(SPEC)
    before = Path.cwd()
    os.chdir(folder)
    try:
        kspec.train("flowers.yaml")
        yield folder
    finally:
        os.chdir(before)


@pytest.fixture
def kspec_cli(home):
    """Run a command in the folder, in this process, with its errors handled as in a terminal."""

    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, list(arguments))
        assert result.exit_code == code, result.output + repr(result.exception)
        return result.stdout

    return run


def test_runs(kspec_cli):
    lines = kspec_cli("runs").splitlines()
    assert lines[0].split()[:3] == ["run", "status", "epochs"]
    assert lines[1].split()[:3] == ["flowers-1", "done", "3"]
    (record,) = json.loads(kspec_cli("runs", "--json"))
    assert record["status"] == "done"
    assert record["path"] == "runs/flowers-1"
    assert "no runs in elsewhere" in kspec_cli("runs", "--runs", "elsewhere")


def test_evaluate(kspec_cli, home):
    record = json.loads(kspec_cli("evaluate", "--json"))
    assert (record["part"], record["rows"]) == ("validation", 45)
    assert record["metrics"]["loss"] == pytest.approx(
        kspec.Run(home / "runs/flowers-1").results["validation.loss"], abs=1e-6
    )
    by_file = json.loads(kspec_cli("evaluate", "runs/flowers-1", "--data", "flowers.csv", "--json"))
    assert by_file["rows"] == 150
    by_source = json.loads(kspec_cli("evaluate", "--data", "{csv: flowers.csv}", "--json"))
    assert by_source["metrics"] == by_file["metrics"]
    by_spec = json.loads(kspec_cli("evaluate", "flowers.yaml", "--json"))
    assert by_spec == record
    assert "flowers-1 on 45 validation rows" in kspec_cli("evaluate", "flowers-1")
    assert (home / "runs/flowers-1/evaluation/flowers-confusion.png").exists()


def test_predictions_keep_the_order_and_the_names(kspec_cli, home):
    rows = [line.split(",") for line in (home / "flowers.csv").read_text().splitlines()[1:]]
    order = np.random.default_rng(1).permutation(len(rows))
    shuffled = ["x,d,c,b,a", *(",".join(["0", *reversed(rows[number][:4])]) for number in order)]
    (home / "new.csv").write_text("\n".join(shuffled) + "\n")

    kspec_cli("predict", "flowers.csv", "-o", "known.csv", "--force")
    kspec_cli("predict", "runs/flowers-1", "new.csv", "-o", "new.jsonl", "--force", "--batch-size", "7")
    kspec_cli("predict", "new.csv", "-o", "new.npz", "--force", "--batch-size", "1000")
    known = [line.split(",") for line in (home / "known.csv").read_text().splitlines()]
    assert known[0] == ["row", "prediction", "probability", "p(setosa)", "p(versicolor)", "p(virginica)"]
    records = [json.loads(line) for line in (home / "new.jsonl").read_text().splitlines()]
    assert [record["row"] for record in records] == list(range(1, 151))
    assert [record["prediction"] for record in records] == [known[number + 1][1] for number in order]
    kspec_cli("predict", "flowers.yaml", "{csv: new.csv}", "--force")
    by_spec = (home / "runs/flowers-1/predictions/csv.csv").read_text().splitlines()
    assert [line.split(",")[1] for line in by_spec[1:]] == [record["prediction"] for record in records]
    arrays = np.load(home / "new.npz", allow_pickle=False)
    assert arrays["prediction"].tolist() == [record["prediction"] for record in records]
    np.testing.assert_allclose(arrays["probabilities"].sum(axis=1), 1, atol=1e-5)
    for record, given in zip(records, arrays["probabilities"], strict=True):
        assert list(record["probabilities"].values()) == pytest.approx(given.tolist(), abs=1e-6)


def test_text_that_looks_like_numbers_stays_text(home):
    """A code such as 01 is what training saw, also in a file where every code looks like a number."""
    lines = ["code,y", *(f"{code},{value}" for code, value in [("01", 0), ("1", 1), ("x", 1), ("02", 0)] * 8)]
    (home / "codes.csv").write_text("\n".join(lines) + "\n")
    spec = """
data:
  source: {csv: {path: codes.csv, text: [code]}}
  inputs: {field: code, preprocess: [{StringLookup: {output_mode: one_hot}}]}
  targets: y
model: {layers: [{Dense: {units: 1, activation: sigmoid}}]}
compile: {loss: binary_crossentropy, optimizer: {Adam: 0.5}}
fit: {epochs: 20}
"""
    (home / "codes.yaml").write_text(spec)
    run = kspec.train("codes.yaml", runs=home / "others")
    (home / "given.csv").write_text("code\n01\n1\n")
    first, second = kspec.predict(run, "given.csv").ravel()
    assert first < 0.3 < 0.7 < second


def test_predictions_do_not_write_over_a_file(kspec_cli, home):
    (home / "there.csv").write_text("mine")
    result = CliRunner().invoke(app, ["predict", "flowers.csv", "-o", "there.csv"])
    assert isinstance(result.exception, kspec.SpecError)
    assert "`--force` writes over it" in str(result.exception)
    assert (home / "there.csv").read_text() == "mine"


def test_missing_fields_are_named(kspec_cli, home):
    (home / "less.csv").write_text("a,b,cc\n1,2,3\n")
    result = CliRunner().invoke(app, ["predict", "less.csv", "-o", "less.jsonl"])
    assert isinstance(result.exception, kspec.SpecError)
    text = str(result.exception)
    assert "no field `c`" in text
    assert "did you mean `cc`?" in text
    assert "no field `d`" in text


def test_plot_and_summary(kspec_cli, home):
    (home / "runs/flowers-1/history.png").unlink()
    shown = kspec_cli("plot", "flowers-1").split()
    assert "runs/flowers-1/history.png" in shown
    assert (home / "runs/flowers-1/history.png").stat().st_size > 10_000
    assert kspec_cli("plot", "flowers.yaml", "-o", "picture.svg").strip() == "picture.svg"
    assert (home / "picture.svg").read_text().lstrip().startswith("<?xml")
    text = kspec_cli("summary", "flowers.yaml")
    assert "normalization" in text
    assert "softmax" not in text
    assert json.loads(kspec_cli("summary", "--json"))["trainable"] == 15


def test_validate(kspec_cli, home):
    assert "is right" in kspec_cli("validate", "flowers.yaml")
    assert json.loads(kspec_cli("validate", "--static", "--json", "flowers.yaml")) == {"problems": []}
    record = json.loads(kspec_cli("validate", "--json", "flowers.yaml", "--set", "fit.epoch=3", code=2))
    assert [(found["file"], found["code"]) for found in record["problems"]] == [("--set", "unknown-key")]


def test_every_command_says_what_it_does(kspec_cli):
    for command in (
        "init",
        "train",
        "reproduce",
        "evaluate",
        "predict",
        "validate",
        "bench",
        "summary",
        "plot",
        "runs",
        "explain",
        "list",
    ):
        text = kspec_cli(command, "--help")
        assert max(map(len, text.splitlines())) <= 80
        assert "Usage:" in text


@pytest.fixture
def process(home):
    """Run the command line in a process of its own."""

    def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-m", "kspec", *arguments]
        return subprocess.run(program, capture_output=True, text=True, input=text, cwd=home, timeout=300)

    return run


def test_exit_codes_and_streams(process):
    good = process("validate", "--static", "-", text=SPEC)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("-: is right")
    wrong = process("validate", "--static", "-", text=SPEC.replace("units", "unitz"))
    assert wrong.returncode == 2
    assert (
        "<stdin>:7:42: error: Dense has no argument `unitz`; did you mean `units`? [unknown-argument]" in wrong.stderr
    )
    assert process("train", "nowhere.yaml").returncode == 2
    assert process("train", "--resume", "nowhere").returncode == 2
    assert process("train").returncode == 2
    assert process("--version").stdout.startswith("kspec ")


def test_training_through_a_pipe_is_plain_and_quiet_where_asked(process):
    shown = process("train", "-", "--name", "piped", "--epochs", "1", text=SPEC)
    assert shown.returncode == 0, shown.stderr
    assert "\x1b" not in shown.stdout + shown.stderr
    assert "\r" not in shown.stdout
    assert "epoch 1/1" in shown.stdout
    assert "runs/piped-1" in shown.stdout
    assert shown.stderr == ""
    events = process("train", "flowers.yaml", "--json", "--smoke", "--name", "json")
    records = [json.loads(line) for line in events.stdout.splitlines()]
    assert records[-1]["event"] == "result"
    assert records[-1]["status"] == "done"


@pytest.mark.parametrize(
    ("origin", "shape", "proposed"),
    [
        ("/data/rows.csv", [4], "INPUT.csv"),
        ("3 files, /data/a.parquet to /data/c.parquet", [4], "INPUT.parquet"),
        ("/data/rows.jsonl.gz", [4], "INPUT.jsonl"),
        ("windows of 24 steps over /data/a.parquet", [24, 3], "INPUT.parquet"),
        ("/data/digits.npz", [64], "INPUT.npz"),
        ("scikit-learn", [4], "INPUT.csv"),
        ("scikit-learn", [8, 8], "INPUT.npz"),
    ],
)
def test_rows_are_proposed_as_they_were_for_training(origin, shape, proposed):
    from kspec.cli.training import _rows_like

    manifest = SimpleNamespace(data={"origin": {"train": origin}}, model={"inputs": {"x": shape}})
    assert _rows_like(manifest) == proposed

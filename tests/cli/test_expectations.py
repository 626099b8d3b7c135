"""`expect` at the command line: what is shown, what is kept, and the exit code. One run serves most of the tests."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import kspec
from kspec.cli.app import app

SPEC = """
name: rows
seed: 2
data: {source: {npz: rows.npz}, inputs: x, targets: y}
model: {layers: [{Dense: {units: 3, activation: softmax}}]}
compile: {optimizer: {Adam: 0.05}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
fit: {epochs: 3, batch_size: 16, validation_split: 0.25}
expect:
  test.accuracy: {min: 0.99}
  validation.loss: {max: 100}
  train.acc: {min: 0.1}
  parameters: {max: 15}
  seconds: {max: 1000}
"""


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    """A folder with data, a spec, and a run that misses one of its bounds."""
    folder = tmp_path_factory.mktemp("home")
    before = Path.cwd()
    os.chdir(folder)
    numbers = np.random.default_rng(3)
    x, y = numbers.normal(size=(90, 4)), np.arange(90) % 3
    np.savez("rows.npz", x_train=x[:60], y_train=y[:60], x_test=x[60:], y_test=y[60:])
    Path("rows.yaml").write_text(SPEC)
    try:
        result = CliRunner().invoke(app, ["train", "rows.yaml"])
        yield result
    finally:
        os.chdir(before)


def command(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.stdout


def test_a_miss_ends_with_1(home):
    assert home.exit_code == 1, home.output
    lines = [line.removeprefix("check").split() for line in home.stdout.splitlines()]
    verdicts = {line[0]: line[1] for line in lines if len(line) > 2 and line[1] in ("met", "missed")}
    assert verdicts == {
        "test.accuracy": "missed", "validation.loss": "met", "train.accuracy": "met", "parameters": "met",
        "seconds": "met",
    }  # fmt: skip


def test_the_run_keeps_what_came_out():
    manifest = kspec.Run("runs/rows-1").manifest
    assert manifest.status == "done"
    (missed,) = manifest.missed
    assert missed.name == "test.accuracy"
    assert missed.value == manifest.results["test.accuracy"] < 0.99
    by_name = {outcome.name: outcome for outcome in manifest.expected}
    assert by_name["parameters"].value == 15
    assert by_name["seconds"].value == manifest.seconds["train"]
    assert by_name["train.accuracy"].value == manifest.results["train.accuracy"]
    assert f"missed: {missed}" in Path("runs/rows-1/report.html").read_text()


def test_evaluate_holds_its_part_against_the_bounds():
    assert "missed" in command("evaluate", "rows-1", code=1)
    (record,) = json.loads(command("evaluate", "rows-1", "--json", code=1))["expected"]
    assert (record["name"], record["met"]) == ("test.accuracy", False)
    assert "expected" not in json.loads(command("evaluate", "rows-1", "--data", "rows.npz", "--json"))


def test_bounds_that_are_met_end_with_0():
    text = command("train", "rows.yaml", "--set", "expect.test.accuracy.min=0", "--json")
    result = json.loads(text.splitlines()[-1])
    assert [outcome["met"] for outcome in result["expected"]] == [True] * 5


def test_a_smoke_run_is_not_judged():
    text = command("train", "rows.yaml", "--smoke")
    assert "missed" not in text
    assert "a smoke run says nothing of what is expected" in text


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["data.source={random: {rows: 60, x: {shape: [4]}, y: {high: 3, dtype: int32}}}"], "there are no test rows"),
        (["data.source={random: {rows: 60, test_rows: 20, x: {shape: [4]}, y: {shape: [3]}}}", "compile.loss=mse",
          "compile.metrics=[F1Score]", "expect={test.f1_score: {min: 0}}"], "`test.f1_score_0`"),
    ],
)  # fmt: skip
def test_results_that_there_will_not_be_are_told_before_training(options, expected):
    before = sorted(Path("runs").iterdir())
    with pytest.raises(kspec.SpecError) as caught:
        kspec.train("rows.yaml", overrides=options)
    assert [problem.code for problem in caught.value.problems] == ["unknown-result"]
    assert expected in caught.value.problems[0].text
    assert sorted(Path("runs").iterdir()) == before
